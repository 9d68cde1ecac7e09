// Any bytes as a header through SimpleHeaderConverter: reading and writing never fail, and what was
// written is read again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "convert/header/simple_header_converter.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  kc::convert::SimpleHeaderConverter converter;
  kc::data::RecordBatch batch;
  const auto read = converter.to_connect("t", text, batch);
  std::string first;
  if (!converter.from_connect("t", read.schema, read.value, first)) return 0;
  const auto again = converter.to_connect("t", first, batch);
  std::string second;
  const bool null = !converter.from_connect("t", again.schema, again.value, second);
  // Text reads as it was written.
  const bool is_text = read.schema->type() == kc::data::Type::string;
  if (is_text && (null || again.schema->type() != kc::data::Type::string || first != second)) {
    std::abort();
  }
  return 0;
}
