// Header values as text: org.apache.kafka.connect.data.Values.parseString and convertToString of
// Apache Kafka 3.9 and 4.x.
//
// Reading guesses the type: true, false and null; numbers as the smallest of INT8 to INT64,
// FLOAT32, FLOAT64, Decimal that holds them; ISO dates and times (iso_time.h); [..] and {..} with
// one common type of their items, or none (a null item schema) when the items have different types.
// All else is a string as it is: there are no errors. Quirks that are Kafka's: what follows a
// number, a date or a list is ignored ("1,2" is 1), quoted strings are such only inside lists and
// maps, keep their backslashes, and lose blanks before , : { } [ ]. Unlike Kafka, only ASCII digits
// make numbers, and a number whose scale is beyond 16 bits or that has more than `digits_max`
// digits is a string.
// Where Kafka keeps only the blank of " [a" (a blank before what is no list), the text stays.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "connect/converter.h"
#include "data/record.h"

namespace kc::convert {

// One thread; may be used for any number of texts.
class HeaderTextReader {
 public:
  static constexpr int depth_max = 1000;
  static constexpr size_t digits_max = 2000;

  HeaderTextReader();

  // `text`: valid UTF-8 that outlives the batch. Nothing when lists and maps are nested deeper than
  // `depth_max`; a null schema with a null value for "null".
  std::optional<connect::SchemaAndValue> read(std::string_view text,
                                              data::RecordBatch& batch) const;

  // The required schema of `kind`: any scalar, date, time or timestamp.
  const data::SchemaPtr& schema(data::Kind kind) const {
    return schemas_[static_cast<size_t>(kind)];
  }

 private:
  std::array<data::SchemaPtr, 17> schemas_;
};

// Appends a non-null value: text as it is, bytes as base64, dates and times in ISO form; lists as
// [1,"a"], maps and structs as {"a":1}. Throws Error(skip_record) for a struct without its schema.
void append_header_text(const data::Schema* schema, const data::Value& value, std::string& out);

}  // namespace kc::convert
