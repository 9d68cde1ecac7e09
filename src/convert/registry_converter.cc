#include "convert/registry_converter.h"

#include <fmt/format.h>

#include <algorithm>
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
constexpr std::string_view schema_id_classes = "io.confluent.kafka.serializers.schema.id.";

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

// "5", or "GUID 00112233-4455-6677-8899-aabbccddeeff".
std::string shown(const registry::SchemaId& id) {
  if (id.guid.empty()) return std::to_string(id.id);
  const std::string path = registry::schema_path(id);
  return "GUID " + path.substr(path.find('/') + 1);
}

// "key.schema.id.deserializer"; `role`: serializer or deserializer.
std::string schema_id_property(bool is_key, std::string_view role) {
  return fmt::format("{}.schema.id.{}", is_key ? "key" : "value", role);
}

void declare_schema_id_classes(config::ConfigDef& def) {
  const auto declare = [&](bool is_key, std::string_view role, const char* standard,
                           std::string doc) {
    config::Property property;
    property.name = schema_id_property(is_key, role);
    property.type = PropertyType::class_name;
    property.default_value = fmt::format("{}{}", schema_id_classes, standard);
    property.importance = config::Importance::low;
    property.doc = std::move(doc);
    def.add(std::move(property));
  };
  for (const bool is_key : {true, false}) {
    const std::string_view role = is_key ? "key" : "value";
    const std::string_view header =
        is_key ? registry::key_schema_header : registry::value_schema_header;
    declare(is_key, "deserializer", "PrefixSchemaIdDeserializer",
            fmt::format("Where a {}'s schema is named: PrefixSchemaIdDeserializer, before its "
                        "bytes, or DualSchemaIdDeserializer, in the header {} or else before its "
                        "bytes; with their package.",
                        role, header));
    declare(is_key, "serializer", "PrefixSchemaIdSerializer",
            fmt::format("Where a {}'s schema is named: PrefixSchemaIdSerializer, by its id before "
                        "the bytes, or HeaderSchemaIdSerializer, by its GUID, which the registry "
                        "must have, in the header {}; with their package.",
                        role, header));
  }
}

// Whether the schema is named in a header: the property says `in_header`, not `before_bytes`.
bool schema_in_header(const config::Config& config, const std::string& property,
                      std::string_view in_header, std::string_view before_bytes) {
  const std::string& given = config.string(property);
  std::string_view name = given;
  if (name.starts_with(schema_id_classes)) name.remove_prefix(schema_id_classes.size());
  if (name == in_header) return true;
  if (name == before_bytes) return false;
  throw Error(Reaction::fix_config, "{} = {}: this class is not known. Use {}{} or {}", property,
              given, schema_id_classes, before_bytes, in_header);
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
  declare_schema_id_classes(def);
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
  options.schema_in_header =
      schema_in_header(config, schema_id_property(options.is_key, "deserializer"),
                       "DualSchemaIdDeserializer", "PrefixSchemaIdDeserializer");
  options.write_schema_in_header =
      schema_in_header(config, schema_id_property(options.is_key, "serializer"),
                       "HeaderSchemaIdSerializer", "PrefixSchemaIdSerializer");
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
    return read(topic, registry::read_frame(*bytes), batch);
  } catch (const Error& error) {
    throw described(error, access_or(language_.reading_failed, error), topic);
  }
}

std::string_view RegistryConverter::schema_header() const {
  if (!options_.schema_in_header) return {};
  return options_.is_key ? registry::key_schema_header : registry::value_schema_header;
}

connect::SchemaAndValue RegistryConverter::to_connect_with(std::string_view header,
                                                           std::string_view topic,
                                                           std::optional<std::string_view> bytes,
                                                           data::RecordBatch& batch) {
  if (!bytes) return {};
  try {
    registry::Frame frame = registry::read_frame(header);
    if (language_.has_indexes) {
      // As if they stood before the body.
      const std::string_view indexes = frame.body;
      char* const joined =
          static_cast<char*>(batch.arena().allocate(indexes.size() + bytes->size(), 1));
      std::ranges::copy(*bytes, std::ranges::copy(indexes, joined).out);
      frame.body = {joined, indexes.size() + bytes->size()};
    } else {
      frame.body = *bytes;
    }
    return read(topic, frame, batch);
  } catch (const Error& error) {
    throw described(error, access_or(language_.reading_failed, error), topic);
  }
}

