// Reads {"schema":<schema>,"payload":<value>}.
//
// A topic's messages mostly begin with the same bytes up to the payload. Such a prefix is compared
// with those seen last, so that the schema's text is neither parsed nor hashed again; schemas are
// interned by their text. One thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/lru_cache.h"
#include "connect/converter.h"
#include "convert/json/json_cursor.h"
#include "convert/json/json_reader.h"
#include "data/record.h"

namespace kc::convert {

class JsonEnvelopeReader {
 public:
  static constexpr size_t prefixes_max = 8;

  // Keeps at most `schemas_max` schemas (schemas.cache.size).
  JsonEnvelopeReader(size_t schemas_max, bool replace_null_with_default);

  // Throws Error(skip_record) with Connect's texts.
  connect::SchemaAndValue read(std::string_view text, JsonReader& reader, data::RecordBatch& batch);

 private:
  // A schema with its plan; neither when the schema is null. Shared by the cache and the prefixes.
  struct Compiled {
    data::SchemaPtr schema;
    std::unique_ptr<const ReadPlan> plan;
  };
  using CompiledPtr = std::shared_ptr<const Compiled>;

  struct Prefix {
    std::string text;
    CompiledPtr compiled;
  };

  // Where a text has the two members.
  struct Members;

  const Prefix* find_prefix(std::string_view text);
  void remember_prefix(std::string_view text, const CompiledPtr& compiled);
  CompiledPtr compile(std::string_view schema_text);
  static Members split(JsonCursor& cursor);
  static connect::SchemaAndValue read_payload(JsonCursor& cursor, const Compiled& compiled,
                                              JsonReader& reader, data::RecordBatch& batch);

  bool replace_null_with_default_;
  std::vector<Prefix> prefixes_;
  base::LruCache<std::string, CompiledPtr> schemas_;
};

}  // namespace kc::convert
