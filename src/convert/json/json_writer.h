// Values -> JSON text, for JsonConverter: the payload, as JsonConverter.convertToJson and Jackson
// write it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "convert/json/json_dialect.h"
#include "convert/text_buffer.h"
#include "data/schema.h"
#include "data/value.h"

namespace kc::convert {

enum class DecimalFormat { base64, numeric };

struct JsonWriterOptions {
  DecimalFormat decimal_format = DecimalFormat::base64;
  // Whether a schema's default stands in for null.
  bool replace_null_with_default = true;
};

// How values of one schema are written. Immutable; valid as long as the schema.
struct WritePlan {
  struct Field;

  explicit WritePlan(const data::Schema& schema, JsonDialect dialect = JsonDialect::connect);
  WritePlan(WritePlan&&) noexcept;
  WritePlan& operator=(WritePlan&&) = delete;
  ~WritePlan();

  const data::Schema* schema;
  data::Kind kind;
  JsonDialect dialect;
  bool one_of = false;                // structure: written as the one field that is set
  std::vector<Field> fields;          // structure
  std::unique_ptr<WritePlan> keys;    // map
  std::unique_ptr<WritePlan> values;  // map and array
  bool object = false;                // map: written as an object
};

struct WritePlan::Field {
  std::string
      token;  // what stands before the value: `{"name":` for the first field, else `,"name":`
  WritePlan plan;
};

// Appends to a buffer. Throws Error(skip_record) with Connect's texts for a value that does not
// fit. No state.
class JsonWriter {
 public:
  explicit JsonWriter(JsonWriterOptions options) : options_(options) {}

  void write(const data::Value& value, TextBuffer& out) const;
  void write(const WritePlan& plan, const data::Value& value, TextBuffer& out) const;

 private:
  void write_null(const WritePlan& plan, TextBuffer& out) const;
  void write_decimal(const WritePlan& plan, const data::Value& value, TextBuffer& out) const;
  void write_array(const WritePlan* plan, const data::Value& value, TextBuffer& out) const;
  std::string_view member_name(const WritePlan* keys, const data::Value& key) const;
  void write_map(const WritePlan* plan, const data::Value& value, TextBuffer& out) const;
  void write_one_of(const WritePlan& plan, const data::Value& value, TextBuffer& out) const;
  void write_structure(const WritePlan& plan, const data::Value& value, TextBuffer& out) const;
  void write_any(const WritePlan* plan, const data::Value& value, TextBuffer& out) const;

  JsonWriterOptions options_;
};

// Appends the schema as JsonConverter.asJsonSchema writes it; `writer` writes its defaults.
void write_connect_schema(const data::Schema& schema, const JsonWriter& writer, TextBuffer& out);

}  // namespace kc::convert
