#include "convert/avro_converter.h"

#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "base/error.h"
#include "registry/wire_format.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using config::PropertyType;
using data::Value;

config::Property property(std::string name, bool default_value, std::string doc) {
  config::Property result;
  result.name = std::move(name);
  result.type = PropertyType::boolean;
  result.default_value = default_value ? "true" : "false";
  result.importance = config::Importance::low;
  result.doc = std::move(doc);
  return result;
}

// Stock settings that change the bytes, the data or the way to the registry and are not here.
constexpr const char* not_supported[] = {"scrub.invalid.names", "generalized.sum.type.support",
                                         "use.schema.id", "proxy.host"};

config::ConfigDef make_properties() {
  config::ConfigDef def;
  registry::declare_registry_properties(def);
  registry::declare_subject_name_properties(def);
  def.add(property("auto.register.schemas", true, "Whether new schemas are registered."));
  def.add(property("use.latest.version", false,
                   "Without auto.register.schemas: write with the subject's latest schema."));
  def.add(property("enhanced.avro.schema.support", false,
                   "Keep enums as enums, and the namespaces of a union's types."));
  def.add(property("connect.meta.data", true,
                   "Write what Avro has no word for as connect.* attributes of the schema."));
  def.add(property("ignore.default.for.nullables", false,
                   "Null stays null where the field has a default."));
  def.add(
      property("allow.optional.map.keys", false, "Write maps with optional text keys as maps."));
  def.add(property("flatten.singleton.unions", true, "A union of one type is that type."));
  return def;
}

// `error` as Confluent's converter shows it, with what the caller does next unchanged.
Error described(const Error& error, bool reading, std::string_view topic) {
  const auto text = [&] {
    if (error.reaction() == Reaction::fix_config) {
      return fmt::format("Failed to access Avro data from topic {} : {}", topic, error.what());
    }
    return reading ? fmt::format("Failed to deserialize data for topic {} to Avro: {}", topic,
                                 error.what())
                   : fmt::format("Failed to serialize Avro data from topic {} : {}", topic,
                                 error.what());
  }();
  Error result(error.reaction(), "{}", text);
  // A class that was set is kept: it tells a connection that failed from a busy server.
  return std::move(result).with_java_class(error.java_class());
}

// `topic` and the bytes of `more` as a cache's key.
template <typename T>
std::string key_of(std::string_view topic, T more) {
  char bytes[sizeof more];
  std::memcpy(bytes, &more, sizeof more);
  return std::string(bytes, sizeof more).append(topic);
}

}  // namespace

const config::ConfigDef& AvroConverter::properties() {
  static const config::ConfigDef def = make_properties();
  return def;
}

std::unique_ptr<connect::Converter> AvroConverter::create(const config::Properties& settings,
                                                          connect::ConverterRole role) {
  if (role == connect::ConverterRole::header) {
    throw Error(Reaction::fix_config,
                "io.confluent.connect.avro.AvroConverter is no header converter. Use it for keys "
                "and values");
  }
  const config::Config config = properties().parse(settings);
  for (const char* name : not_supported) {
    if (const std::string value = settings.get(name); !value.empty() && value != "false") {
      throw Error(Reaction::fix_config, "{} = {} is not supported in this version. Remove it", name,
                  value);
    }
  }
  const bool is_key = role == connect::ConverterRole::key;
  const registry::RegistrySettings registry = registry::registry_settings(config);
  AvroConverterOptions options;
  options.read.enhanced_schema_support = config.boolean("enhanced.avro.schema.support");
  options.read.ignore_default_for_nullables = config.boolean("ignore.default.for.nullables");
  options.read.flatten_singleton_unions = config.boolean("flatten.singleton.unions");
  options.write.enhanced_schema_support = options.read.enhanced_schema_support;
  options.write.connect_meta_data = config.boolean("connect.meta.data");
  options.write.allow_optional_map_keys = config.boolean("allow.optional.map.keys");
  options.subject_name = registry::subject_name_strategy(config, is_key);
  options.auto_register_schemas = config.boolean("auto.register.schemas");
  options.use_latest_version = config.boolean("use.latest.version");
  options.schemas_max = registry.schemas_max;
  static const base::Clock clock;
  return std::make_unique<AvroConverter>(options, registry, is_key, clock);
}

AvroConverter::AvroConverter(const AvroConverterOptions& options,
                             const registry::RegistrySettings& registry, bool is_key,
                             const base::Clock& clock)
    : options_(options),
      is_key_(is_key),
      registry_(registry, clock),
      readings_(options.schemas_max),
      writings_(options.schemas_max) {}

connect::SchemaAndValue AvroConverter::to_connect(std::string_view topic,
                                                  std::optional<std::string_view> bytes,
                                                  data::RecordBatch& batch) {
  if (!bytes) return {};
  try {
    const registry::Frame frame = registry::read_frame(*bytes);
    const Reading& how = reading(topic, frame.schema_id);
    if (!how.failure.empty()) throw Error(Reaction::skip_record, "{}", how.failure);
    connect::SchemaAndValue result{batch.retain(how.plan.schema), {}};
    if (how.raw) {
      result.value = how.plan.step == AvroReadPlan::Step::decimal
                         ? Value::decimal(frame.body, how.plan.scale)
                         : Value::bytes(frame.body);
      return result;
    }
    try {
      result.value = reader_.read(frame.body, how.plan, batch.arena());
    } catch (const Error& error) {
      throw Error(Reaction::skip_record, "Error deserializing Avro message for id {}: {}",
                  frame.schema_id, error.what());
    }
    return result;
  } catch (const Error& error) {
    throw described(error, true, topic);
  }
}

