// A nested record made of any bytes, flattened and written as a row of the table that its flat form
// asks for: each value lands in the column that the fields leading to it name, and in no other.
// First byte: bit 0 with schema, bit 1 the first elements of arrays, bits 2 and 3 the delimiter.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "sink/flattener.h"
#include "sink/nested_text.h"
#include "sink/row_plan.h"
#include "sink/table_columns.h"
#include "wire/row_codec.h"

namespace {

using kc::base::Error;
using kc::base::Reaction;
using kc::data::Field;
using kc::data::Kind;
using kc::data::Record;
using kc::data::RecordBatch;
using kc::data::Schema;
using kc::data::SchemaBuilder;
using kc::data::SchemaPtr;
using kc::data::Type;
using kc::data::Value;
using kc::sink::ArrayFlattening;
using kc::sink::FlatteningRules;

constexpr int depth_max = 6;
constexpr std::array names = {"a", "b", "a_b", "_", "b.c", "c", "d", "e"};

void require(bool condition) {
  if (!condition) std::abort();
}

// Schemas and values as the input's bytes choose them; all zeros after its end.
class Maker {
 public:
  Maker(std::string_view input, RecordBatch& batch) : input_(input), batch_(batch) {}

  SchemaPtr structure(int depth) {
    SchemaBuilder builder(Type::structure);
    const size_t first = below(names.size());
    const size_t count = below(4) + (depth == 0 ? 1 : 0);
    for (size_t i = 0; i < count; ++i) {
      builder.field(names[(first + i) % names.size()], schema(depth + 1));
    }
    return builder.optional(below(2) == 1).build();
  }

  Value value(const Schema& schema) {
    if (below(8) == 1) return Value();
    switch (schema.type()) {
      case Type::structure: {
        std::vector<Value> items;
        for (const Field& field : schema.fields()) items.push_back(value(*field.schema));
        return Value::structure(kept(items));
      }
      case Type::array: {
        std::vector<Value> items(below(4));
        for (Value& item : items) item = value(*schema.value_schema());
        return Value::array(kept(items));
      }
      case Type::map: {
        std::vector<Value> entries;
        for (size_t i = below(3); i > 0; --i) {
          entries.push_back(text());
          entries.push_back(value(*schema.value_schema()));
        }
        return Value::map(kept(entries));
      }
      default:
        return schema.value_kind() == Kind::string ? text()
               : schema.value_kind() == Kind::date ? Value::date(number())
                                                   : Value::int32(number());
    }
  }

  Value map(int depth) {
    std::vector<Value> entries;
    const size_t first = below(names.size());
    for (size_t i = below(4) + (depth == 0 ? 1 : 0); i > 0; --i) {
      entries.push_back(Value::string(names[(first + i) % names.size()]));
      entries.push_back(any(depth + 1));
    }
    return Value::map(kept(entries));
  }

 private:
  SchemaPtr schema(int depth) {
    const size_t choice = below(depth < depth_max ? 7 : 4);
    const bool optional = below(2) == 1;
    switch (choice) {
      case 0:
        return SchemaBuilder(Type::int32).optional(optional).build();
      case 1:
        return SchemaBuilder(Type::string).optional(optional).build();
      case 2:
        return SchemaBuilder::date().optional(optional).build();
      case 3:
        return SchemaBuilder(Type::int32).default_value(Value::int32(number())).build();
      case 4:
        return SchemaBuilder::array(schema(depth + 1)).optional(optional).build();
      case 5:
        return SchemaBuilder::map(SchemaBuilder(Type::string).build(), schema(depth + 1))
            .optional(optional)
            .build();
      default:
        return structure(depth);
    }
  }

  Value any(int depth) {
    switch (below(depth < depth_max ? 5 : 3)) {
      case 0:
        return Value::int32(number());
      case 1:
        return text();
      case 2:
        return Value();
      case 3:
        return map(depth);
      default: {
        std::vector<Value> items(below(4));
        for (Value& item : items) item = any(depth + 1);
        return Value::array(kept(items));
      }
    }
  }

  uint8_t next() {
    if (input_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(input_.front());
    input_.remove_prefix(1);
    return byte;
  }
  size_t below(size_t limit) { return next() % limit; }
  int32_t number() { return next(); }
  Value text() {
    const std::string_view taken = input_.substr(0, below(6));
    return Value::string(batch_.arena().copy(taken));
  }
  std::span<const Value> kept(const std::vector<Value>& values) {
    Value* const copied = batch_.arena().allocate_array<Value>(values.size());
    std::ranges::copy(values, copied);
    return {copied, values.size()};
  }

  std::string_view input_;
  RecordBatch& batch_;
};

// What the flat record is to hold, found by the definition: one walk down, names in a map.
class Expectation {
 public:
  Expectation(const FlatteningRules& rules, RecordBatch& batch) : rules_(rules), batch_(batch) {}

