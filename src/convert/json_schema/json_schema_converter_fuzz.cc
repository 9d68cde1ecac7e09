// Any schema text and any body through what JsonSchemaConverter does between the registry and
// Connect: parse, compile, read; then the other way, whose result reads as the same. A line feed
// ends the schema; the body follows.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/log.h"
#include "convert/json/json_cursor.h"
#include "convert/json/json_reader.h"
#include "convert/json/json_writer.h"
#include "convert/json_schema/json_schema_compile.h"

namespace {

using namespace kc::convert;
using kc::base::Error;
using kc::base::Reaction;

void require(bool condition) {
  if (!condition) std::abort();
}

kc::data::SchemaPtr compile(std::string_view text) {
  const JsonSchemaDocument::Text texts[] = {{"", text}};
  return compile_json_schema(JsonSchemaDocument(texts), {}, 1);
}

kc::data::Value read(std::string_view body, const kc::data::Schema& schema,
                     kc::base::Arena& arena) {
  const ReadPlan plan(schema, {.dialect = JsonDialect::json_schema});
  JsonCursor cursor(body, arena);
  return JsonReader().read(cursor, plan);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  kc::base::set_log_level(kc::base::LogLevel::off);
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  // Without a character behind it that could be read by mistake.
  const std::vector<char> given_body(input.begin() + static_cast<ptrdiff_t>(line) + 1, input.end());
  const JsonWriter writer(JsonWriterOptions{.decimal_format = DecimalFormat::numeric});
  kc::base::Arena arena;
  kc::data::SchemaPtr given;
  kc::data::Value value;
  TextBuffer body;
  std::string text;
  try {
    given = compile(input.substr(0, line));
    value = read({given_body.data(), given_body.size()}, *given, arena);
    text = json_schema_text(*given, writer, true);
    writer.write(WritePlan(*given, JsonDialect::json_schema), value, body);
  } catch (const Error& error) {
    require(error.reaction() == Reaction::skip_record);
    return 0;
  }
  // Infinity has no number in JSON: it is written as a text, which reads as 0.
  if (body.view().find("Infinity\"") != std::string_view::npos) return 0;
  const kc::data::SchemaPtr ours = compile(text);
  // Not every schema has a text of its own: null beside one other type is not oneOf when read
  // again.
  if (!(*ours == *given)) return 0;
  require(read(body.view(), *ours, arena) == value);
  return 0;
}
