#include "convert/registry_converter.h"

#include <fmt/format.h>

#include <cstring>
#include <limits>
#include <utility>

#include "base/error.h"
#include "convert/sum_types.h"
#include "registry/wire_format.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using config::PropertyType;

constexpr const char* use_schema_id_property = "use.schema.id";
constexpr const char* plans_max_property = "schemas.cache.config";

// `error` as Confluent's converter shows it, with what the caller does next unchanged.
Error described(const Error& error, const char* beginning, std::string_view topic) {
  Error result(error.reaction(), "{}{}", fmt::format(fmt::runtime(beginning), topic), error.what());
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

config::Property converter_flag(std::string name, bool default_value, std::string doc) {
  config::Property result;
  result.name = std::move(name);
  result.type = PropertyType::boolean;
  result.default_value = default_value ? "true" : "false";
  result.importance = config::Importance::low;
  result.doc = std::move(doc);
  return result;
}

void declare_registry_converter_properties(config::ConfigDef& def) {
  registry::declare_registry_properties(def);
  registry::declare_subject_name_properties(def);
  def.add(converter_flag("auto.register.schemas", true, "Whether new schemas are registered."));
  config::Property id;
  id.name = use_schema_id_property;
  id.type = PropertyType::int32;
  id.default_value = "-1";
  id.importance = config::Importance::low;
  id.validator = config::between(-1, std::numeric_limits<int32_t>::max());
  id.doc = "Without auto.register.schemas: write with the schema that has this id; -1: none.";
  def.add(std::move(id));
  config::Property plans;
  plans.name = plans_max_property;
  plans.type = PropertyType::int32;
  plans.default_value = "1000";
  plans.importance = config::Importance::low;
  plans.validator = config::between(1, 1'000'000);
  plans.doc = "The most schemas that are kept as they are used; the one unused longest is dropped.";
  def.add(std::move(plans));
  def.add(
      converter_flag(generalized_sum_types_property, false,
                     "Give unions and enums the form that those of all schema languages have."));
  def.add(converter_flag("use.latest.version", false,
                         "Without auto.register.schemas: write with the subject's latest schema."));
}

RegistryConverterOptions registry_converter_options(const config::Config& config,
                                                    connect::ConverterRole role) {
  if (role == connect::ConverterRole::header) {
    throw Error(Reaction::fix_config,
                "A converter with a Schema Registry is no header converter. Use it for keys and "
                "values");
  }
  RegistryConverterOptions options;
  options.registry = registry::registry_settings(config);
  options.is_key = role == connect::ConverterRole::key;
  options.subject_name = registry::subject_name_strategy(config, options.is_key);
  options.plans_max = static_cast<size_t>(config.integer(plans_max_property));
  options.auto_register_schemas = config.boolean("auto.register.schemas");
  options.use_latest_version = config.boolean("use.latest.version");
  if (const int64_t id = config.integer(use_schema_id_property); id >= 0) {
    options.use_schema_id = static_cast<int32_t>(id);
  }
  return options;
}

void refuse_settings(const config::Properties& settings, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (const std::string value = settings.get(name); !value.empty() && value != "false") {
      throw Error(Reaction::fix_config, "{} = {} is not supported in this version. Remove it", name,
                  value);
    }
  }
}

RegistryConverter::RegistryConverter(const SchemaLanguage& language,
                                     const RegistryConverterOptions& options,
                                     const base::Clock& clock)
    : language_(language),
      options_(options),
      registry_(options.registry, clock),
      readings_(options.plans_max),
      writings_(options.plans_max) {}

connect::SchemaAndValue RegistryConverter::to_connect(std::string_view topic,
                                                      std::optional<std::string_view> bytes,
                                                      data::RecordBatch& batch) {
  if (!bytes) return {};
  try {
    const registry::Frame frame = registry::read_frame(*bytes);
    Reading& how = reading(topic, frame.schema_id);
    if (how.reader == nullptr) throw Error(Reaction::skip_record, "{}", how.failure);
    try {
      return how.reader->read(frame.body, batch);
    } catch (const Error& error) {
      if (error.reaction() != Reaction::skip_record) throw;
      throw Error(Reaction::skip_record, "Error deserializing {} message for id {}: {}",
                  language_.name, frame.schema_id, error.what());
    }
  } catch (const Error& error) {
    throw described(error,
                    error.reaction() == Reaction::fix_config ? language_.access_failed
                                                             : language_.reading_failed,
                    topic);
  }
}

