// Any schema text and any body through what AvroConverter does between the registry and Connect:
// parse, compile, read; then the other way, whose result reads as the same. A line feed ends the
// schema; the body follows.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/log.h"
#include "convert/avro/avro_reader.h"
#include "convert/avro/avro_schema_writer.h"
#include "convert/avro/avro_writer.h"

namespace {

using kc::base::Error;
using kc::base::Reaction;
using kc::convert::AvroDocument;
using kc::convert::AvroReadPlan;
using kc::convert::AvroValueReader;
using kc::convert::AvroWritePlan;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Compiled {
  explicit Compiled(std::string_view text) : document({&text, 1}) {
    plan = kc::convert::compile_avro(document.root(), {}, 1);
  }
  AvroDocument document;
  AvroReadPlan plan;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  kc::base::set_log_level(kc::base::LogLevel::off);
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t line = input.find('\n');
  if (line == std::string_view::npos) return 0;
  AvroValueReader reader;
  kc::base::Arena arena;
  std::unique_ptr<Compiled> given;
  std::unique_ptr<Compiled> ours;
  kc::data::Value value;
  std::string body;
  try {
    given = std::make_unique<Compiled>(input.substr(0, line));
    value = reader.read(input.substr(line + 1), given->plan, arena);
    ours = std::make_unique<Compiled>(kc::convert::avro_schema_text(*given->plan.schema, {}));
    if (value.is_null() && !given->plan.schema->optional()) return 0;
    kc::convert::write_avro(AvroWritePlan(ours->document.root(), *given->plan.schema), value, body);
  } catch (const Error& error) {
    require(error.reaction() == Reaction::skip_record);
    return 0;
  }
  require(reader.read(body, ours->plan, arena) == value);
  return 0;
}