const AvroConverter::Reading& AvroConverter::reading(std::string_view topic, int32_t id) {
  if (latest_reading_ != nullptr && latest_reading_->id == id && latest_reading_->topic == topic)
      [[likely]] {
    return *latest_reading_;
  }
  std::string key = key_of(topic, id);
  if (const auto* known = readings_.find(key)) {
    latest_reading_ = known->get();
  } else {
    auto made = make_reading(topic, id);
    latest_reading_ = readings_.insert(std::move(key), std::move(made)).get();
  }
  return *latest_reading_;
}

std::unique_ptr<const AvroConverter::Reading> AvroConverter::make_reading(std::string_view topic,
                                                                          int32_t id) {
  auto made = std::make_unique<Reading>();
  made->topic = topic;
  made->id = id;
  registry::RegisteredSchema schema;
  std::unique_ptr<const AvroDocument> document;
  try {
    schema = registry_.schema(id);
    if (schema.type == "AVRO") document = parse(schema);
  } catch (const Error& error) {
    throw Error(error.reaction(), "Error retrieving Avro {} schema for id {}: {}",
                is_key_ ? "key" : "value", id, error.what())
        .with_java_class(error.java_class());
  }
  if (document == nullptr) {
    made->failure = fmt::format(
        "The schema with id {} is of type {}, not AVRO. Hint: use the "
        "converter for that type",
        id, schema.type);
    return made;
  }
  std::optional<int32_t> version;
  if (const auto found = registry_.find(subject(topic, document->root()), schema)) {
    version = found->version;
  }
  try {
    made->plan = compile_avro(document->root(), options_.read, version);
  } catch (const Error& error) {
    made->failure = fmt::format("The schema with id {}: {}", id, error.what());
  }
  made->raw = document->root().type == AvroType::bytes;
  return made;
}

std::unique_ptr<const AvroDocument> AvroConverter::parse(const registry::RegisteredSchema& schema) {
  const auto referenced = registry_.resolve(schema);
  std::vector<std::string_view> texts;
  for (const auto& one : referenced) texts.push_back(one.schema.text);
  texts.push_back(schema.text);
  return std::make_unique<const AvroDocument>(texts);
}

std::string AvroConverter::subject(std::string_view topic, const AvroSchema& schema) const {
  const bool record = schema.type == AvroType::record;
  return registry::subject_name(options_.subject_name, topic, is_key_,
                                record ? std::string_view(schema.full_name) : std::string_view());
}

bool AvroConverter::from_connect(std::string_view topic, const data::Schema* schema,
                                 const Value& value, std::string& out) {
  if (value.is_null() && (schema == nullptr || !schema->default_value())) return false;
  try {
    if (schema == nullptr) {
      throw Error(Reaction::skip_record,
                  "Values without a schema cannot be written as Avro in this version. Hint: use "
                  "JsonConverter with schemas.enable=false");
    }
    const Writing& how = writing(topic, *schema);
    out += how.header;
    if (!how.raw) {
      write_avro(*how.plan, value, out);
      return true;
    }
    const Value& bytes = value.is_null() ? *schema->default_value() : value;
    if (bytes.kind() != schema->value_kind()) {
      throw Error(Reaction::skip_record, "Invalid type for BYTES: {}",
                  data::kind_name(bytes.kind()));
    }
    out += bytes.as_text();
    return true;
  } catch (const Error& error) {
    throw described(error, false, topic);
  }
}

const AvroConverter::Writing& AvroConverter::writing(std::string_view topic,
                                                     const data::Schema& schema) {
  if (latest_writing_ != nullptr && latest_writing_->schema.get() == &schema &&
      latest_writing_->topic == topic) [[likely]] {
    return *latest_writing_;
  }
  std::string key = key_of(topic, &schema);
  if (const auto* known = writings_.find(key)) {
    latest_writing_ = known->get();
  } else {
    auto made = make_writing(topic, schema);
    latest_writing_ = writings_.insert(std::move(key), std::move(made)).get();
  }
  return *latest_writing_;
}

std::unique_ptr<const AvroConverter::Writing> AvroConverter::make_writing(
    std::string_view topic, const data::Schema& schema) {
  auto made = std::make_unique<Writing>();
  made->topic = topic;
  made->schema = schema.shared_from_this();
  registry::RegisteredSchema avro{"AVRO", avro_schema_text(schema, options_.write)};
  made->document = parse(avro);
  const std::string name = subject(topic, made->document->root());
  int32_t id = 0;
  if (options_.auto_register_schemas) {
    id = registry_.register_schema(name, avro);
  } else if (options_.use_latest_version) {
    const auto latest = registry_.latest(name);
    id = latest.id;
    made->document = parse(latest.schema);
  } else if (const auto found = registry_.find(name, avro)) {
    id = found->id;
  } else {
    throw Error(Reaction::skip_record,
                "Error retrieving Avro schema of subject {}: Schema not found; error code: 40403. "
                "Hint: register it, or set auto.register.schemas=true",
                name);
  }
  made->plan = std::make_unique<const AvroWritePlan>(made->document->root(), schema);
  made->header = registry::frame_header(id);
  made->raw = made->document->root().type == AvroType::bytes;
  return made;
}

}  // namespace kc::convert
