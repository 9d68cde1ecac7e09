#include "data/schema.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"

namespace kc::data {

using base::Error;
using base::Reaction;

std::string_view type_name(Type type) {
  static constexpr std::string_view names[] = {"INT8",    "INT16",   "INT32",   "INT64",
                                               "FLOAT32", "FLOAT64", "BOOLEAN", "STRING",
                                               "BYTES",   "ARRAY",   "MAP",     "STRUCT"};
  return names[static_cast<size_t>(type)];
}

Kind Schema::value_kind() const {
  switch (logical_) {
    case Logical::decimal:
      return Kind::decimal;
    case Logical::date:
      return Kind::date;
    case Logical::time:
      return Kind::time;
    case Logical::timestamp:
      return Kind::timestamp;
    case Logical::none:
      break;
  }
  static constexpr Kind kinds[] = {Kind::int8,    Kind::int16,   Kind::int32,   Kind::int64,
                                   Kind::float32, Kind::float64, Kind::boolean, Kind::string,
                                   Kind::bytes,   Kind::array,   Kind::map,     Kind::structure};
  return kinds[static_cast<size_t>(type_)];
}

const std::string* Schema::find_parameter(std::string_view name) const {
  for (const auto& [known, value] : parameters_) {
    if (known == name) return &value;
  }
  return nullptr;
}

const Field* Schema::find_field(std::string_view name) const {
  const auto found = field_index_.find(name);
  return found == field_index_.end() ? nullptr : &fields_[found->second];
}

bool operator==(const Schema& left, const Schema& right) {
  const auto same = [](const SchemaPtr& a, const SchemaPtr& b) {
    return a == b || (a != nullptr && b != nullptr && *a == *b);
  };
  return left.type() == right.type() && left.optional() == right.optional() &&
         left.name() == right.name() && left.version() == right.version() &&
         left.doc() == right.doc() && left.parameters() == right.parameters() &&
         left.default_value() == right.default_value() &&
         same(left.key_schema(), right.key_schema()) &&
         same(left.value_schema(), right.value_schema()) &&
         std::ranges::equal(left.fields(), right.fields(), [&](const Field& a, const Field& b) {
           return a.name == b.name && same(a.schema, b.schema);
         });
}

SchemaBuilder::SchemaBuilder(Type type) : schema_(new Schema) { schema_->type_ = type; }

SchemaBuilder SchemaBuilder::array(SchemaPtr items) {
  SchemaBuilder builder(Type::array);
  builder.schema_->value_schema_ = std::move(items);
  return builder;
}

SchemaBuilder SchemaBuilder::map(SchemaPtr keys, SchemaPtr values) {
  SchemaBuilder builder(Type::map);
  builder.schema_->key_schema_ = std::move(keys);
  builder.schema_->value_schema_ = std::move(values);
  return builder;
}

SchemaBuilder SchemaBuilder::decimal(int16_t scale) {
  SchemaBuilder builder(Type::bytes);
  builder.name(std::string(decimal_name)).version(1).parameter("scale", std::to_string(scale));
  return builder;
}

SchemaBuilder SchemaBuilder::date() {
  return std::move(SchemaBuilder(Type::int32).name(std::string(date_name)).version(1));
}

SchemaBuilder SchemaBuilder::time() {
  return std::move(SchemaBuilder(Type::int32).name(std::string(time_name)).version(1));
}

SchemaBuilder SchemaBuilder::timestamp() {
  return std::move(SchemaBuilder(Type::int64).name(std::string(timestamp_name)).version(1));
}

SchemaBuilder& SchemaBuilder::name(std::string name) {
  schema_->name_ = std::move(name);
  return *this;
}

SchemaBuilder& SchemaBuilder::version(int32_t version) {
  schema_->version_ = version;
  return *this;
}

SchemaBuilder& SchemaBuilder::doc(std::string doc) {
  schema_->doc_ = std::move(doc);
  return *this;
}

SchemaBuilder& SchemaBuilder::parameter(std::string name, std::string value) {
  schema_->parameters_.emplace_back(std::move(name), std::move(value));
  return *this;
}

SchemaBuilder& SchemaBuilder::optional(bool optional) {
  schema_->optional_ = optional;
  return *this;
}

SchemaBuilder& SchemaBuilder::default_value(const Value& value) {
  schema_->default_value_ = deep_copy(value, schema_->arena_);
  return *this;
}

SchemaBuilder& SchemaBuilder::field(std::string name, SchemaPtr schema) {
  constexpr std::string_view java_class = "org.apache.kafka.connect.errors.SchemaBuilderException";
  auto& fields = schema_->fields_;
  if (name.empty()) {
    throw Error(Reaction::skip_record, "fieldName cannot be null.").with_java_class(java_class);
  }
  if (std::ranges::any_of(fields, [&](const Field& field) { return field.name == name; })) {
    throw Error(Reaction::skip_record, "Cannot create field because of field name duplication {}",
                name)
        .with_java_class(java_class);
  }
  fields.push_back({std::move(name), static_cast<uint32_t>(fields.size()), std::move(schema)});
  return *this;
}

SchemaPtr SchemaBuilder::build() {
  Schema& schema = *schema_;
  for (const Field& field : schema.fields_) schema.field_index_.emplace(field.name, field.index);
  const auto parameter = [&](std::string_view name) -> const std::string* {
    const auto found = std::ranges::find_if(schema.parameters_,
                                            [&](const auto& entry) { return entry.first == name; });
    return found == schema.parameters_.end() ? nullptr : &found->second;
  };
  if (schema.name_ == decimal_name && schema.type_ == Type::bytes) {
    if (const std::string* scale = parameter("scale")) {
      std::from_chars(scale->data(), scale->data() + scale->size(), schema.scale_);
      schema.logical_ = Logical::decimal;
    }
  } else if (schema.name_ == date_name && schema.type_ == Type::int32) {
    schema.logical_ = Logical::date;
  } else if (schema.name_ == time_name && schema.type_ == Type::int32) {
    schema.logical_ = Logical::time;
  } else if (schema.name_ == timestamp_name && schema.type_ == Type::int64) {
    schema.logical_ = Logical::timestamp;
  }
  return std::move(schema_);
}

Value deep_copy(const Value& value, base::Arena& arena) {
  const auto copy_items = [&](std::span<const Value> items) {
    Value* copied = arena.allocate_array<Value>(items.size());
    for (size_t i = 0; i < items.size(); ++i) copied[i] = deep_copy(items[i], arena);
    return std::span<const Value>(copied, items.size());
  };
  switch (value.kind()) {
    case Kind::string:
      return Value::string(arena.copy(value.as_text()));
    case Kind::bytes:
      return Value::bytes(arena.copy(value.as_text()));
    case Kind::decimal:
      return Value::decimal(arena.copy(value.as_text()), value.scale());
    case Kind::array:
      return Value::array(copy_items(value.items()));
    case Kind::structure:
      return Value::structure(copy_items(value.items()));
    case Kind::map:
      return Value::map(copy_items(value.entries()));
    default:
      return value;
  }
}

}  // namespace kc::data