  // A null pointer: no such value. `nullable`: something around it may be null.
  void add_structure(const Schema& schema, const Value* value, const std::string& prefix,
                     bool nullable = false) {
    for (const Field& field : schema.fields()) {
      const Value* item = value == nullptr ? nullptr : &value->items()[field.index];
      // A default stands for a null; where the structure itself is null, only when that is against
      // its schema.
      if (item == nullptr ? !nullable : item->is_null()) item = default_of(*field.schema);
      add(*field.schema, item, prefix + field.name, nullable);
    }
  }

  void add_map(const Value& map, const std::string& prefix) {
    const auto entries = map.entries();
    for (size_t i = 0; i < entries.size(); i += 2) {
      add_schemaless(entries[i + 1], prefix + std::string(entries[i].as_text()));
    }
  }

  std::map<std::string, Value> values;
  bool repeated = false;

 private:
  static const Value* default_of(const Schema& schema) {
    return schema.default_value() ? &*schema.default_value() : nullptr;
  }

  void add(const Schema& schema, const Value* value, const std::string& name, bool nullable) {
    if (value != nullptr && value->is_null()) value = nullptr;
    if (schema.type() == Type::structure) {
      return add_structure(schema, value, name + rules_.delimiter, nullable || schema.optional());
    }
    if (schema.type() == Type::array && rules_.arrays == ArrayFlattening::take_first_value) {
      const Schema& item_schema = *schema.value_schema();
      const bool first = value != nullptr && value->size() > 0;
      const Value* item = first ? &value->items()[0] : nullptr;
      if (first && item->is_null()) item = default_of(item_schema);
      return add(item_schema, item, name, true);
    }
    if (value == nullptr) return put(name, Value());
    if (schema.type() == Type::array) {
      return put(name, joined(*value, schema.value_schema().get()));
    }
    if (schema.type() != Type::map) return put(name, *value);
    std::string text;
    kc::sink::append_text(*value, &schema, text);
    put(name, Value::string(batch_.arena().copy(text)));
  }

  void add_schemaless(const Value& value, const std::string& name) {
    if (value.kind() == Kind::map) return add_map(value, name + rules_.delimiter);
    if (value.kind() != Kind::array) return put(name, value);
    if (rules_.arrays == ArrayFlattening::convert_to_string)
      return put(name, joined(value, nullptr));
    if (value.size() == 0) return put(name, Value());
    add_schemaless(value.items().front(), name);
  }

  Value joined(const Value& array, const Schema* item_schema) {
    std::string text;
    kc::sink::append_joined(array.items(), item_schema, rules_.separator, text);
    return Value::string(batch_.arena().copy(text));
  }

  void put(const std::string& name, const Value& value) {
    repeated = !values.emplace(name, value).second || repeated;
  }

  const FlatteningRules& rules_;
  RecordBatch& batch_;
};

// None for a map of nulls.
std::optional<kc::wire::TableType> table_for(const Record& flat) {
  if (flat.value_schema != nullptr) return kc::sink::table_type_of(*flat.value_schema);
  kc::sink::ColumnInference columns;
  columns.add(flat.value, true);
  if (columns.empty()) return std::nullopt;
  return columns.table_type();
}

// Through the row plan and back.
void require_row(const Record& flat, const std::map<std::string, Value>& expected) {
  const auto table = table_for(flat);
  if (!table) return;
  const kc::wire::TableType& type = *table;
  kc::sink::RowPlan plan("t", type, flat.value_schema);
  kc::wire::InsertBody body;
  plan.encode(flat, body);
  const auto parts = body.parts("t", {});
  kc::wire::AvroReader rows(parts[1]);
  std::vector<Value> row;
  kc::wire::decode_row(type, rows.read_bytes(), row);
  for (size_t i = 0; i < row.size(); ++i) {
    const Value& value = expected.at(type.columns()[i].name);
    require(row[i].is_null() == value.is_null());
    if (value.kind() == Kind::int32 || value.kind() == Kind::string) require(row[i] == value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  constexpr std::array delimiters = {"_", ".", "", "::"};
  FlatteningRules rules;
  rules.delimiter = delimiters[(data[0] >> 2) % delimiters.size()];
  if ((data[0] & 2) != 0) rules.arrays = ArrayFlattening::take_first_value;
  RecordBatch given;
  Maker maker({reinterpret_cast<const char*>(data) + 1, size - 1}, given);
  Record record;
  Expectation expected(rules, given);
  if ((data[0] & 1) != 0) {
    record.value_schema = given.retain(maker.structure(0));
    record.value = maker.value(*record.value_schema);
    if (record.value.is_null()) return 0;
    expected.add_structure(*record.value_schema, &record.value, "");
  } else {
    record.value = maker.map(0);
    expected.add_map(record.value, "");
  }
  kc::sink::Flattener flattener(rules);
  RecordBatch batch;
  try {
    flattener.add(record, batch);
  } catch (const Error& error) {
    require(error.reaction() == Reaction::skip_record && expected.repeated);
    return 0;
  }
  require(!expected.repeated);
  const Record& flat = batch.records().front();
  require(flat.value.size() == expected.values.size());
  try {
    require_row(flat, expected.values);
  } catch (const Error& error) {
    // No fields at all, or a null where the schema allows none.
    require(error.reaction() == Reaction::skip_record);
  }
  return 0;
}
