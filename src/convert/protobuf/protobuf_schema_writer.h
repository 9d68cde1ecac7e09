// Connect schemas -> .proto files, as Confluent's ProtobufData makes them.
#pragma once

#include <string>
#include <string_view>

#include "data/schema.h"

namespace kc::convert {

struct ProtobufWriteOptions {
  bool scrub_invalid_names = false;           // scrub.invalid.names
  bool optional_for_nullables = false;        // optional.for.nullables
  bool wrapper_for_nullables = false;         // wrapper.for.nullables
  bool ignore_default_for_nullables = false;  // ignore.default.for.nullables
};

struct ProtobufSchemaText {
  std::string text;
  std::string message;  // full name of the one that the schema is
};

// Throws Error(skip_record) for what a .proto file has no word for: an array of arrays, names that
// are no identifiers.
ProtobufSchemaText protobuf_schema_text(const data::Schema& schema,
                                        const ProtobufWriteOptions& options);

// Of Connect's structures, those that stand for a oneof.
bool is_protobuf_union(const data::Schema& schema);

}  // namespace kc::convert
