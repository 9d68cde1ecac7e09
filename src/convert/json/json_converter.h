// org.apache.kafka.connect.json.JsonConverter: JSON with the schema in each message
// (schemas.enable, the default), or plain.
//
// Reads and writes what Apache Kafka 3.7's does, quirks included: text under int32 is 0, 1.9 is 1,
// numbers too big wrap, a number under string is null, the last one of repeated members counts,
// what follows the first value is ignored.
#pragma once

#include <memory>
#include <string_view>

#include "base/lru_cache.h"
#include "config/config_def.h"
#include "config/properties.h"
#include "connect/converter.h"
#include "convert/json/json_envelope.h"
#include "convert/json/json_reader.h"
#include "convert/json/json_writer.h"
#include "convert/text_buffer.h"

namespace kc::convert {

struct JsonConverterOptions {
  bool schemas_enable = true;
  // The most schemas whose texts and plans are kept, for each direction.
  size_t schemas_cache_size = 1000;
  // The schema of every message that is read, with `schemas_enable`; null: each brings its own
  // (KIP-1054).
  data::SchemaPtr content_schema;
  // `replace_null_with_default` counts for reading, too.
  JsonWriterOptions writer;
};

// decimal.format, in any case.
config::Property decimal_format_property();
DecimalFormat decimal_format(const config::Config& config);

class JsonConverter : public connect::Converter {
 public:
  // A scratch buffer that a larger message needed is given back.
  static constexpr size_t kept_buffer_bytes_max = 4 * 1024 * 1024;

  static const config::ConfigDef& properties();
  static std::unique_ptr<connect::Converter> create(const config::Properties& settings,
                                                    connect::ConverterRole role);

  explicit JsonConverter(const JsonConverterOptions& options);

  connect::SchemaAndValue to_connect(std::string_view topic, std::optional<std::string_view> bytes,
                                     data::RecordBatch& batch) override;
  bool from_connect(std::string_view topic, const data::Schema* schema, const data::Value& value,
                    std::string& out) override;

 private:
  // What is the same for all values of one schema. Holds the schema, so that its address is not
  // reused.
  struct Written {
    Written(data::SchemaPtr of, const JsonWriter& writer);

    data::SchemaPtr schema;
    WritePlan plan;
    std::string prefix;  // {"schema":...,"payload":
  };

  const Written& written(const data::Schema& schema);
  connect::SchemaAndValue read_content(std::string_view text, data::RecordBatch& batch);

  JsonConverterOptions options_;
  std::unique_ptr<const ReadPlan> content_plan_;  // of options_.content_schema
  JsonReader reader_;
  JsonEnvelopeReader envelopes_;
  JsonWriter writer_;
  base::LruCache<const data::Schema*, std::unique_ptr<const Written>> written_;
  const Written* latest_ = nullptr;
  TextBuffer buffer_;
};

}  // namespace kc::convert
