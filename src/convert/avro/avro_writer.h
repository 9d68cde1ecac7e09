// Values -> Avro's binary encoding, along a plan compiled from an Avro schema and the Connect
// schema whose values it is to hold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "convert/avro/avro_schema.h"
#include "data/schema.h"
#include "data/value.h"

namespace kc::convert {

// Immutable; valid as long as both schemas.
struct AvroWritePlan {
  // A field of an Avro record.
  struct Field;

  // Throws Error(skip_record) when the Avro type cannot hold the Connect one.
  AvroWritePlan(const AvroSchema& avro, const data::Schema& connect);
  AvroWritePlan(AvroWritePlan&&) noexcept;
  AvroWritePlan& operator=(AvroWritePlan&&) = delete;
  ~AvroWritePlan();

  const AvroSchema* avro;
  const data::Schema* connect;
  bool in_union = false;  // a branch's number stands before the value
  int64_t value_branch = 0;
  int64_t null_branch = -1;
  std::vector<Field> fields;            // record: in Avro's order; union: in the structure's
  std::vector<AvroWritePlan> children;  // array: items; map: values; entries: key, value
  std::unordered_map<std::string_view, int64_t> symbols;
};

struct AvroWritePlan::Field {
  std::string name;
  uint32_t index;  // in the structure
  int64_t branch;  // union: of this field's type
  AvroWritePlan plan;
};

// Appends to `out`. Throws Error(skip_record) for a value that does not fit; `out` is then
// unspecified beyond its former size.
void write_avro(const AvroWritePlan& plan, const data::Value& value, std::string& out);

}  // namespace kc::convert
