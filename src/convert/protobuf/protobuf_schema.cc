#include "convert/protobuf/protobuf_schema.h"

#include <fmt/format.h>
#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/unknown_field_set.h>
// What the known files import; the names here make the library load them.
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <unordered_map>

#include "base/base64.h"
#include "base/error.h"
#include "convert/protobuf/protobuf_known_types.h"

namespace kc::convert {
namespace {

namespace pb = google::protobuf;
using base::Error;
using base::Reaction;

constexpr int braces_max = 100;
constexpr size_t complaints_max = 3;
constexpr int field_meta_number = 1088;

// What is wrong with a file: the first few findings.
class Complaints : public pb::io::ErrorCollector, public pb::DescriptorPool::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    add(fmt::format("line {}:{}: {}", line + 1, column + 1, message));
  }
  void AddError(const std::string& /*filename*/, const std::string& element,
                const pb::Message* /*descriptor*/, ErrorLocation /*location*/,
                const std::string& message) override {
    add(fmt::format("{}: {}", element, message));
  }
  void AddWarning(int, int, const std::string&) override {}
  void AddWarning(const std::string&, const std::string&, const pb::Message*, ErrorLocation,
                  const std::string&) override {}

  bool empty() const { return count_ == 0; }
  const std::string& text() const { return text_; }

 private:
  void add(const std::string& complaint) {
    if (count_++ >= complaints_max) return;
    if (!text_.empty()) text_ += "; ";
    text_ += complaint;
  }

  size_t count_ = 0;
  std::string text_;
};

// The library's log goes nowhere: what matters is an Error.
void silence_library() {
  static const auto previous = pb::SetLogHandler(nullptr);
  static_cast<void>(previous);
}

// The parser calls itself for each brace.
bool nested_too_deeply(std::string_view text) {
  int depth = 0;
  for (const char c : text) {
    if (c == '{' && ++depth > braces_max) return true;
    if (c == '}') --depth;
  }
  return false;
}

std::optional<pb::FileDescriptorProto> serialized_file(std::string_view text) {
  std::string bytes(text.size() / 4 * 3, '\0');
  const auto size = base::base64_decode(text, bytes.data());
  if (!size) return std::nullopt;
  pb::FileDescriptorProto file;
  if (!file.ParseFromArray(bytes.data(), static_cast<int>(*size))) return std::nullopt;
  return file;
}

pb::FileDescriptorProto parsed_file(std::string_view text) {
  if (auto file = serialized_file(text)) return *std::move(file);
  Complaints complaints;
  pb::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
  pb::io::Tokenizer tokenizer(&stream, &complaints);
  pb::compiler::Parser parser;
  parser.RecordErrorsTo(&complaints);
  pb::FileDescriptorProto file;
  if (!parser.Parse(&tokenizer, &file) || !complaints.empty()) {
    throw Error(Reaction::skip_record, "Not a Protobuf schema: {}", complaints.text());
  }
  return file;
}

// Whether `option` says something about data, for this program.
bool matters(const pb::UninterpretedOption& option) {
  const std::string& name = option.name(0).name_part();
  if (option.name(0).is_extension()) {
    return name == "confluent.field_meta" || name == ".confluent.field_meta";
  }
  return name == "packed" || name == "allow_alias";
}

// Options may be of files that only a compiler has; all but those that matter go.
template <typename Options>
void reduce_options(Options& options) {
  auto& uninterpreted = *options.mutable_uninterpreted_option();
  const auto kept = std::stable_partition(uninterpreted.begin(), uninterpreted.end(),
                                          [](const pb::UninterpretedOption& option) {
                                            return option.name_size() > 0 && matters(option);
                                          });
  const auto count = static_cast<int>(kept - uninterpreted.begin());
  uninterpreted.DeleteSubrange(count, uninterpreted.size() - count);
}

void reduce(pb::EnumDescriptorProto& enumeration) {
  if (enumeration.has_options()) reduce_options(*enumeration.mutable_options());
  for (auto& value : *enumeration.mutable_value()) value.clear_options();
}

