// org.apache.kafka.connect.storage.Converter: bytes <-> data. An instance serves one role (key,
// value or header) of one task, on that task's thread, and may keep caches.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_def.h"
#include "config/properties.h"
#include "data/record.h"

namespace kc::connect {

struct SchemaAndValue {
  const data::Schema* schema =
      nullptr;  // kept alive by the batch it was decoded into; null: schemaless
  data::Value value;
};

// A header that names the schema of a message's key or value.
struct SchemaHeader {
  std::string_view name;
  std::string_view value;
};

// `header`: as a HeaderConverter; to_connect() and from_connect() are called per header, and a null
// header value is `bytes` of nothing.
enum class ConverterRole { key, value, header };

// "key": as in key.converter.
std::string_view role_name(ConverterRole role);

class Converter {
 public:
  virtual ~Converter() = default;

  // toConnectData. `bytes` is nothing for a null key or a tombstone; it outlives the batch. The
  // result points into `bytes`, into `batch.arena()`, and its schema is retained by `batch`. Throws
  // Error(skip_record) for bytes that are not what this converter reads (Connect's DataException,
  // with its message), Error(retry) when a registry is away.
  virtual SchemaAndValue to_connect(std::string_view topic, std::optional<std::string_view> bytes,
                                    data::RecordBatch& batch) = 0;

  // The header of a message that tells this converter how to read its bytes; empty: none does.
  virtual std::string_view schema_header() const { return {}; }
  // toConnectData with headers: to_connect() for a message whose last header of that name has the
  // value `header`, which outlives the batch as the bytes do.
  virtual SchemaAndValue to_connect_with(std::string_view header, std::string_view topic,
                                         std::optional<std::string_view> bytes,
                                         data::RecordBatch& batch);

  // fromConnectData. Appends the encoding to `out` and returns true; returns false, with `out`
  // unchanged, for a null that is written as null bytes (a tombstone). Throws Error(skip_record)
  // for a value that does not fit the schema; `out` is then unspecified beyond its former size.
  virtual bool from_connect(std::string_view topic, const data::Schema* schema,
                            const data::Value& value, std::string& out) = 0;
  // fromConnectData with headers: what belongs into those of the message that from_connect() has
  // written last. Valid until its next call; nothing where the bytes say all.
  virtual std::optional<SchemaHeader> written_schema_header() const { return std::nullopt; }
};

const config::ConfigDef& no_converter_settings();

// A kind of converter, by its Java class name.
struct ConverterPlugin {
  std::string class_name;  // org.apache.kafka.connect.json.JsonConverter
  // `settings`: the properties under key.converter. / value.converter., without that prefix. Throws
  // Error(fix_config).
  std::unique_ptr<Converter> (*create)(const config::Properties& settings, ConverterRole role);
  // Of those settings.
  const config::ConfigDef& (*config_def)() = &no_converter_settings;
};

}  // namespace kc::connect
