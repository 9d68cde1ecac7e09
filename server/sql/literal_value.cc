#include "server/sql/literal_value.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/error.h"
#include "server/sql/tokens.h"
#include "wire/avro.h"
#include "wire/column_format.h"
#include "wire/value_text.h"

namespace kc::server::sql {

namespace {

using data::Value;
using wire::BaseType;
using wire::ColumnKind;
using Kind = Literal::Kind;

template <typename T>
std::optional<T> parse(std::string_view text) {
  T value{};
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || last != end) return std::nullopt;
  return value;
}

std::optional<int64_t> parse_integer(std::string_view text) {
  if (const auto integer = parse<int64_t>(text)) return integer;
  // 5.0 and 1e3 are integers; at 2^53 a double begins to miss some.
  constexpr double exact_max = 9'007'199'254'740'992;
  const auto real = parse<double>(text);
  if (!real || std::trunc(*real) != *real || std::fabs(*real) > exact_max) return std::nullopt;
  return static_cast<int64_t>(*real);
}

std::optional<int64_t> parse_timestamp(std::string_view text) {
  constexpr int64_t day_milliseconds = 86'400'000;
  const auto parsed = wire::parse_datetime(text);
  if (!parsed || !parsed->date.exists()) return std::nullopt;
  const auto& time = parsed->time;
  const int64_t seconds = (time.hour * 60 + time.minute) * 60 + time.second;
  return parsed->date.days_since_epoch() * day_milliseconds + seconds * 1000 + time.millisecond;
}

std::optional<int64_t> integer_of(ColumnKind kind, const Literal& literal) {
  switch (literal.kind) {
    case Kind::boolean:
      return literal.text == "true" ? 1 : 0;
    case Kind::number:
      return parse_integer(literal.text);
    case Kind::text:
      if (kind == ColumnKind::boolean && (literal.text == "true" || literal.text == "false")) {
        return literal.text == "true" ? 1 : 0;
      }
      if (kind == ColumnKind::timestamp) {
        if (const auto timestamp = parse_timestamp(literal.text)) return timestamp;
      }
      return parse_integer(literal.text);
    default:
      return std::nullopt;
  }
}

// Little-endian floats from a JSON array of numbers.
std::optional<std::string> vector_bytes(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array()) return std::nullopt;
  std::string bytes;
  wire::AvroWriter out(bytes);
  for (const auto& item : json) {
    if (!item.is_number()) return std::nullopt;
    out.write_float(item.get<float>());
  }
  return bytes;
}

std::optional<Value> value_of(const wire::Column& column, const Literal& literal,
                              std::deque<std::string>& texts) {
  const ColumnKind kind = wire::column_format(column).kind;
  const bool is_text = literal.kind == Kind::text;
  const bool is_number = literal.kind == Kind::number;
  switch (column.type) {
    case BaseType::int_:
    case BaseType::long_:
      if (const auto integer = integer_of(kind, literal)) return Value::int64(*integer);
      return std::nullopt;
    case BaseType::float_:
    case BaseType::double_:
      if (!is_text && !is_number) return std::nullopt;
      if (const auto real = parse<double>(literal.text)) return Value::float64(*real);
      return std::nullopt;
    case BaseType::string:
      if (literal.kind == Kind::bytes) return std::nullopt;
      return Value::string(literal.text);
    case BaseType::bytes:
      if (literal.kind == Kind::bytes) return Value::bytes(literal.text);
      if (is_text && kind == ColumnKind::vector) {
        if (auto bytes = vector_bytes(literal.text)) {
          return Value::bytes(texts.emplace_back(std::move(*bytes)));
        }
      }
      if (is_text && kind == ColumnKind::wkt) return Value::bytes(literal.text);
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Value column_value(const wire::Column& column, const Literal& literal,
                   std::deque<std::string>& texts) {
  if (literal.kind == Kind::null) return {};
  if (const auto value = value_of(column, literal, texts)) return *value;
  constexpr size_t shown_max = 100;
  const std::string shown =
      literal.kind == Kind::bytes ? "bytes" : "`" + literal.text.substr(0, shown_max) + "`";
  const std::string what =
      "column `" + column.name + "` (" + wire::column_type_name(column) + ") cannot take " + shown;
  if (literal.position) fail_at(*literal.position, what);
  throw base::Error(base::Reaction::fail_task, "SQL: {}", what);
}

}  // namespace kc::server::sql
