// Reading and changing the key or the value of a record as Kafka's transformations do: what is
// changed is copied into the batch's arena, along its path only.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "data/record.h"
#include "transform/plugins.h"

namespace kc::transform {

struct PartOfRecord {
  const data::Schema*& schema;
  data::Value& value;
};

inline PartOfRecord part_of(data::Record& record, Part part) {
  return part == Part::key ? PartOfRecord{record.key_schema, record.key}
                           : PartOfRecord{record.value_schema, record.value};
}

// A DataException.
template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
  throw base::Error(base::Reaction::skip_record, format, std::forward<Args>(args)...);
}

// Another exception, which Connect treats as it treats a DataException in this stage.
template <typename... Args>
[[noreturn]] void fail_as(std::string_view java_class, fmt::format_string<Args...> format,
                          Args&&... args) {
  throw base::Error(base::Reaction::skip_record, format, std::forward<Args>(args)...)
      .with_java_class(java_class);
}

// "class java.lang.Integer"
std::string class_of(const data::Value& value);

// Kafka's Requirements: the value has to be what the transformation works on.
void require_map(const data::Value& value, std::string_view purpose);
void require_structure(const data::Schema& schema, const data::Value& value,
                       std::string_view purpose);
// As ConnectSchema.fields() refuses.
void require_fields(const data::Schema& schema);
// As Struct.put() refuses a null.
void require_not_null(const data::Schema& schema, std::string_view name, const data::Value& value);

// Struct.get() and, without `replace_null`, Struct.getWithoutDefault().
inline const data::Value& field_value(const data::Field& field, const data::Value& structure,
                                      bool replace_null) {
  const data::Value& value = structure.items()[field.index];
  const auto& otherwise = field.schema->default_value();
  return replace_null && value.is_null() && otherwise ? *otherwise : value;
}

// A new builder with name, version, doc and parameters of `from` (SchemaUtil.copySchemaBasics).
data::SchemaBuilder copy_basics(const data::Schema& from, data::SchemaBuilder to);
// The same for a schema of the type of `from`, with what an array or a map is made of.
data::SchemaBuilder copy_basics(const data::Schema& from);

// The value as `schema` holds it, for a schema that gained or lost a logical name: the integers and
// bytes behind are the same.
data::Value as_kind(const data::Value& value, data::Kind kind, int16_t scale);

// Copies of a map's entries, to be changed.
class MapCopy {
 public:
  // Room for `more` names to be put.
  MapCopy(const data::Value& map, size_t more, base::Arena& arena);

  // Replaces the value, or appends the entry with a copy of the name. What `value` points to has
  // to live as long as the batch.
  void put(std::string_view name, const data::Value& value);
  void remove(std::string_view name);
  data::Value value() const { return data::Value::map({entries_, size_}); }

 private:
  size_t index_of(std::string_view name) const;

  base::Arena& arena_;
  data::Value* entries_;
  size_t size_;
};

// Null when there is no such name.
data::Value find_in_map(const data::Value& map, std::string_view name);

// The record's headers with others behind them.
std::span<const data::Header> append_headers(std::span<const data::Header> headers,
                                             std::span<const data::Header> more,
                                             base::Arena& arena);

}  // namespace kc::transform
