// io.confluent.connect.json.JsonSchemaConverter: JSON bodies whose JSON Schemas stand in a Schema
// Registry, read and written as Confluent's converter does.
#pragma once

#include <memory>

#include "convert/json/json_reader.h"
#include "convert/json/json_writer.h"
#include "convert/json_schema/json_schema_compile.h"
#include "convert/registry_converter.h"

namespace kc::convert {

struct JsonSchemaConverterOptions {
  JsonSchemaReadOptions reader;
  bool additional_properties = true;  // object.additional.properties
  JsonWriterOptions writer;
};

class JsonSchemaConverter : public RegistryConverter {
 public:
  static const config::ConfigDef& properties();
  static std::unique_ptr<connect::Converter> create(const config::Properties& settings,
                                                    connect::ConverterRole role);

  // `clock` outlives the converter.
  JsonSchemaConverter(const JsonSchemaConverterOptions& json,
                      const RegistryConverterOptions& options, const base::Clock& clock);

 private:
  class Reader;
  class Writer;

  // The writing buffer keeps at most this much memory between records.
  static constexpr size_t kept_buffer_bytes_max = size_t{1} << 20;

  std::unique_ptr<BodyReader> compile_reader(const SchemaSource& source,
                                             const VersionOf& version_of) override;
  WriterSchema writer_schema(const data::Schema* schema) override;
  std::unique_ptr<BodyWriter> compile_writer(const SchemaSource& source,
                                             const data::Schema* schema) override;
  bool null_is_tombstone(const data::Schema* schema) const override;

  JsonSchemaConverterOptions json_;
  JsonReader values_;
  JsonWriter writer_;
  TextBuffer buffer_;
};

}  // namespace kc::convert
