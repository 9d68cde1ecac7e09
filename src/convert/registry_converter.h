// What the converters with a Schema Registry have in common: the frame of their messages, schemas
// by id and by subject, and plans that are compiled once for each topic and schema. A converter
// adds its schema language: how a schema is compiled, and how bodies are read and written.
//
// Connect's schema carries the version that the writer's schema has under the topic's subject; none
// when the registry does not know it there. An outage of the registry is Error(retry).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/lru_cache.h"
#include "config/config_def.h"
#include "config/properties.h"
#include "connect/converter.h"
#include "registry/registry_client.h"
#include "registry/subject_name.h"

namespace kc::convert {

struct RegistryConverterOptions {
  registry::RegistrySettings registry;
  registry::SubjectNameStrategy subject_name = registry::SubjectNameStrategy::topic;
  // The schema of a message that is read may be named in its headers.
  bool schema_in_header = false;
  // Messages that are written name theirs there, by its GUID.
  bool write_schema_in_header = false;
  bool is_key = false;
  bool auto_register_schemas = true;
  // Without auto_register_schemas: write with this schema, or with the subject's latest.
  std::optional<int32_t> use_schema_id;
  bool use_latest_version = false;
  // The most schemas whose plans are kept, for each direction.
  size_t plans_max = 1000;
};

// A BOOLEAN property of low importance.
config::Property converter_flag(std::string name, bool default_value, std::string doc);

// Adds the properties that registry_converter_options() reads.
void declare_registry_converter_properties(config::ConfigDef& def);
// Throws Error(fix_config) naming the property that cannot be used, and for the role `header`,
// which no such converter has.
RegistryConverterOptions registry_converter_options(const config::Config& config,
                                                    connect::ConverterRole role);
// Stock settings that change the bytes, the data or the way to the registry and are not here:
// throws Error(fix_config) when one of `names` is set and not "false".
void refuse_settings(const config::Properties& settings, std::initializer_list<const char*> names);

// A schema language as registries and Confluent's messages name it.
struct SchemaLanguage {
  const char* type;  // in the registry: AVRO, JSON, PROTOBUF
  const char* name;  // Avro, JSON, Protobuf
  // The beginnings of errors, with {} for the topic: of a message, of a value, of the way to the
  // registry.
  const char* reading_failed;
  const char* writing_failed;
  const char* access_failed;
  // What tells the message within its schema stands between the schema's id and the body.
  bool has_indexes = false;
};

class RegistryConverter : public connect::Converter {
 public:
  connect::SchemaAndValue to_connect(std::string_view topic, std::optional<std::string_view> bytes,
                                     data::RecordBatch& batch) final;
  std::string_view schema_header() const final;
  connect::SchemaAndValue to_connect_with(std::string_view header, std::string_view topic,
                                          std::optional<std::string_view> bytes,
                                          data::RecordBatch& batch) final;
  bool from_connect(std::string_view topic, const data::Schema* schema, const data::Value& value,
                    std::string& out) final;
  std::optional<connect::SchemaHeader> written_schema_header() const final;

 protected:
  // A schema and all that it refers to, each after those that it refers to itself.
  struct SchemaSource {
    registry::RegisteredSchema schema;
    std::vector<registry::RegistryClient::Referenced> references;
  };

  // The version of a topic's schema under its subject. `record`: the full name of the schema's
  // record; empty when it is none. Asks the registry; valid as long as the converter.
  using VersionOf = std::function<std::optional<int32_t>(std::string_view record)>;

  // Reads the bodies of messages of one topic and one schema.
  class BodyReader {
   public:
    virtual ~BodyReader() = default;
    // As Converter::to_connect().
    virtual connect::SchemaAndValue read(std::string_view body, data::RecordBatch& batch) = 0;
  };

  // Writes values of one topic and one Connect schema.
  class BodyWriter {
   public:
    virtual ~BodyWriter() = default;
    // What tells the message within its schema, where SchemaLanguage::has_indexes.
    virtual std::string_view indexes() const { return {}; }
    // Appends the body. Throws Error(skip_record) for a value that does not fit.
    virtual void write(const data::Value& value, std::string& out) = 0;
  };

  // What a Connect schema is in the converter's language.
  struct WriterSchema {
    registry::RegisteredSchema schema;
    std::string record;  // its full name; empty when it is none
  };

  // `clock` outlives the converter.
  RegistryConverter(const SchemaLanguage& language, const RegistryConverterOptions& options,
                    const base::Clock& clock);

  // Throws Error(skip_record) for a schema that can never be read; it is not compiled again.
  virtual std::unique_ptr<BodyReader> compile_reader(const SchemaSource& source,
                                                     const VersionOf& version_of) = 0;
  // `schema`: null for values without one.
  virtual WriterSchema writer_schema(const data::Schema* schema) = 0;
  // `source` is the schema that the messages name: the writer_schema() of `schema`, or one of the
  // registry's. `schema` outlives the writer.
  virtual std::unique_ptr<BodyWriter> compile_writer(const SchemaSource& source,
                                                     const data::Schema* schema) = 0;
  // Whether null of this schema is written as null bytes.
  virtual bool null_is_tombstone(const data::Schema* schema) const;

 private:
  struct Reading {
    std::string topic;
    std::string guid;  // what schema.guid points into
    registry::SchemaId schema;
    std::unique_ptr<BodyReader> reader;
    std::string failure;  // without a reader: why there is none, ever
  };

  // Holds the schema, so that its address is not reused.
  struct Writing {
    std::string topic;
    data::SchemaPtr schema;
    std::string frame;  // what names the schema, before the body or in a header
    std::unique_ptr<BodyWriter> writer;
  };

  // The beginning of an error that `failed` begins, unless it is one of the way to the registry.
  const char* access_or(const char* failed, const base::Error& error) const {
    return error.reaction() == base::Reaction::fix_config ? language_.access_failed : failed;
  }
  connect::SchemaAndValue read(std::string_view topic, const registry::Frame& frame,
                               data::RecordBatch& batch);
  Reading& reading(std::string_view topic, const registry::SchemaId& id);
  std::unique_ptr<Reading> make_reading(std::string_view topic, const registry::SchemaId& id);
  Writing& writing(std::string_view topic, const data::Schema* schema);
  std::unique_ptr<Writing> make_writing(std::string_view topic, const data::Schema* schema);
  // The id that messages with `schema` carry; `schema` becomes the one that has it.
  int32_t id_to_write_with(const std::string& subject, registry::RegisteredSchema& schema);
  // Throws Error(fix_config) for a header when the registry has told no GUID.
  std::string frame_of(int32_t id, const registry::RegisteredSchema& schema) const;

  const SchemaLanguage& language_;
  RegistryConverterOptions options_;
  registry::RegistryClient registry_;
  base::LruCache<std::string, std::unique_ptr<Reading>> readings_;
  Reading* latest_reading_ = nullptr;
  base::LruCache<std::string, std::unique_ptr<Writing>> writings_;
  Writing* latest_writing_ = nullptr;
};

}  // namespace kc::convert
