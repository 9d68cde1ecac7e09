// io.confluent.connect.protobuf.ProtobufConverter: Protobuf bodies whose schemas stand in a Schema
// Registry, read and written as Confluent's converter does.
#pragma once

#include <memory>

#include "convert/protobuf/protobuf_reader.h"
#include "convert/protobuf/protobuf_schema_writer.h"
#include "convert/registry_converter.h"

namespace kc::convert {

class ProtobufConverter : public RegistryConverter {
 public:
  static const config::ConfigDef& properties();
  static std::unique_ptr<connect::Converter> create(const config::Properties& settings,
                                                    connect::ConverterRole role);

  // `clock` outlives the converter.
  ProtobufConverter(const ProtobufReadOptions& read, const ProtobufWriteOptions& write,
                    const RegistryConverterOptions& options, const base::Clock& clock);

 private:
  class Reader;
  class Writer;

  std::unique_ptr<BodyReader> compile_reader(const SchemaSource& source,
                                             const VersionOf& version_of) override;
  WriterSchema writer_schema(const data::Schema* schema) override;
  std::unique_ptr<BodyWriter> compile_writer(const SchemaSource& source,
                                             const data::Schema* schema) override;
  // ProtobufData writes null as null bytes, whatever default the schema has.
  bool null_is_tombstone(const data::Schema* schema) const override;

  ProtobufReadOptions read_;
  ProtobufWriteOptions write_;
  ProtobufValueReader values_;
};

}  // namespace kc::convert
