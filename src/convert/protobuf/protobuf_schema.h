// Protobuf schemas, as the files that declare them say: messages, their fields, enums. (Protocol
// Buffers' language specifications, proto2 and proto3; editions are not known.)
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kc::convert {

// The numbers that FieldDescriptorProto.Type gives them.
enum class ProtobufType : uint8_t {
  float64 = 1,
  float32,
  int64,
  uint64,
  int32,
  fixed64,
  fixed32,
  boolean,
  string,
  group,
  message,
  bytes,
  uint32,
  enumeration,
  sfixed32,
  sfixed64,
  sint32,
  sint64
};

// "double", "sint32", "message", as files spell it.
std::string_view protobuf_type_name(ProtobufType type);

struct ProtobufMessage;

struct ProtobufEnum {
  std::string name;
  std::string full_name;
  bool closed = false;  // proto2: a number that has no name is an unknown field
  std::vector<std::pair<std::string, int32_t>> values;  // names may share a number
};

struct ProtobufField {
  static constexpr int no_oneof = -1;

  std::string name;
  int32_t number = 0;
  ProtobufType type = ProtobufType::int32;
  bool repeated = false;
  bool required = false;
  bool packed = false;
  bool optional_keyword = false;  // a proto2 or proto3 `optional`, outside of oneofs
  bool proto3_optional = false;
  bool has_presence = false;  // whether "absent" differs from the default
  bool valid_utf8 = false;    // string: proto3 refuses other bytes
  int oneof = no_oneof;       // which of the message's oneofs
  const ProtobufMessage* message = nullptr;
  const ProtobufEnum* enumeration = nullptr;
  // The default, proto2's [default = ...] among it.
  int64_t default_integer = 0;  // integers, bool; an enum's number; uint64 as two's complement
  double default_real = 0;
  std::string default_text;
  std::map<std::string, std::string> parameters;  // (confluent.field_meta).params
};

struct ProtobufOneof {
  std::string name;
  std::string full_name;
};

struct ProtobufMessage {
  std::string name;
  std::string full_name;
  bool map_entry = false;
  std::vector<ProtobufField> fields;  // in the order of the file
  std::vector<ProtobufOneof> oneofs;  // without those that proto3's `optional` makes
  // Without the entries of map<> fields, unless the file is a serialized one: who registers such
  // counts them.
  std::vector<const ProtobufMessage*> nested;

  const ProtobufField* find_field(std::string_view field_name) const;
  // What stands for a map: an entry of map<>, or a message that Confluent's converter makes for
  // one.
  bool is_map_entry() const;
};

// The declarations of one file, with those of other files that they use.
class ProtobufDocument {
 public:
  static constexpr size_t text_bytes_max = 4 << 20;

  // Another file, by the name that imports call it.
  struct Import {
    std::string_view name;
    std::string_view text;
  };

  // `text`: a .proto file, or a serialized FileDescriptorProto in base64. `imports`: each after
  // those that it imports itself; the well-known types, Confluent's and Google's common ones need
  // not be there. Throws Error(skip_record) for what is no such file.
  ProtobufDocument(std::string_view text, std::span<const Import> imports);
  ProtobufDocument(ProtobufDocument&&) = default;
  ProtobufDocument& operator=(ProtobufDocument&&) = delete;

  // Of this file, nested ones among them; nullptr when it has none of that name.
  const ProtobufMessage* find_message(std::string_view full_name) const;
  // Messages at the top of the file, in its order.
  const std::vector<const ProtobufMessage*>& messages() const { return top_; }

  // A message's place: its number among those of the file, then in `nested` of each message on the
  // way. nullptr when there is none.
  const ProtobufMessage* message_at(std::span<const int32_t> indexes) const;
  // `message` is of this file.
  std::vector<int32_t> indexes_of(const ProtobufMessage& message) const;

 private:
  friend class ProtobufDocumentBuilder;

  std::deque<ProtobufMessage> all_messages_;
  std::deque<ProtobufEnum> all_enums_;
  std::vector<const ProtobufMessage*> top_;
};

}  // namespace kc::convert
