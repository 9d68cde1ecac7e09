// Any file and any body through what ProtobufConverter does between the registry and Connect:
// parse, compile, read; then the other way, whose result reads as the same. A byte of 0 ends the
// file; the body follows.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/log.h"
#include "convert/protobuf/protobuf_writer.h"

namespace {

using kc::base::Error;
using kc::base::Reaction;
using kc::convert::ProtobufDocument;
using kc::convert::ProtobufReadPlan;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Compiled {
  Compiled(std::string_view text, std::string_view name) : document(text, {}) {
    message =
        name.empty() ? document.message_at(std::vector<int32_t>{0}) : document.find_message(name);
    if (message == nullptr) throw Error(Reaction::skip_record, "no message");
    plan = kc::convert::compile_protobuf(*message, {}, 1);
  }
  ProtobufDocument document;
  const kc::convert::ProtobufMessage* message = nullptr;
  std::unique_ptr<const ProtobufReadPlan> plan;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  kc::base::set_log_level(kc::base::LogLevel::off);
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t file_end = input.find('\0');
  if (file_end == std::string_view::npos) return 0;
  kc::convert::ProtobufValueReader reader;
  kc::base::Arena arena;
  std::unique_ptr<Compiled> given;
  std::unique_ptr<Compiled> ours;
  std::string body;
  try {
    given = std::make_unique<Compiled>(input.substr(0, file_end), "");
    const auto value = reader.read(input.substr(file_end + 1), *given->plan, arena);
    const auto file = kc::convert::protobuf_schema_text(*given->plan->schema, {});
    ours = std::make_unique<Compiled>(file.text, file.message);
    const kc::convert::ProtobufWritePlan plan(*ours->message, *given->plan->schema, {});
    kc::convert::write_protobuf(plan, value, body);
  } catch (const Error& error) {
    require(error.reaction() == Reaction::skip_record);
    return 0;
  }
  // What is null in the value may be a default in ours, which has no presence of its own.
  const auto again = reader.read(body, *ours->plan, arena);
  std::string settled;
  kc::convert::write_protobuf({*ours->message, *ours->plan->schema, {}}, again, settled);
  require(reader.read(settled, *ours->plan, arena) == again);
  return 0;
}