void reduce(pb::DescriptorProto& message, bool proto3, bool& has_meta) {
  if (!message.options().map_entry()) message.clear_options();
  message.clear_extension();
  for (auto& oneof : *message.mutable_oneof_decl()) oneof.clear_options();
  for (auto& field : *message.mutable_field()) {
    if (proto3) field.clear_default_value();  // Confluent's converter writes such
    if (!field.has_options()) continue;
    reduce_options(*field.mutable_options());
    for (const auto& option : field.options().uninterpreted_option()) {
      has_meta |= option.name(0).is_extension();
    }
  }
  for (auto& enumeration : *message.mutable_enum_type()) reduce(enumeration);
  for (auto& nested : *message.mutable_nested_type()) reduce(nested, proto3, has_meta);
}

// The file without what does not matter for data. Imports that `available` does not know go too: a
// type of theirs that is used is missed by its name.
template <typename Available>
std::string reduce(pb::FileDescriptorProto& file, const Available& available) {
  bool has_meta = false;
  const bool proto3 = file.syntax() == "proto3";
  file.clear_options();
  file.clear_service();
  file.clear_extension();
  for (auto& message : *file.mutable_message_type()) reduce(message, proto3, has_meta);
  for (auto& enumeration : *file.mutable_enum_type()) reduce(enumeration);
  const auto imports = file.dependency();
  const auto public_imports = file.public_dependency();
  file.clear_dependency();
  file.clear_public_dependency();
  file.clear_weak_dependency();
  std::string missing;
  for (int i = 0; i < imports.size(); ++i) {
    if (!available(imports[i])) {
      missing += fmt::format("{}{}", missing.empty() ? "" : ", ", imports[i]);
      continue;
    }
    if (std::ranges::find(public_imports, i) != public_imports.end()) {
      file.add_public_dependency(file.dependency_size());
    }
    file.add_dependency(imports[i]);
  }
  const std::string meta(protobuf_meta_file);
  if (has_meta && std::ranges::find(file.dependency(), meta) == file.dependency().end()) {
    file.add_dependency(meta);
  }
  return missing;
}

// The library's own files and protobuf_known_files().
const pb::DescriptorPool& known_types() {
  static const std::unique_ptr<const pb::DescriptorPool> pool = [] {
    silence_library();
    pb::Timestamp::descriptor();
    pb::Duration::descriptor();
    auto made = std::make_unique<pb::DescriptorPool>(pb::DescriptorPool::generated_pool());
    for (const ProtobufKnownFile& known : protobuf_known_files()) {
      pb::FileDescriptorProto file = parsed_file(known.text);
      file.set_name(std::string(known.name));
      made->BuildFile(file);
    }
    return made;
  }();
  return *pool;
}

// (confluent.field_meta).params, which the library keeps as bytes: params are field 2 of the
// message, maps of key (1) and value (2).
std::map<std::string, std::string> parameters_of(const pb::FieldDescriptor& field) {
  std::map<std::string, std::string> parameters;
  const pb::FieldOptions& options = field.options();
  const pb::UnknownFieldSet& unknown = options.GetReflection()->GetUnknownFields(options);
  const auto each = [](const pb::UnknownFieldSet& set, int number, const auto& visit) {
    for (int i = 0; i < set.field_count(); ++i) {
      const pb::UnknownField& one = set.field(i);
      if (one.number() == number && one.type() == pb::UnknownField::TYPE_LENGTH_DELIMITED) {
        visit(one.length_delimited());
      }
    }
  };
  each(unknown, field_meta_number, [&](const std::string& meta_bytes) {
    pb::UnknownFieldSet meta;
    if (!meta.ParseFromString(meta_bytes)) return;
    each(meta, 2, [&](const std::string& entry_bytes) {
      pb::UnknownFieldSet entry;
      if (!entry.ParseFromString(entry_bytes)) return;
      std::string key;
      std::string value;
      each(entry, 1, [&](const std::string& text) { key = text; });
      each(entry, 2, [&](const std::string& text) { value = text; });
      parameters[key] = value;
    });
  });
  return parameters;
}

