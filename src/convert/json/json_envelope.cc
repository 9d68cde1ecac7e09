#include "convert/json/json_envelope.h"

#include <utility>

#include "base/error.h"
#include "convert/json/connect_schema_reader.h"

namespace kc::convert {

using base::Error;
using base::Reaction;

namespace {

[[noreturn]] void fail_envelope() {
  throw Error(Reaction::skip_record,
              "JsonConverter with schemas.enable requires \"schema\" and \"payload\" fields and "
              "may not contain additional fields. If you are trying to deserialize plain JSON "
              "data, set schemas.enable=false in your converter configuration.");
}

}  // namespace

struct JsonEnvelopeReader::Members {
  std::string_view schema;
  const char* payload = nullptr;
  bool usual = true;  // the schema, then the payload, each once
};

JsonEnvelopeReader::JsonEnvelopeReader(size_t schemas_max, bool replace_null_with_default)
    : replace_null_with_default_(replace_null_with_default), schemas_(schemas_max) {}

connect::SchemaAndValue JsonEnvelopeReader::read(std::string_view text, JsonReader& reader,
                                                 data::RecordBatch& batch) {
  if (const Prefix* const prefix = find_prefix(text)) [[likely]] {
    JsonCursor cursor(text, batch.arena());
    cursor.rewind(text.data() + prefix->text.size());
    const auto result = read_payload(cursor, *prefix->compiled, reader, batch);
    if (cursor.take('}')) return result;
  }
  JsonCursor cursor(text, batch.arena());
  const Members members = split(cursor);
  const CompiledPtr compiled = compile(members.schema);
  if (members.usual) {
    remember_prefix({text.data(), static_cast<size_t>(members.payload - text.data())}, compiled);
  }
  cursor.rewind(members.payload);
  return read_payload(cursor, *compiled, reader, batch);
}

connect::SchemaAndValue JsonEnvelopeReader::read_payload(JsonCursor& cursor,
                                                         const Compiled& compiled,
                                                         JsonReader& reader,
                                                         data::RecordBatch& batch) {
  if (compiled.plan == nullptr) return {nullptr, reader.read(cursor)};
  return {batch.retain(compiled.schema), reader.read(cursor, *compiled.plan)};
}

const JsonEnvelopeReader::Prefix* JsonEnvelopeReader::find_prefix(std::string_view text) {
  for (size_t i = 0; i < prefixes_.size(); ++i) {
    if (!text.starts_with(prefixes_[i].text)) continue;
    if (i == 0) return &prefixes_[0];
    // Towards the front by one: what is frequent is found early.
    std::swap(prefixes_[i], prefixes_[i - 1]);
    return &prefixes_[i - 1];
  }
  return nullptr;
}

void JsonEnvelopeReader::remember_prefix(std::string_view text, const CompiledPtr& compiled) {
  for (const Prefix& prefix : prefixes_) {
    if (prefix.text == text) return;
  }
  if (prefixes_.size() == prefixes_max) prefixes_.pop_back();
  prefixes_.insert(prefixes_.begin(), {std::string(text), compiled});
}

JsonEnvelopeReader::CompiledPtr JsonEnvelopeReader::compile(std::string_view schema_text) {
  const std::string key(schema_text);
  if (const CompiledPtr* const known = schemas_.find(key)) return *known;
  auto compiled = std::make_shared<Compiled>();
  compiled->schema = read_connect_schema(schema_text, replace_null_with_default_);
  if (compiled->schema != nullptr) {
    compiled->plan = std::make_unique<ReadPlan>(
        *compiled->schema, JsonReadOptions{replace_null_with_default_, JsonDialect::connect});
  }
  return schemas_.insert(key, std::move(compiled));
}

// Validates the whole text, as Jackson does before Connect looks at it.
JsonEnvelopeReader::Members JsonEnvelopeReader::split(JsonCursor& cursor) {
  if (cursor.at_end()) fail_envelope();
  const char first = cursor.peek();
  if (first != '{') {
    cursor.skip_value();
    cursor.end_root(JsonCursor::node_type(first) == "NUMBER");
    fail_envelope();
  }
  Members members;
  bool others = false;
  cursor.expect('{');
  if (cursor.take('}')) fail_envelope();
  do {
    const std::string_view name = cursor.read_string();
    cursor.expect(':');
    cursor.peek();
    const char* const begin = cursor.position();
    cursor.skip_value(1);
    if (name == "schema") {
      members.usual = members.usual && members.schema.empty() && members.payload == nullptr;
      members.schema = {begin, static_cast<size_t>(cursor.position() - begin)};
    } else if (name == "payload") {
      members.usual = members.usual && !members.schema.empty() && members.payload == nullptr;
      members.payload = begin;
    } else {
      others = true;
    }
  } while (cursor.take_comma_or('}'));
  if (others || members.schema.empty() || members.payload == nullptr) fail_envelope();
  return members;
}

}  // namespace kc::convert
