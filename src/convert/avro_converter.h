// io.confluent.connect.avro.AvroConverter: Avro bodies whose schemas stand in a Schema Registry,
// read and written as Confluent's converter does.
//
// Connect's schema carries the version that the writer's schema has under the topic's subject; none
// when the registry does not know it there. An outage of the registry is Error(retry).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/lru_cache.h"
#include "config/config_def.h"
#include "config/properties.h"
#include "connect/converter.h"
#include "convert/avro_reader.h"
#include "convert/avro_schema_writer.h"
#include "convert/avro_writer.h"
#include "registry/registry_client.h"
#include "registry/subject_name.h"

namespace kc::convert {

struct AvroConverterOptions {
  AvroReadOptions read;
  AvroWriteOptions write;
  registry::SubjectNameStrategy subject_name = registry::SubjectNameStrategy::topic;
  bool auto_register_schemas = true;
  bool use_latest_version = false;
  // The most plans that are kept, for each direction.
  size_t schemas_max = 1000;
};

class AvroConverter : public connect::Converter {
 public:
  static const config::ConfigDef& properties();
  static std::unique_ptr<connect::Converter> create(const config::Properties& settings,
                                                    connect::ConverterRole role);

  // `clock` outlives the converter.
  AvroConverter(const AvroConverterOptions& options, const registry::RegistrySettings& registry,
                bool is_key, const base::Clock& clock);

  connect::SchemaAndValue to_connect(std::string_view topic, std::optional<std::string_view> bytes,
                                     data::RecordBatch& batch) override;
  bool from_connect(std::string_view topic, const data::Schema* schema, const data::Value& value,
                    std::string& out) override;

 private:
  // How the messages of one topic with one schema are read.
  struct Reading {
    std::string topic;
    int32_t id = 0;
    AvroReadPlan plan;
    bool raw = false;     // the body is the value: Avro's `bytes` at the top
    std::string failure;  // not empty: why they cannot be read, ever
  };

  // How the values of one topic with one Connect schema are written. Holds the schema, so that its
  // address is not reused.
  struct Writing {
    std::string topic;
    data::SchemaPtr schema;
    std::unique_ptr<const AvroDocument> document;
    std::unique_ptr<const AvroWritePlan> plan;
    std::string header;
    bool raw = false;
  };

  const Reading& reading(std::string_view topic, int32_t id);
  std::unique_ptr<const Reading> make_reading(std::string_view topic, int32_t id);
  const Writing& writing(std::string_view topic, const data::Schema& schema);
  std::unique_ptr<const Writing> make_writing(std::string_view topic, const data::Schema& schema);
  std::unique_ptr<const AvroDocument> parse(const registry::RegisteredSchema& schema);
  std::string subject(std::string_view topic, const AvroSchema& schema) const;

  AvroConverterOptions options_;
  bool is_key_;
  registry::RegistryClient registry_;
  AvroValueReader reader_;
  base::LruCache<std::string, std::unique_ptr<const Reading>> readings_;
  const Reading* latest_reading_ = nullptr;
  base::LruCache<std::string, std::unique_ptr<const Writing>> writings_;
  const Writing* latest_writing_ = nullptr;
};

}  // namespace kc::convert
