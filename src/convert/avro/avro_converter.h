// io.confluent.connect.avro.AvroConverter: Avro bodies whose schemas stand in a Schema Registry,
// read and written as Confluent's converter does.
#pragma once

#include <memory>

#include "convert/avro/avro_reader.h"
#include "convert/avro/avro_schema_writer.h"
#include "convert/registry_converter.h"

namespace kc::convert {

class AvroConverter : public RegistryConverter {
 public:
  static const config::ConfigDef& properties();
  static std::unique_ptr<connect::Converter> create(const config::Properties& settings,
                                                    connect::ConverterRole role);

  // `clock` outlives the converter.
  AvroConverter(const AvroReadOptions& read, const AvroWriteOptions& write,
                const RegistryConverterOptions& options, const base::Clock& clock);

 private:
  class Reader;
  class Writer;

  std::unique_ptr<BodyReader> compile_reader(const SchemaSource& source,
                                             const VersionOf& version_of) override;
  WriterSchema writer_schema(const data::Schema* schema) override;
  std::unique_ptr<BodyWriter> compile_writer(const SchemaSource& source,
                                             const data::Schema* schema) override;

  AvroReadOptions read_;
  AvroWriteOptions write_;
  AvroValueReader values_;
};

}  // namespace kc::convert
