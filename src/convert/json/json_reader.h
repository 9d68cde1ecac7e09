// JSON text -> Values, for JsonConverter and JsonSchemaConverter: schemaless, or along a plan
// compiled from a Schema. The rules are those of Connect's JsonConverter.convertToConnect, and of
// Confluent's JsonSchemaData.toConnectData, over Jackson's JsonNode: what does not fit is mostly
// read as zero, not refused.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "convert/json/json_cursor.h"
#include "convert/json/json_dialect.h"
#include "convert/json/key_shape.h"
#include "data/schema.h"
#include "data/value.h"

namespace kc::convert {

struct JsonReadOptions {
  bool replace_null_with_default = true;
  JsonDialect dialect = JsonDialect::connect;
};

// How values of one schema are read. Immutable; valid as long as the schema.
struct ReadPlan {
  struct Field;

  ReadPlan(const data::Schema& schema, const JsonReadOptions& options);
  ReadPlan(ReadPlan&&) noexcept;
  ReadPlan& operator=(ReadPlan&&) = delete;
  ~ReadPlan();

  const data::Schema* schema;
  data::Kind kind;
  JsonDialect dialect;
  bool one_of = false;                         // structure: of the field that fits
  bool symbols = false;                        // string: of an enum, which may have numbers
  const data::Value* null_value = nullptr;     // what null stands for, or nullptr: it is refused
  const data::Value* missing_value = nullptr;  // the same for a member that is not there
  std::vector<Field> fields;                   // structure
  std::unique_ptr<ReadPlan> keys;              // map, unless it is written as an object
  std::unique_ptr<ReadPlan> values;            // map and array
};

struct ReadPlan::Field {
  std::string token;  // how the member begins in most texts: the quoted name and the colon
  ReadPlan plan;
};

// Keeps buffers between calls. One thread.
class JsonReader {
 public:
  // To be called before each text: forgets what an error left behind.
  void restart() {
    stack_.clear();
    has_null_item_ = false;
  }

  // The next value without a schema: objects are maps with string keys in the text's order,
  // integers int64 (wrapped), other numbers float64.
  data::Value read(JsonCursor& cursor, int depth = 0);

  // The next value along `plan`.
  data::Value read(JsonCursor& cursor, const ReadPlan& plan, int depth = 0);

 private:
  data::Value read_any(JsonCursor& cursor, int depth);
  data::Value read_map(JsonCursor& cursor, int depth);
  data::Value read_record(JsonCursor& cursor);
  data::Value read_array(JsonCursor& cursor, int depth);
  data::Value read_structure(JsonCursor& cursor, const ReadPlan& plan, int depth);
  data::Value read_field(JsonCursor& cursor, const ReadPlan::Field& field, int depth);
  data::Value read_items(JsonCursor& cursor, const ReadPlan& plan, int depth);
  // An item of a list, or a value of a map.
  data::Value read_item(JsonCursor& cursor, const ReadPlan& plan, int depth);
  data::Value read_object_map(JsonCursor& cursor, const ReadPlan& plan, int depth);
  // An array of entries: [key, value], in JsonDialect::json_schema {"key": key, "value": value}.
  data::Value read_entries_map(JsonCursor& cursor, const ReadPlan& plan, int depth);
  // Put one onto the stack.
  void read_pair(JsonCursor& cursor, const ReadPlan& plan, int depth);
  void read_entry(JsonCursor& cursor, const ReadPlan& plan, int depth);
  data::Value read_one_of(JsonCursor& cursor, const ReadPlan& plan, int depth);
  // Puts an entry onto the stack, whose map's entries begin at `base`.
  void push_entry(size_t base, std::string_view key, bool may_repeat, const data::Value& value);
  data::Value take_map(JsonCursor& cursor, size_t base, bool one_a_key);
  data::Value take_array(JsonCursor& cursor, size_t base);

  std::vector<data::Value> stack_;  // the items of the containers that are being read
  // A list or map has got a null that its schema does not allow; a struct does not take it then.
  bool has_null_item_ = false;
  KeyShape shape_;  // of the top-level objects without a schema
};

}  // namespace kc::convert
