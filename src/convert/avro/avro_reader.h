// Avro's binary encoding -> Values, along a plan compiled from the writer's schema. The Connect
// schema and the values are those of Confluent's AvroData.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "convert/avro/avro_schema.h"
#include "data/schema.h"
#include "data/value.h"
#include "wire/avro.h"

namespace kc::convert {

// Names that AvroData gives to what Connect has no word for.
inline constexpr std::string_view avro_namespace = "io.confluent.connect.avro";
inline constexpr std::string_view avro_default_name = "io.confluent.connect.avro.ConnectDefault";
inline constexpr std::string_view avro_union_name = "io.confluent.connect.avro.Union";
inline constexpr std::string_view avro_enum_parameter = "io.confluent.connect.avro.Enum";
inline constexpr std::string_view avro_map_entry_name = "MapEntry";
inline constexpr std::string_view avro_fixed_size_parameter = "connect.fixed.size";
inline constexpr int avro_default_precision = 64;

struct AvroReadOptions {
  bool enhanced_schema_support = false;       // enhanced.avro.schema.support
  bool ignore_default_for_nullables = false;  // ignore.default.for.nullables
  bool flatten_singleton_unions = true;       // flatten.singleton.unions
  bool generalized_sum_types = false;         // generalized.sum.type.support
};

// How bytes of one type are read. Immutable; valid as long as `schema`.
struct AvroReadPlan {
  enum class Step : uint8_t {
    null,
    boolean,
    int8,
    int16,
    int32,
    int64,
    float32,
    float64,
    date,
    time,
    timestamp,
    bytes,
    decimal,
    string,
    fixed,
    fixed_decimal,
    symbol,
    array,
    map,
    entries,  // an array of records of key and value that stands for a map
    record,
    optional,  // a union of null and one other type
    chosen     // any other union: a structure with one of its fields set
  };

  Step step = Step::null;
  int16_t scale = 0;
  bool key_first = true;                    // entries
  uint32_t size = 0;                        // fixed: bytes; optional: the branch of null
  data::SchemaPtr schema;                   // null for Step::null
  const data::Value* null_value = nullptr;  // optional: what null stands for
  std::vector<std::string_view> symbols;    // in `schema`
  // record: its fields; array: items; map: values; entries: key, value; optional: the value;
  // chosen: all branches.
  std::vector<AvroReadPlan> children;
};

// The plan with the Connect schema of `schema`, whose version is `version` unless it says another.
// Throws Error(skip_record) for what Connect cannot hold, recursive types among it.
AvroReadPlan compile_avro(const AvroSchema& schema, const AvroReadOptions& options,
                          std::optional<int32_t> version);

// Keeps buffers between calls. One thread.
class AvroValueReader {
 public:
  // Items that take no bytes (records without fields), of all arrays together: a few bytes could
  // ask for any number of them.
  static constexpr size_t empty_items_max = 65'536;

  // Points into `bytes`, `arena` and plan.schema. Throws Error(skip_record) for bytes that do not
  // hold such a value; what follows it is not looked at.
  data::Value read(std::string_view bytes, const AvroReadPlan& plan, base::Arena& arena);

 private:
  data::Value read(const AvroReadPlan& plan);
  data::Value read_any(const AvroReadPlan& plan);
  data::Value read_record(const AvroReadPlan& plan);
  data::Value read_items(const AvroReadPlan& plan);
  data::Value read_chosen(const AvroReadPlan& plan);
  size_t read_branch(size_t count);
  size_t read_block();
  void read_entry(const AvroReadPlan& plan);

  wire::AvroReader* bytes_ = nullptr;
  base::Arena* arena_ = nullptr;
  size_t empty_items_ = 0;          // read so far
  std::vector<data::Value> stack_;  // the items of the containers that are being read
};

}  // namespace kc::convert
