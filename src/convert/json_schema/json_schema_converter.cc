#include "convert/json_schema/json_schema_converter.h"

#include <utility>
#include <vector>

#include "base/error.h"
#include "convert/json/json_converter.h"
#include "convert/json/json_cursor.h"
#include "convert/json_schema/json_schema_compile.h"
#include "convert/json_schema/json_schema_shape.h"
#include "convert/sum_types.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Value;

constexpr SchemaLanguage json_schema{
    "JSON", "JSON",
    "Converting byte[] to Kafka Connect data failed due to serialization error of topic {}: ",
    "Converting Kafka Connect data to byte[] failed due to serialization error of topic {}: ",
    "Failed to access JSON Schema data from topic {} : "};

config::ConfigDef make_properties() {
  config::ConfigDef def;
  declare_registry_converter_properties(def);
  def.add(decimal_format_property());
  def.add(converter_flag("object.additional.properties", true,
                         "Whether objects of the written schemas may have more properties."));
  def.add(converter_flag("use.optional.for.nonrequired", false,
                         "Whether properties that are not required are optional."));
  def.add(converter_flag("ignore.default.for.nullables", false,
                         "Null is written as null where the field has a default."));
  return def;
}

}  // namespace

class JsonSchemaConverter::Reader : public BodyReader {
 public:
  Reader(data::SchemaPtr schema, JsonReader& values)
      : schema_(std::move(schema)),
        plan_(*schema_, {.dialect = JsonDialect::json_schema}),
        values_(values) {}

  connect::SchemaAndValue read(std::string_view body, data::RecordBatch& batch) override {
    values_.restart();
    JsonCursor cursor(body, batch.arena());
    const bool number = cursor.peek() == '-' || (cursor.peek() >= '0' && cursor.peek() <= '9');
    const Value value = values_.read(cursor, plan_);
    cursor.end_root(number);
    return {batch.retain(schema_), value};
  }

 private:
  data::SchemaPtr schema_;
  ReadPlan plan_;
  JsonReader& values_;
};

class JsonSchemaConverter::Writer : public BodyWriter {
 public:
  Writer(const data::Schema& schema, const JsonWriter& writer, TextBuffer& buffer)
      : plan_(schema, JsonDialect::json_schema), writer_(writer), buffer_(buffer) {}

  void write(const Value& value, std::string& out) override {
    buffer_.clear();
    writer_.write(plan_, value, buffer_);
    out += buffer_.view();
    buffer_.trim(kept_buffer_bytes_max);
  }

 private:
  WritePlan plan_;
  const JsonWriter& writer_;
  TextBuffer& buffer_;
};

const config::ConfigDef& JsonSchemaConverter::properties() {
  static const config::ConfigDef def = make_properties();
  return def;
}

std::unique_ptr<connect::Converter> JsonSchemaConverter::create(const config::Properties& settings,
                                                                connect::ConverterRole role) {
  const config::Config config = properties().parse(settings);
  refuse_settings(settings, {"json.fail.invalid.schema"});
  JsonSchemaConverterOptions json;
  json.reader.optional_unless_required = config.boolean("use.optional.for.nonrequired");
  json.reader.generalized_sum_types = config.boolean(generalized_sum_types_property);
  json.additional_properties = config.boolean("object.additional.properties");
  json.writer.decimal_format = decimal_format(config);
  json.writer.replace_null_with_default = !config.boolean("ignore.default.for.nullables");
  static const base::Clock clock;
  return std::make_unique<JsonSchemaConverter>(json, registry_converter_options(config, role),
                                               clock);
}

JsonSchemaConverter::JsonSchemaConverter(const JsonSchemaConverterOptions& json,
                                         const RegistryConverterOptions& options,
                                         const base::Clock& clock)
    : RegistryConverter(json_schema, options, clock), json_(json), writer_(json.writer) {}

std::unique_ptr<RegistryConverter::BodyReader> JsonSchemaConverter::compile_reader(
    const SchemaSource& source, const VersionOf& version_of) {
  std::vector<JsonSchemaDocument::Text> texts;
  for (const auto& one : source.references) texts.push_back({one.name, one.schema.text});
  texts.push_back({"", source.schema.text});
  const JsonSchemaDocument document(texts);
  const std::string* title = json_text(*document.root().json, "title");
  const auto version = version_of(title == nullptr ? std::string_view() : *title);
  return std::make_unique<Reader>(compile_json_schema(document, json_.reader, version), values_);
}

RegistryConverter::WriterSchema JsonSchemaConverter::writer_schema(const data::Schema* schema) {
  if (schema == nullptr) {
    throw Error(Reaction::skip_record,
                "Values without a schema cannot be written with a JSON Schema. Hint: use "
                "JsonConverter with schemas.enable=false");
  }
  registry::RegisteredSchema registered{
      "JSON", json_schema_text(*schema, writer_, json_.additional_properties)};
  // A schema that may be null is oneOf, which has no title.
  return {std::move(registered), schema->optional() ? "" : schema->name().value_or("")};
}

std::unique_ptr<RegistryConverter::BodyWriter> JsonSchemaConverter::compile_writer(
    const SchemaSource&, const data::Schema* schema) {
  return std::make_unique<Writer>(*schema, writer_, buffer_);
}

bool JsonSchemaConverter::null_is_tombstone(const data::Schema* schema) const {
  return schema == nullptr || (!schema->optional() && !schema->default_value());
}

}  // namespace kc::convert
