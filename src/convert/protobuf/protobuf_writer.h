// Values -> Protobuf's wire format, along a plan compiled from a message's declaration and the
// Connect schema whose values it is to hold.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "convert/protobuf/protobuf_reader.h"
#include "convert/protobuf/protobuf_schema.h"
#include "convert/protobuf/protobuf_schema_writer.h"
#include "data/schema.h"
#include "data/value.h"

namespace kc::convert {

// How values are written as one message. Immutable; valid as long as message and schema.
struct ProtobufWritePlan {
  struct Field {
    static constexpr int no_member = -1;

    uint32_t tag = 0;
    ProtobufType type = ProtobufType::int32;
    bool repeated = false;
    bool required = false;
    bool packed = false;
    bool has_presence = false;                // else a default is not written
    uint32_t slot = 0;                        // in the structure; of a union's member: the union's
    int member = no_member;                   // in the union
    const data::Schema* connect = nullptr;    // of one value
    const data::Schema* field = nullptr;      // of the field: the array's, where it is one
    const data::Value* null_value = nullptr;  // what null stands for
    std::string name;
    std::unique_ptr<const ProtobufWritePlan> message;
    std::unordered_map<std::string_view, int32_t> symbols;  // names in the message's enum
  };

  // Throws Error(skip_record) when the message cannot hold the Connect type.
  ProtobufWritePlan(const ProtobufMessage& message, const data::Schema& schema,
                    const ProtobufWriteOptions& options);
  ProtobufWritePlan() = default;

  ProtobufReadPlan::As as = ProtobufReadPlan::As::structure;
  size_t slots = 0;                                      // of a structure
  std::vector<Field> fields;                             // by number
  std::vector<std::pair<uint32_t, std::string>> unions;  // slots, names
};

// Appends to `out`. Throws Error(skip_record) for a value that does not fit; `out` is then
// unspecified beyond its former size.
void write_protobuf(const ProtobufWritePlan& plan, const data::Value& value, std::string& out);

}  // namespace kc::convert
