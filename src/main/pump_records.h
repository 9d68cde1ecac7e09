// What the Kafka pumps send: the kinds of record that the Java connector's test pumps make, with
// their Avro schemas, and random values of them.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "convert/avro/avro_schema.h"
#include "data/schema.h"
#include "data/value.h"

namespace kc::main {

// Immutable, not copied.
class PumpRecordKind {
 public:
  static const PumpRecordKind& apple();
  static const PumpRecordKind& orange();
  static const PumpRecordKind& banana();
  static const PumpRecordKind& employee();
  // Of com.kinetica.kafka.SchemaTest; `version` is 1 to 4.
  static constexpr int schema_versions = 4;
  static const PumpRecordKind& schema_test(int version);

  PumpRecordKind(std::string_view name, std::string avro_text);
  PumpRecordKind(const PumpRecordKind&) = delete;
  PumpRecordKind& operator=(const PumpRecordKind&) = delete;

  const std::string& name() const { return name_; }  // "Apple"
  const std::string& avro_text() const { return avro_text_; }
  const convert::AvroSchema& avro() const { return avro_.root(); }
  // What Connect's converters make of it.
  const data::SchemaPtr& schema() const { return schema_; }

 private:
  std::string name_;
  std::string avro_text_;
  convert::AvroDocument avro_;
  data::SchemaPtr schema_;
};

// Random values, as the Java pumps choose them. They live in the arena.
class PumpValues {
 public:
  explicit PumpValues(uint64_t seed) : random_(seed) {}

  // By the types of the fields; `timestamp` is an instant of the last year.
  data::Value any(const PumpRecordKind& kind, base::Arena& arena);
  // An apple, orange or banana whose weight and size are those of one.
  data::Value fruit(const PumpRecordKind& kind, int32_t id, base::Arena& arena);
  data::Value employee(base::Arena& arena);

 private:
  template <typename Choose>
  data::Value structure(const PumpRecordKind& kind, base::Arena& arena, Choose choose);
  data::Value of_type(const data::Schema& schema, base::Arena& arena);
  std::string_view letters(size_t count, base::Arena& arena);
  int32_t below(int32_t limit);
  float below(float limit);
  int64_t instant_of_last_year();  // milliseconds since 1970

  std::mt19937_64 random_;
};

}  // namespace kc::main
