// Protobuf's wire format -> Values, along a plan compiled from a message's declaration. The Connect
// schema and the values are those of Confluent's ProtobufData.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "convert/protobuf/protobuf_schema.h"
#include "convert/protobuf/protobuf_wire.h"
#include "data/schema.h"
#include "data/value.h"

namespace kc::convert {

// Names that ProtobufData gives to what Connect has no word for.
inline constexpr std::string_view protobuf_enum_parameter = "io.confluent.connect.protobuf.Enum";
inline constexpr std::string_view protobuf_union_name = "io.confluent.connect.protobuf.Union";
inline constexpr std::string_view protobuf_tag_parameter = "io.confluent.connect.protobuf.Tag";
inline constexpr std::string_view protobuf_type_parameter = "io.confluent.connect.protobuf.Type";

struct ProtobufReadOptions {
  bool enhanced_schema_support = false;    // enhanced.protobuf.schema.support
  bool generalized_sum_types = false;      // generalized.sum.type.support
  bool generate_index_for_unions = true;   // generate.index.for.unions
  bool generate_struct_for_nulls = false;  // generate.struct.for.nulls
  bool flatten_unions = false;             // flatten.unions
  bool int_for_enums = false;              // int.for.enums
  bool optional_for_nullables = false;     // optional.for.nullables
  bool optional_for_proto2 = true;         // optional.for.proto2
  bool wrapper_for_nullables = false;      // wrapper.for.nullables
  bool wrapper_for_raw_primitives = true;  // wrapper.for.raw.primitives
};

// How the bytes of one message are read. Immutable; valid as long as the schema at its root.
struct ProtobufReadPlan {
  // What the message is in Connect. All but structures take at most scratch_values values.
  enum class As : uint8_t { structure, wrapped, decimal, date, time, timestamp };
  static constexpr size_t scratch_values = 4;

  struct Field {
    static constexpr int no_choice = -1;

    uint32_t number = 0;
    ProtobufType type = ProtobufType::int32;
    ProtobufWireType wire_type = ProtobufWireType::varint;
    data::Kind kind = data::Kind::int32;  // of one value
    bool repeated = false;
    bool map = false;
    bool valid_utf8 = false;
    bool closed_enum = false;
    int choice = no_choice;  // the oneof it is of
    uint32_t slot = 0;       // in the message's values, or in those of the oneof's union
    std::unique_ptr<const ProtobufReadPlan> message;  // map: the entry, of a key and a value
    std::string enum_name;
    std::vector<std::pair<int32_t, std::string_view>> symbols;  // by number; names in the schema
  };

  struct Choice {
    uint32_t slot = 0;     // of the union
    uint32_t members = 0;  // 0: there is no union; the members stand in the message's own slots
  };

  // A slot that cannot be left as it is when nothing was read for it.
  struct Missing {
    uint32_t slot;
    data::Kind kind;
    std::string text;  // a required field's name, or a default text or bytes
  };

  As as = As::structure;
  data::SchemaPtr schema;           // of the root only
  std::vector<Field> fields;        // by number
  std::vector<uint16_t> by_number;  // for small numbers: position in `fields` plus one
  std::vector<Choice> choices;      // the oneofs
  std::vector<data::Value> absent;  // what a slot holds before reading; bytes: an empty message
  std::vector<uint32_t> single_messages;  // which fields are, outside of oneofs
  std::vector<Missing> required;
  std::vector<Missing> default_texts;

  const Field* find(uint32_t number) const;
};

// The plan with the Connect schema of `message`, whose version is `version`. Throws
// Error(skip_record) for what Connect cannot hold, recursive messages among it.
std::unique_ptr<const ProtobufReadPlan> compile_protobuf(const ProtobufMessage& message,
                                                         const ProtobufReadOptions& options,
                                                         std::optional<int32_t> version);

// Keeps buffers between calls. One thread.
class ProtobufValueReader {
 public:
  // Points into `bytes`, `arena` and plan.schema. Throws Error(skip_record) for bytes that are no
  // such message.
  data::Value read(std::string_view bytes, const ProtobufReadPlan& plan, base::Arena& arena);

 private:
  using Field = ProtobufReadPlan::Field;

  // A value of a repeated field, or further bytes of a message that came before: the parts of a
  // message that comes in several are read as one.
  struct Item {
    uint32_t field;     // in plan.fields
    uint32_t position;  // in items_ before sorting
    data::Value value;
  };
  // What a oneof holds: one field. Items of it count from `since` on.
  struct Chosen {
    const Field* field = nullptr;
    uint32_t since = 0;
    data::Value value;
  };
  // One message that is being read: where its values are, and where its items and oneofs begin.
  struct Frame {
    const ProtobufReadPlan& plan;
    data::Value* values;
    size_t items;
    size_t chosen;
  };

  data::Value read_message(std::string_view bytes, const ProtobufReadPlan& plan);
  void read_fields(ProtobufInput input, const Frame& frame);
  void read_field(ProtobufInput& input, const Field& field, const Frame& frame);
  // Nothing for a number that a closed enum does not have.
  std::optional<data::Value> read_scalar(ProtobufInput& input, const Field& field);
  std::optional<data::Value> symbol(const Field& field, int32_t number);
  void set(const Field& field, const data::Value& value, const Frame& frame);
  void set_message(const Field& field, std::string_view bytes, const Frame& frame);
  void push(const Field& field, const data::Value& value, const Frame& frame);
  void place_items(const Frame& frame);
  data::Value list_of(const Field& field, size_t first, size_t last);
  std::string_view joined(std::string_view bytes, size_t first, size_t last);
  void place_messages(const Frame& frame);
  void place_chosen(const Frame& frame);
  void fill_missing(const Frame& frame);
  data::Value* allocate(size_t values);

  base::Arena* arena_ = nullptr;
  size_t values_left_ = 0;
  std::vector<Item> items_;
  std::vector<Chosen> chosen_;
};

}  // namespace kc::convert