connect::SchemaAndValue RegistryConverter::read(std::string_view topic,
                                                const registry::Frame& frame,
                                                data::RecordBatch& batch) {
  Reading& how = reading(topic, frame.schema);
  if (how.reader == nullptr) throw Error(Reaction::skip_record, "{}", how.failure);
  try {
    return how.reader->read(frame.body, batch);
  } catch (const Error& error) {
    if (error.reaction() != Reaction::skip_record) throw;
    throw Error(Reaction::skip_record, "Error deserializing {} message for id {}: {}",
                language_.name, shown(frame.schema), error.what());
  }
}

RegistryConverter::Reading& RegistryConverter::reading(std::string_view topic,
                                                       const registry::SchemaId& id) {
  if (latest_reading_ != nullptr && latest_reading_->schema == id &&
      latest_reading_->topic == topic) [[likely]] {
    return *latest_reading_;
  }
  std::string key = id.guid.empty() ? key_of(topic, id.id)
                                    : fmt::format("{} {}", registry::schema_path(id), topic);
  if (const auto* known = readings_.find(key)) {
    latest_reading_ = known->get();
  } else {
    auto made = make_reading(topic, id);
    latest_reading_ = readings_.insert(std::move(key), std::move(made)).get();
  }
  return *latest_reading_;
}

std::unique_ptr<RegistryConverter::Reading> RegistryConverter::make_reading(
    std::string_view topic, const registry::SchemaId& id) {
  auto made = std::make_unique<Reading>();
  made->topic = topic;
  made->guid = id.guid;
  made->schema = {id.id, made->guid};
  SchemaSource source;
  try {
    source.schema = registry_.schema(id);
    if (source.schema.type == language_.type) source.references = registry_.resolve(source.schema);
  } catch (const Error& error) {
    throw Error(error.reaction(), "Error retrieving {} {} schema for id {}: {}", language_.name,
                options_.is_key ? "key" : "value", shown(id), error.what())
        .with_java_class(error.java_class());
  }
  if (source.schema.type != language_.type) {
    made->failure = fmt::format(
        "The schema with id {} is of type {}, not {}. Hint: use the converter for that type",
        shown(id), source.schema.type, language_.type);
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
    made->failure = fmt::format("The schema with id {}: {}", shown(id), error.what());
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
    if (!options_.write_schema_in_header) out += how.frame;
    how.writer->write(value, out);
    return true;
  } catch (const Error& error) {
    throw described(error, access_or(language_.writing_failed, error), topic);
  }
}

std::optional<connect::SchemaHeader> RegistryConverter::written_schema_header() const {
  if (!options_.write_schema_in_header || latest_writing_ == nullptr) return std::nullopt;
  return connect::SchemaHeader{
      options_.is_key ? registry::key_schema_header : registry::value_schema_header,
      latest_writing_->frame};
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
  const int32_t id = id_to_write_with(subject, source.schema);
  made->frame = frame_of(id, source.schema);
  source.references = registry_.resolve(source.schema);
  made->writer = compile_writer(source, schema);
  made->frame += made->writer->indexes();
  return made;
}

std::string RegistryConverter::frame_of(int32_t id,
                                        const registry::RegisteredSchema& schema) const {
  if (!options_.write_schema_in_header) return registry::frame_header(id);
  if (schema.guid.empty()) {
    const std::string property = schema_id_property(options_.is_key, "serializer");
    throw Error(Reaction::fix_config,
                "{} is HeaderSchemaIdSerializer, and the Schema Registry has told no GUID of the "
                "schema with id {}: it knows none. Hint: use a registry that does, or "
                "{}=io.confluent.kafka.serializers.schema.id.PrefixSchemaIdSerializer",
                property, id, property);
  }
  return registry::guid_header(schema.guid);
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
    schema.guid = found->schema.guid;
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