void set_default(const pb::FieldDescriptor& from, ProtobufField& field) {
  switch (from.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
      field.default_integer = from.default_value_int32();
      break;
    case pb::FieldDescriptor::CPPTYPE_INT64:
      field.default_integer = from.default_value_int64();
      break;
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      field.default_integer = from.default_value_uint32();
      break;
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      field.default_integer = static_cast<int64_t>(from.default_value_uint64());
      break;
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      field.default_integer = from.default_value_bool() ? 1 : 0;
      break;
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      field.default_integer = from.default_value_enum()->number();
      break;
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
      field.default_real = from.default_value_float();
      break;
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
      field.default_real = from.default_value_double();
      break;
    case pb::FieldDescriptor::CPPTYPE_STRING:
      field.default_text = from.default_value_string();
      break;
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
}

}  // namespace

// Copies the library's descriptors into a document's declarations.
class ProtobufDocumentBuilder {
 public:
  ProtobufDocumentBuilder(ProtobufDocument& document, bool serialized)
      : document_(document), serialized_(serialized) {}

  void build(const pb::FileDescriptor& file) {
    for (int i = 0; i < file.message_type_count(); ++i) {
      document_.top_.push_back(message(*file.message_type(i)));
    }
    // Types of other files are found where fields use them, until none is left.
    while (!open_.empty()) {
      const auto [from, to] = open_.back();
      open_.pop_back();
      fill(*from, *to);
    }
  }

 private:
  const ProtobufMessage* message(const pb::Descriptor& from) {
    auto& known = messages_[&from];
    if (known == nullptr) {
      known = &document_.all_messages_.emplace_back();
      known->name = from.name();
      known->full_name = from.full_name();
      known->map_entry = from.options().map_entry();
      open_.emplace_back(&from, known);
    }
    return known;
  }

  void fill(const pb::Descriptor& from, ProtobufMessage& to) {
    for (int i = 0; i < from.nested_type_count(); ++i) {
      const ProtobufMessage* nested = message(*from.nested_type(i));
      if (!nested->map_entry || serialized_) to.nested.push_back(nested);
    }
    for (int i = 0; i < from.real_oneof_decl_count(); ++i) {
      const pb::OneofDescriptor& oneof = *from.oneof_decl(i);
      to.oneofs.push_back({oneof.name(), oneof.full_name()});
    }
    for (int i = 0; i < from.field_count(); ++i) to.fields.push_back(field(*from.field(i)));
  }

  ProtobufField field(const pb::FieldDescriptor& from) {
    ProtobufField to;
    to.name = from.name();
    to.number = from.number();
    to.type = static_cast<ProtobufType>(from.type());
    to.repeated = from.is_repeated();
    to.required = from.is_required();
    to.packed = from.is_packed();
    to.optional_keyword = from.has_optional_keyword();
    to.has_presence = from.has_presence();
    to.valid_utf8 = from.file()->syntax() == pb::FileDescriptor::SYNTAX_PROTO3;
    if (from.real_containing_oneof() != nullptr) to.oneof = from.real_containing_oneof()->index();
    if (from.message_type() != nullptr) to.message = message(*from.message_type());
    if (from.enum_type() != nullptr) to.enumeration = enumeration(*from.enum_type());
    if (!to.repeated) set_default(from, to);
    to.parameters = parameters_of(from);
    return to;
  }

  const ProtobufEnum* enumeration(const pb::EnumDescriptor& from) {
    auto& known = enums_[&from];
    if (known == nullptr) {
      known = &document_.all_enums_.emplace_back();
      known->name = from.name();
      known->full_name = from.full_name();
      known->closed = from.file()->syntax() == pb::FileDescriptor::SYNTAX_PROTO2;
      for (int i = 0; i < from.value_count(); ++i) {
        known->values.emplace_back(from.value(i)->name(), from.value(i)->number());
      }
    }
    return known;
  }

