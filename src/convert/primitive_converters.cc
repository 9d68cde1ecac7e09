#include "convert/primitive_converters.h"

#include <bit>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/error.h"
#include "convert/java_text.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using connect::ConverterRole;
using connect::SchemaAndValue;
using data::Kind;
using data::Schema;
using data::SchemaBuilder;
using data::Type;
using data::Value;

// What differs between the numbers. `Bits` is the unsigned type that goes over the wire.
struct Short {
  using Bits = uint16_t;
  static constexpr Type type = Type::int16;
  static constexpr Kind kind = Kind::int16;
  static constexpr std::string_view name = "short";
  static constexpr std::string_view deserializer = "ShortDeserializer";
  static Value value(Bits bits) { return Value::int16(static_cast<int16_t>(bits)); }
  static Bits bits(const Value& value) { return static_cast<Bits>(value.as_integer()); }
};

struct Integer {
  using Bits = uint32_t;
  static constexpr Type type = Type::int32;
  static constexpr Kind kind = Kind::int32;
  static constexpr std::string_view name = "integer";
  static constexpr std::string_view deserializer = "IntegerDeserializer";
  static Value value(Bits bits) { return Value::int32(static_cast<int32_t>(bits)); }
  static Bits bits(const Value& value) { return static_cast<Bits>(value.as_integer()); }
};

struct Long {
  using Bits = uint64_t;
  static constexpr Type type = Type::int64;
  static constexpr Kind kind = Kind::int64;
  static constexpr std::string_view name = "long";
  static constexpr std::string_view deserializer = "LongDeserializer";
  static Value value(Bits bits) { return Value::int64(static_cast<int64_t>(bits)); }
  static Bits bits(const Value& value) { return static_cast<Bits>(value.as_integer()); }
};

struct Float {
  using Bits = uint32_t;
  static constexpr Type type = Type::float32;
  static constexpr Kind kind = Kind::float32;
  static constexpr std::string_view name = "float";
  static constexpr std::string_view deserializer = "Deserializer";  // Kafka says no more
  static Value value(Bits bits) { return Value::float32(std::bit_cast<float>(bits)); }
  static Bits bits(const Value& value) {
    return std::bit_cast<Bits>(static_cast<float>(value.as_real()));
  }
};

struct Double {
  using Bits = uint64_t;
  static constexpr Type type = Type::float64;
  static constexpr Kind kind = Kind::float64;
  static constexpr std::string_view name = "double";
  static constexpr std::string_view deserializer = "Deserializer";
  static Value value(Bits bits) { return Value::float64(std::bit_cast<double>(bits)); }
  static Bits bits(const Value& value) { return std::bit_cast<Bits>(value.as_real()); }
};

template <typename Number>
class NumberConverter : public connect::Converter {
 public:
  static std::unique_ptr<connect::Converter> create(const config::Properties&, ConverterRole) {
    return std::make_unique<NumberConverter>();
  }

  SchemaAndValue to_connect(std::string_view, std::optional<std::string_view> bytes,
                            data::RecordBatch& batch) override {
    if (!bytes) return {batch.retain(schema_), {}};
    if (bytes->size() != sizeof(Bits)) {
      throw Error(Reaction::skip_record,
                  "Failed to deserialize {}: Size of data received by {} is not {}", Number::name,
                  Number::deserializer, sizeof(Bits));
    }
    Bits bits = 0;
    for (const char byte : *bytes) {
      bits = static_cast<Bits>(uint64_t{bits} << 8 | static_cast<uint8_t>(byte));
    }
    return {batch.retain(schema_), Number::value(bits)};
  }

  // As in Kafka, the schema is not looked at.
  bool from_connect(std::string_view, const Schema*, const Value& value,
                    std::string& out) override {
    if (value.is_null()) return false;
    if (value.kind() != Number::kind) {
      throw Error(Reaction::skip_record, "Failed to serialize to {} (was class {}): ", Number::name,
                  java_class(value.kind()));
    }
    const Bits bits = Number::bits(value);
    for (size_t shift = sizeof(Bits) * 8; shift > 0; shift -= 8) {
      out += static_cast<char>(bits >> (shift - 8) & 0xFF);
    }
    return true;
  }

 private:
  using Bits = typename Number::Bits;

  data::SchemaPtr schema_ = SchemaBuilder(Number::type).optional().build();
};

class BooleanConverter : public connect::Converter {
 public:
  static std::unique_ptr<connect::Converter> create(const config::Properties&, ConverterRole) {
    return std::make_unique<BooleanConverter>();
  }

  SchemaAndValue to_connect(std::string_view, std::optional<std::string_view> bytes,
                            data::RecordBatch& batch) override {
    if (!bytes) return {batch.retain(schema_), {}};
    if (bytes->size() != 1) {
      throw Error(Reaction::skip_record,
                  "Failed to deserialize boolean: Size of data received by BooleanDeserializer is "
                  "not 1");
    }
    const int byte = static_cast<signed char>(bytes->front());
    if (byte != 0 && byte != 1) {
      throw Error(Reaction::skip_record,
                  "Failed to deserialize boolean: Unexpected byte received by "
                  "BooleanDeserializer: {}",
                  byte);
    }
    return {batch.retain(schema_), Value::boolean(byte == 1)};
  }

  bool from_connect(std::string_view, const Schema* schema, const Value& value,
                    std::string& out) override {
    if (schema != nullptr && schema->type() != Type::boolean) {
      throw Error(Reaction::skip_record, "Invalid schema type for BooleanConverter: {}",
                  data::type_name(schema->type()));
    }
    if (value.is_null()) return false;
    if (value.kind() != Kind::boolean) {
      throw Error(Reaction::skip_record,
                  "BooleanConverter is not compatible with objects of type class {}",
                  java_class(value.kind()));
    }
    out += value.as_boolean() ? '\1' : '\0';
    return true;
  }

 private:
  data::SchemaPtr schema_ = SchemaBuilder(Type::boolean).optional().build();
};

}  // namespace

std::vector<connect::ConverterPlugin> primitive_converters() {
  return {
      {"org.apache.kafka.connect.converters.ShortConverter", &NumberConverter<Short>::create},
      {"org.apache.kafka.connect.converters.IntegerConverter", &NumberConverter<Integer>::create},
      {"org.apache.kafka.connect.converters.LongConverter", &NumberConverter<Long>::create},
      {"org.apache.kafka.connect.converters.FloatConverter", &NumberConverter<Float>::create},
      {"org.apache.kafka.connect.converters.DoubleConverter", &NumberConverter<Double>::create},
      {"org.apache.kafka.connect.converters.BooleanConverter", &BooleanConverter::create},
  };
}

}  // namespace kc::convert