RegistryConverter::Reading& RegistryConverter::reading(std::string_view topic, int32_t id) {
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

std::unique_ptr<RegistryConverter::Reading> RegistryConverter::make_reading(std::string_view topic,
                                                                            int32_t id) {
  auto made = std::make_unique<Reading>();
  made->topic = topic;
  made->id = id;
  SchemaSource source;
  try {
    source.schema = registry_.schema(id);
    if (source.schema.type == language_.type) source.references = registry_.resolve(source.schema);
  } catch (const Error& error) {
    throw Error(error.reaction(), "Error retrieving {} {} schema for id {}: {}", language_.name,
                options_.is_key ? "key" : "value", id, error.what())
        .with_java_class(error.java_class());
  }
  if (source.schema.type != language_.type) {
    made->failure = fmt::format(
        "The schema with id {} is of type {}, not {}. Hint: use the converter for that type", id,
        source.schema.type, language_.type);
    return made;
  }
  const VersionOf version_of = [this, topic = made->topic,
                                schema = source.schema](std::string_view record) {
    const auto found = registry_.find(
        registry::subject_name(options_.subject_name, topic, options_.is_key, record), schema);
    return found ? std::optional(found->version) : std::nullopt;
  };
  try {
    made->reader = compile_reader(source, version_of);
  } catch (const Error& error) {
    if (error.reaction() != Reaction::skip_record) throw;
    made->failure = fmt::format("The schema with id {}: {}", id, error.what());
  }
  return made;
}

bool RegistryConverter::null_is_tombstone(const data::Schema* schema) const {
  return schema == nullptr || !schema->default_value();
}

bool RegistryConverter::from_connect(std::string_view topic, const data::Schema* schema,
                                     const data::Value& value, std::string& out) {
  if (value.is_null() && null_is_tombstone(schema)) return false;
  try {
    Writing& how = writing(topic, schema);
    out += how.header;
    how.writer->write(value, out);
    return true;
  } catch (const Error& error) {
    throw described(error,
                    error.reaction() == Reaction::fix_config ? language_.access_failed
                                                             : language_.writing_failed,
                    topic);
  }
}

RegistryConverter::Writing& RegistryConverter::writing(std::string_view topic,
                                                       const data::Schema* schema) {
  if (latest_writing_ != nullptr && latest_writing_->schema.get() == schema &&
      latest_writing_->topic == topic) [[likely]] {
    return *latest_writing_;
  }
  std::string key = key_of(topic, schema);
  if (const auto* known = writings_.find(key)) {
    latest_writing_ = known->get();
  } else {
    auto made = make_writing(topic, schema);
    latest_writing_ = writings_.insert(std::move(key), std::move(made)).get();
  }
  return *latest_writing_;
}

std::unique_ptr<RegistryConverter::Writing> RegistryConverter::make_writing(
    std::string_view topic, const data::Schema* schema) {
  auto made = std::make_unique<Writing>();
  made->topic = topic;
  if (schema != nullptr) made->schema = schema->shared_from_this();
  WriterSchema own = writer_schema(schema);
  const std::string subject =
      registry::subject_name(options_.subject_name, topic, options_.is_key, own.record);
  SchemaSource source;
  source.schema = std::move(own.schema);
  made->header = registry::frame_header(id_to_write_with(subject, source.schema));
  source.references = registry_.resolve(source.schema);
  made->writer = compile_writer(source, schema);
  return made;
}

int32_t RegistryConverter::id_to_write_with(const std::string& subject,
                                            registry::RegisteredSchema& schema) {
  if (options_.auto_register_schemas) return registry_.register_schema(subject, schema);
  int32_t id = 0;
  if (options_.use_schema_id) {
    id = *options_.use_schema_id;
    schema = registry_.schema(id);
  } else if (options_.use_latest_version) {
    auto latest = registry_.latest(subject);
    id = latest.id;
    schema = std::move(latest.schema);
  } else if (const auto found = registry_.find(subject, schema)) {
    id = found->id;
  } else {
    throw Error(Reaction::skip_record,
                "Error retrieving {} schema of subject {}: Schema not found; error code: 40403. "
                "Hint: register it, or set auto.register.schemas=true",
                language_.name, subject);
  }
  if (schema.type != language_.type) {
    throw Error(Reaction::skip_record,
                "The schema with id {} of subject {} is of type {}, not {}. Hint: use the "
                "converter for that type",
                id, subject, schema.type, language_.type);
  }
  return id;
}

}  // namespace kc::convert
