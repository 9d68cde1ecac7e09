// The messages that stand for a value of Connect, in Confluent's converter:
//   confluent.type.Decimal     value (bytes), precision, scale
//   google.type.Date           year, month, day
//   google.type.TimeOfDay      hours, minutes, seconds, nanos
//   google.protobuf.Timestamp  seconds, nanos
#pragma once

#include <string>

#include "data/value.h"

namespace kc::convert {

// `fields`: those above, in that order. Throws Error(skip_record) for what is no such value.
data::Value read_protobuf_decimal(const data::Value* fields);
data::Value read_protobuf_date(const data::Value* fields);
data::Value read_protobuf_time(const data::Value* fields);
data::Value read_protobuf_timestamp(const data::Value* fields);

// Appends the fields. `value` is of that kind. Throws Error(skip_record) for a value that the
// message does not hold.
void write_protobuf_decimal(const data::Value& value, std::string& out);
void write_protobuf_date(const data::Value& value, std::string& out);
void write_protobuf_time(const data::Value& value, std::string& out);
void write_protobuf_timestamp(const data::Value& value, std::string& out);

}  // namespace kc::convert