  ProtobufDocument& document_;
  bool serialized_;
  std::unordered_map<const pb::Descriptor*, ProtobufMessage*> messages_;
  std::unordered_map<const pb::EnumDescriptor*, ProtobufEnum*> enums_;
  std::vector<std::pair<const pb::Descriptor*, ProtobufMessage*>> open_;
};

ProtobufDocument::ProtobufDocument(std::string_view text, std::span<const Import> imports) {
  const pb::DescriptorPool& known = known_types();
  pb::DescriptorPool pool(&known);
  const auto available = [&](const std::string& name) {
    return pool.FindFileByName(name) != nullptr;
  };
  const auto add = [&](std::string_view name, std::string_view file_text) {
    if (file_text.size() > text_bytes_max || nested_too_deeply(file_text)) {
      throw Error(
          Reaction::skip_record,
          "The Protobuf schema has more than {} bytes, or messages nested more than {} deep",
          text_bytes_max, braces_max);
    }
    pb::FileDescriptorProto file = parsed_file(file_text);
    file.set_name(std::string(name));
    const std::string missing = reduce(file, available);
    Complaints complaints;
    const pb::FileDescriptor* built = pool.BuildFileCollectingErrors(file, &complaints);
    if (built == nullptr) {
      throw Error(Reaction::skip_record, "Not a Protobuf schema: {}{}", complaints.text(),
                  missing.empty() ? ""
                                  : fmt::format(" (imports to which the schema in the registry has "
                                                "no reference: {})",
                                                missing));
    }
    return built;
  };
  for (const Import& import : imports) {
    if (known.FindFileByName(std::string(import.name)) == nullptr) add(import.name, import.text);
  }
  // A name that no file has that could be imported.
  ProtobufDocumentBuilder(*this, serialized_file(text).has_value()).build(*add("", text));
}

const ProtobufMessage* ProtobufDocument::find_message(std::string_view full_name) const {
  const auto find = [&](const auto& self, const auto& messages) -> const ProtobufMessage* {
    for (const ProtobufMessage* message : messages) {
      if (message->full_name == full_name) return message;
      if (!full_name.starts_with(message->full_name + ".")) continue;
      if (const ProtobufMessage* nested = self(self, message->nested)) return nested;
    }
    return nullptr;
  };
  return find(find, top_);
}

const ProtobufMessage* ProtobufDocument::message_at(std::span<const int32_t> indexes) const {
  const std::vector<const ProtobufMessage*>* among = &top_;
  const ProtobufMessage* message = nullptr;
  for (const int32_t index : indexes) {
    if (index < 0 || static_cast<size_t>(index) >= among->size()) return nullptr;
    message = (*among)[static_cast<size_t>(index)];
    among = &message->nested;
  }
  return message;
}

std::vector<int32_t> ProtobufDocument::indexes_of(const ProtobufMessage& message) const {
  std::vector<int32_t> indexes;
  const std::vector<const ProtobufMessage*>* among = &top_;
  while (true) {
    const auto on_the_way = std::ranges::find_if(*among, [&](const ProtobufMessage* one) {
      return one == &message || message.full_name.starts_with(one->full_name + ".");
    });
    indexes.push_back(static_cast<int32_t>(on_the_way - among->begin()));
    if (*on_the_way == &message) return indexes;
    among = &(*on_the_way)->nested;
  }
}

const ProtobufField* ProtobufMessage::find_field(std::string_view field_name) const {
  const auto found = std::ranges::find(fields, field_name, &ProtobufField::name);
  return found == fields.end() ? nullptr : &*found;
}

bool ProtobufMessage::is_map_entry() const {
  return name.ends_with("Entry") && fields.size() == 2 && fields[0].name == "key" &&
         fields[1].name == "value" && !fields[0].repeated && !fields[1].repeated;
}

std::string_view protobuf_type_name(ProtobufType type) {
  static constexpr std::string_view names[] = {
      "double", "float",   "int64", "uint64", "int32", "fixed64",  "fixed32",  "bool",   "string",
      "group",  "message", "bytes", "uint32", "enum",  "sfixed32", "sfixed64", "sint32", "sint64"};
  return names[static_cast<size_t>(type) - 1];
}

}  // namespace kc::convert
