// Any bytes through JsonConverter: read, write, read again, write again. What was written once is
// read and written the same. First byte: bit 0 schemas.enable, bit 1 decimal.format, bit 2
// replace.null.with.default.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/error.h"
#include "convert/json/json_converter.h"

namespace {

using kc::base::Error;
using kc::base::Reaction;
using kc::convert::DecimalFormat;
using kc::convert::JsonConverter;
using kc::convert::JsonConverterOptions;

JsonConverterOptions options_of(uint8_t flags) {
  JsonConverterOptions options;
  options.schemas_enable = (flags & 1) != 0;
  options.schemas_cache_size = 4;
  options.writer.decimal_format = (flags & 2) != 0 ? DecimalFormat::numeric : DecimalFormat::base64;
  options.writer.replace_null_with_default = (flags & 4) == 0;
  return options;
}

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  JsonConverter converter(options_of(data[0]));
  kc::data::RecordBatch batch;
  kc::connect::SchemaAndValue read;
  std::string first;
  std::string second;
  std::string third;
  try {
    read = converter.to_connect("t", text, batch);
    // Along the known prefix it is the same.
    const auto again = converter.to_connect("t", text, batch);
    require(again.schema == read.schema && again.value == read.value);
    if (!converter.from_connect("t", read.schema, read.value, first)) return 0;
  } catch (const Error& error) {
    // Malformed text, a required null or a decimal whose scale is not the schema's.
    require(error.reaction() == Reaction::skip_record);
    return 0;
  }
  // An optional null inside an array or map, or Infinity, need not survive: only what is written
  // from here on must.
  try {
    read = converter.to_connect("t", first, batch);
    if (!converter.from_connect("t", read.schema, read.value, second)) return 0;
  } catch (const Error&) {
    return 0;
  }
  read = converter.to_connect("t", second, batch);
  require(converter.from_connect("t", read.schema, read.value, third));
  require(second == third);
  return 0;
}
