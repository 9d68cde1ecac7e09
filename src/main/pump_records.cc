#include "main/pump_records.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cassert>
#include <chrono>

#include "convert/avro/avro_reader.h"

namespace kc::main {
namespace {

using data::Field;
using data::Kind;
using data::Value;

constexpr size_t sort_length = 10;
constexpr size_t employee_name_length = 16;
constexpr size_t employee_text_length = 8;
constexpr size_t text_length = 24;
constexpr size_t bytes_length = 48;
constexpr int32_t int_limit = 1000;

std::string field(std::string_view name, std::string_view type) {
  return fmt::format(R"({{"name":"{}","type":"{}"}})", name, type);
}

std::string nullable(std::string_view name, std::string_view type) {
  return fmt::format(R"({{"name":"{}","type":["null","{}"]}})", name, type);
}

std::string record(std::string_view space, std::string_view name, const std::string& fields,
                   std::string_view attributes = {}) {
  return fmt::format(R"({{"type":"record","name":"{}","namespace":"{}","fields":[{}]{}}})", name,
                     space, fields, attributes);
}

std::string fruit_text(std::string_view name, std::string_view size, std::string_view type) {
  return record("com.kinetica.kafka.data", name,
                fmt::format("{},{},{},{}", field("id", "int"), field("sort", "string"),
                            nullable(size, type), nullable("weight", "float")));
}

std::string employee_text() {
  return record(
      "com.kinetica.kafka", "Employee",
      fmt::format("{},{},{},{},{},{}", field("name", "string"), field("joining_date", "string"),
                  nullable("role", "string"), nullable("dept", "string"), field("salary", "float"),
                  field("bonus", "float")));
}

// 2 adds fields to 1, 3 takes one away, 4 adds to 2.
std::string schema_test_text(int version) {
  std::string fields = field("name", "string") + "," + field("timestamp", "long");
  const auto add = [&](std::string_view type, std::string_view suffix = {}) {
    fields += "," + nullable(fmt::format("test_{}{}", type, suffix), type);
  };
  for (const char* type : {"int", "long", "float", "double", "bytes", "string"}) {
    if (version != 3 || std::string_view(type) != "float") add(type);
  }
  if (version == 2 || version == 4) {
    add("int", "2");
    add("long", "2");
  }
  if (version == 4) {
    add("float", "2");
    add("double", "2");
  }
  return record("com.kinetica.kafka", "SchemaTest", fields,
                fmt::format(R"(,"connect.version":{},"connect.name":"SchemaTest")", version));
}

}  // namespace

PumpRecordKind::PumpRecordKind(std::string_view name, std::string avro_text)
    : name_(name),
      avro_text_(std::move(avro_text)),
      avro_(std::array{std::string_view(avro_text_)}),
      schema_(convert::compile_avro(avro_.root(), {}, std::nullopt).schema) {}

const PumpRecordKind& PumpRecordKind::apple() {
  static const PumpRecordKind kind("Apple", fruit_text("Apple", "size", "int"));
  return kind;
}

const PumpRecordKind& PumpRecordKind::orange() {
  static const PumpRecordKind kind("Orange", fruit_text("Orange", "diameter", "int"));
  return kind;
}

const PumpRecordKind& PumpRecordKind::banana() {
  static const PumpRecordKind kind("Banana", fruit_text("Banana", "length", "float"));
  return kind;
}

const PumpRecordKind& PumpRecordKind::employee() {
  static const PumpRecordKind kind("Employee", employee_text());
  return kind;
}

const PumpRecordKind& PumpRecordKind::schema_test(int version) {
  assert(version >= 1 && version <= schema_versions);
  static const PumpRecordKind kinds[schema_versions] = {{"SchemaTest", schema_test_text(1)},
                                                        {"SchemaTest", schema_test_text(2)},
                                                        {"SchemaTest", schema_test_text(3)},
                                                        {"SchemaTest", schema_test_text(4)}};
  return kinds[version - 1];
}

// `choose` gives the value of a field.
template <typename Choose>
Value PumpValues::structure(const PumpRecordKind& kind, base::Arena& arena, Choose choose) {
  const auto& fields = kind.schema()->fields();
  auto* values = arena.allocate_array<Value>(fields.size());
  for (const Field& field : fields) values[field.index] = choose(field);
  return Value::structure({values, fields.size()});
}

Value PumpValues::any(const PumpRecordKind& kind, base::Arena& arena) {
  return structure(kind, arena, [&](const Field& field) {
    return field.name == "timestamp" ? Value::int64(instant_of_last_year())
                                     : of_type(*field.schema, arena);
  });
}

Value PumpValues::fruit(const PumpRecordKind& kind, int32_t id, base::Arena& arena) {
  return structure(kind, arena, [&](const Field& field) {
    if (field.name == "id") return Value::int32(id);
    if (field.name == "sort") return Value::string(letters(sort_length, arena));
    if (field.name == "size") return Value::int32(below(100));
    if (field.name == "diameter") return Value::int32(below(10));
    return Value::float32(below(field.name == "length" ? 10.0F : 100.0F));
  });
}

Value PumpValues::employee(base::Arena& arena) {
  return structure(PumpRecordKind::employee(), arena, [&](const Field& field) {
    if (field.name == "name") return Value::string(letters(employee_name_length, arena));
    if (field.name == "joining_date") {
      const std::chrono::sys_time<std::chrono::milliseconds> instant{
          std::chrono::milliseconds(instant_of_last_year())};
      const auto seconds = std::chrono::floor<std::chrono::seconds>(instant);
      // Hours of the half day, as the Java pump's pattern yyyy-MM-dd hh:mm has them.
      return Value::string(arena.copy(fmt::format("{:%Y-%m-%d %I:%M}", seconds)));
    }
    if (field.schema->type() == data::Type::float32) return Value::float32(below(1.0F));
    return Value::string(letters(employee_text_length, arena));
  });
}

Value PumpValues::of_type(const data::Schema& schema, base::Arena& arena) {
  switch (schema.value_kind()) {
    case Kind::int32:
      return Value::int32(below(int_limit));
    case Kind::int64:
      return Value::int64(static_cast<int64_t>(random_()));
    case Kind::float32:
      return Value::float32(below(1.0F));
    case Kind::float64:
      return Value::float64(std::uniform_real_distribution<double>(0, 1)(random_));
    case Kind::bytes:
      return Value::bytes(letters(bytes_length, arena));
    default:
      assert(schema.value_kind() == Kind::string);
      return Value::string(letters(text_length, arena));
  }
}

std::string_view PumpValues::letters(size_t count, base::Arena& arena) {
  static constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ";
  char* text = arena.allocate_array<char>(count);
  for (size_t i = 0; i < count; ++i) {
    text[i] = alphabet[static_cast<size_t>(below(static_cast<int32_t>(alphabet.size())))];
  }
  return {text, count};
}

int32_t PumpValues::below(int32_t limit) {
  return std::uniform_int_distribution<int32_t>(0, limit - 1)(random_);
}

float PumpValues::below(float limit) {
  return std::uniform_real_distribution<float>(0, limit)(random_);
}

int64_t PumpValues::instant_of_last_year() {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const std::chrono::milliseconds year = std::chrono::hours(24 * 365);
  return now.count() - std::uniform_int_distribution<int64_t>(0, year.count())(random_);
}

}  // namespace kc::main
