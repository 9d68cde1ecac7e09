#include "convert/json/json_converter.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "convert/json/connect_schema_reader.h"
#include "convert/json/json_cursor.h"
#include "convert/json/json_scalars.h"

namespace kc::convert {
namespace {

using config::Importance;
using config::Property;
using config::PropertyType;

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

Property property(std::string name, PropertyType type, std::string default_value, std::string doc) {
  Property result;
  result.name = std::move(name);
  result.type = type;
  result.default_value = std::move(default_value);
  result.doc = std::move(doc);
  return result;
}

Property shown(Property property, Importance importance, std::string group, int order,
               std::string display_name) {
  property.importance = importance;
  property.group = std::move(group);
  property.order = order;
  property.width = config::Width::medium;
  property.display_name = std::move(display_name);
  return property;
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return result;
}

std::optional<std::string> check_schema(std::string_view text) {
  if (text.empty()) return std::nullopt;
  try {
    read_connect_schema(text, true);
    return std::nullopt;
  } catch (const base::Error& error) {
    return error.what();
  }
}

config::ConfigDef make_properties() {
  config::ConfigDef def;
  const auto schemas = [&](Property property, int order, std::string display_name) {
    def.add(
        shown(std::move(property), Importance::high, "Schemas", order, std::move(display_name)));
  };
  schemas(property("schemas.enable", PropertyType::boolean, "true",
                   "Include schemas within each of the serialized values and keys."),
          0, "Enable Schemas");
  schemas(property("schemas.cache.size", PropertyType::int32, "1000",
                   "The maximum number of schemas that can be cached in this converter instance."),
          1, "Schema Cache Size");
  Property content =
      property("schema.content", PropertyType::string, "",
               "The schema of all messages that are read, in JSON; then none of them "
               "brings its own. Counts with schemas.enable only.");
  content.validator = {check_schema, "a schema in JSON"};
  schemas(std::move(content), 2, "Schema Content");
  def.add(decimal_format_property());
  def.add(shown(property("replace.null.with.default", PropertyType::boolean, "true",
                         "Whether a null stands for the field's default, if it has one."),
                Importance::low, "Serialization", 1, "Replace null with default"));
  return def;
}

}  // namespace

config::Property decimal_format_property() {
  Property format = property("decimal.format", PropertyType::string, "BASE64",
                             "How decimals are written: BASE64 or NUMERIC. Both are read.");
  const config::Validator valid = config::one_of({"BASE64", "NUMERIC"});
  format.validator = {[valid](std::string_view value) { return valid(upper(value)); },
                      valid.valid_values()};
  return shown(std::move(format), Importance::low, "Serialization", 0, "Decimal Format");
}

DecimalFormat decimal_format(const config::Config& config) {
  return upper(config.string("decimal.format")) == "NUMERIC" ? DecimalFormat::numeric
                                                             : DecimalFormat::base64;
}

const config::ConfigDef& JsonConverter::properties() {
  static const config::ConfigDef def = make_properties();
  return def;
}

std::unique_ptr<connect::Converter> JsonConverter::create(const config::Properties& settings,
                                                          connect::ConverterRole) {
  const config::Config config = properties().parse(settings);
  JsonConverterOptions options;
  options.schemas_enable = config.boolean("schemas.enable");
  options.schemas_cache_size =
      static_cast<size_t>(std::max<int64_t>(1, config.integer("schemas.cache.size")));
  options.writer.replace_null_with_default = config.boolean("replace.null.with.default");
  options.writer.decimal_format = decimal_format(config);
  if (const std::string content = config.string("schema.content"); !content.empty()) {
    options.content_schema = read_connect_schema(content, options.writer.replace_null_with_default);
  }
  return std::make_unique<JsonConverter>(options);
}

JsonConverter::JsonConverter(const JsonConverterOptions& options)
    : options_(options),
      envelopes_(options.schemas_cache_size, options.writer.replace_null_with_default),
      writer_(options.writer),
      written_(options.schemas_cache_size) {
  if (options.content_schema == nullptr) return;
  content_plan_ = std::make_unique<const ReadPlan>(
      *options.content_schema,
      JsonReadOptions{options.writer.replace_null_with_default, JsonDialect::connect});
}

connect::SchemaAndValue JsonConverter::to_connect(std::string_view,
                                                  std::optional<std::string_view> bytes,
                                                  data::RecordBatch& batch) {
  if (!bytes) return {};
  std::string_view text = *bytes;
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  reader_.restart();
  if (options_.schemas_enable && content_plan_ != nullptr) return read_content(text, batch);
  if (options_.schemas_enable) return envelopes_.read(text, reader_, batch);
  JsonCursor cursor(text, batch.arena());
  if (cursor.at_end()) return {};
  const data::Value value = reader_.read(cursor);
  cursor.end_root(value.kind() == data::Kind::int64 || value.kind() == data::Kind::float64);
  return {nullptr, value};
}

connect::SchemaAndValue JsonConverter::read_content(std::string_view text,
                                                    data::RecordBatch& batch) {
  JsonCursor cursor(text, batch.arena());
  if (cursor.at_end()) {
    throw base::Error(base::Reaction::skip_record,
                      "The message is empty, where schema.content asks for a value. Write null");
  }
  if (starts_number(cursor.peek())) {
    // What is no JSON is told before what does not fit the schema.
    const char* const start = cursor.position();
    cursor.skip_value();
    cursor.end_root(true);
    cursor.rewind(start);
  }
  return {batch.retain(options_.content_schema), reader_.read(cursor, *content_plan_)};
}

JsonConverter::Written::Written(data::SchemaPtr of, const JsonWriter& writer)
    : schema(std::move(of)), plan(*schema) {
  TextBuffer text;
  text.append("{\"schema\":");
  write_connect_schema(*schema, writer, text);
  text.append(",\"payload\":");
  prefix = text.view();
}

const JsonConverter::Written& JsonConverter::written(const data::Schema& schema) {
  if (latest_ != nullptr && latest_->schema.get() == &schema) [[likely]] {
    return *latest_;
  }
  if (const auto* const known = written_.find(&schema)) {
    latest_ = known->get();
  } else {
    auto made = std::make_unique<const Written>(schema.shared_from_this(), writer_);
    latest_ = written_.insert(&schema, std::move(made)).get();
  }
  return *latest_;
}

bool JsonConverter::from_connect(std::string_view, const data::Schema* schema,
                                 const data::Value& value, std::string& out) {
  if (schema == nullptr && value.is_null()) return false;
  buffer_.clear();
  std::string_view prefix = "{\"schema\":null,\"payload\":";
  if (schema != nullptr) {
    const Written& known = written(*schema);
    prefix = known.prefix;
    writer_.write(known.plan, value, buffer_);
  } else {
    writer_.write(value, buffer_);
  }
  if (options_.schemas_enable) {
    out += prefix;
    buffer_.append('}');
  }
  out += buffer_.view();
  buffer_.trim(kept_buffer_bytes_max);
  return true;
}

}  // namespace kc::convert
