#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "convert/header/header_number.h"
#include "convert/header/header_text.h"
#include "convert/iso_time.h"
#include "convert/map_keys.h"

namespace kc::convert {
namespace {

using data::Kind;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;

constexpr int64_t day_milliseconds = 86'400'000;

// Both are null for "null".
struct Parsed {
  SchemaPtr schema;
  Value value;
};

bool is_delimiter(char c) {
  return c == ':' || c == ',' || c == '{' || c == '}' || c == '[' || c == ']' || c == '"';
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// String.length() of valid UTF-8.
size_t utf16_length(std::string_view text) {
  size_t length = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    length += (byte & 0xC0) == 0x80 ? 0 : byte >= 0xF0 ? 2 : 1;
  }
  return length;
}

// The one schema that all items of a list have (Values.commonSchemaFor).
struct CommonSchema {
  SchemaPtr schema;    // of the items so far that are not null
  bool mixed = false;  // no schema fits them all

  void add(const SchemaPtr& item) {
    if (item == nullptr || mixed) return;
    const bool numbers =
        schema != nullptr && schema->type() <= Type::float64 && item->type() <= Type::float64;
    if (schema == nullptr || schema->type() == item->type()) {
      schema = item;
    } else if (numbers) {
      schema = std::max(schema, item, [](const SchemaPtr& left, const SchemaPtr& right) {
        return left->type() < right->type();
      });
    } else {
      schema = nullptr;
      mixed = true;
    }
  }
};

std::optional<Value> time_of(int64_t milliseconds) {
  if (milliseconds < 0 || milliseconds > day_milliseconds) return std::nullopt;
  return Value::time(static_cast<int32_t>(milliseconds));
}

// Values.convertTo, for what a common schema may ask of an item. In Java all dates and times are
// java.util.Date: where days cannot stand for what is asked, the value stays as it is.
std::optional<Value> convert(const Value& value, Kind kind) {
  const bool temporal = value.kind() >= Kind::date;
  if (value.kind() == kind) return value;
  if (value.is_null()) return std::nullopt;
  if (!value.is_integer() && !temporal && value.kind() != Kind::float32) return std::nullopt;
  switch (kind) {
    case Kind::int16:
    case Kind::int32:
    case Kind::int64:
      if (!value.is_integer()) return std::nullopt;
      if (kind == Kind::int16) return Value::int16(static_cast<int16_t>(value.as_integer()));
      if (kind == Kind::int32) return Value::int32(static_cast<int32_t>(value.as_integer()));
      return Value::int64(value.as_integer());
    case Kind::float32:
      if (!value.is_integer()) return std::nullopt;
      return Value::float32(static_cast<float>(value.as_integer()));
    case Kind::float64:
      if (temporal) return std::nullopt;
      return Value::float64(value.is_integer() ? static_cast<double>(value.as_integer())
                                               : value.as_real());
    case Kind::date:
      if (temporal) return value;
      return Value::date(static_cast<int32_t>(value.as_integer()));
    case Kind::time:
      return temporal ? value : time_of(value.as_integer());
    case Kind::timestamp:
      return Value::timestamp(value.kind() == Kind::date ? value.as_integer() * day_milliseconds
                                                         : value.as_integer());
    default:
      return std::nullopt;
  }
}

// Every `step`-th of `values` from `first` on.
bool convert_all(std::vector<Value>& values, size_t first, size_t step, const SchemaPtr& schema) {
  for (size_t i = first; i < values.size(); i += step) {
    const auto converted = convert(values[i], schema->value_kind());
    if (!converted) return false;
    values[i] = *converted;
  }
  return true;
}

class Parser {
 public:
  Parser(std::string_view text, const HeaderTextReader& reader, base::Arena& arena)
      : text_(text), reader_(reader), arena_(arena) {}

  bool too_deep() const { return too_deep_; }

  Parsed parse_whole() {
    Parsed parsed;
    if (parse_literal(false, parsed)) return parsed;
    position_ = 0;
    if (!text_.empty() && parse_list_or_number(0, parsed)) return parsed;
    return {reader_.schema(Kind::string), Value::string(text_)};
  }

 private:
  bool at_end() const { return position_ == text_.size(); }

  // A delimiter, or the text up to the next one. Backslashes escape delimiters and stay.
  std::string_view token_at(size_t position) const {
    const size_t start = position;
    bool escaped = false;
    for (; position < text_.size(); ++position) {
      const char c = text_[position];
      if (is_delimiter(c) && !escaped) {
        if (position == start) ++position;
        break;
      }
      escaped = c == '\\' && !escaped;
    }
    return text_.substr(start, position - start);
  }

  // A token of blanks is skipped, unless it is the last.
  std::string_view peek() {
    std::string_view token = token_at(position_);
    if (base::trim(token).empty() && position_ + token.size() < text_.size()) {
      position_ += token.size();
      token = token_at(position_);
    }
    return token;
  }

  bool consume(std::string_view expected) {
    if (at_end()) return false;
    const std::string_view token = peek();
    if (base::trim(token) != expected) return false;
    position_ += token.size();
    return true;
  }

  bool sees(std::string_view expected) { return !at_end() && base::trim(peek()) == expected; }

  // An item of a list or map.
  bool parse_item(int depth, Parsed& parsed) {
    if (consume("\"")) return parse_quoted(parsed);
    return parse_literal(true, parsed) || parse_list_or_number(depth, parsed);
  }

  bool parse_literal(bool embedded, Parsed& parsed) {
    if (consume("null")) {
      parsed = {};
    } else if (consume("true")) {
      parsed = {reader_.schema(Kind::boolean), Value::boolean(true)};
    } else if (consume("false")) {
      parsed = {reader_.schema(Kind::boolean), Value::boolean(false)};
    } else {
      return false;
    }
    return embedded || at_end();
  }

  bool parse_list_or_number(int depth, Parsed& parsed) {
    if (depth > HeaderTextReader::depth_max) {
      too_deep_ = true;
      return false;
    }
    if (consume("[")) return parse_array(depth, parsed);
    if (consume("{")) return parse_map(depth, parsed);
    const std::string_view token = peek();
    position_ += token.size();
    const std::string_view trimmed = base::trim(token);
    if (trimmed.empty()) return false;
    if (is_digit(trimmed[0]) && parse_temporal(trimmed, parsed)) return true;
    if (!is_digit(trimmed[0]) && trimmed[0] != '+' && trimmed[0] != '-') return false;
    const auto number = read_header_number(trimmed, HeaderTextReader::digits_max, arena_);
    if (!number) return false;
    parsed = {number->kind() == Kind::decimal ? SchemaBuilder::decimal(number->scale()).build()
                                              : reader_.schema(number->kind()),
              *number};
    return true;
  }

  // The colons of a time are delimiters: it may be of five tokens, of which `token` is the first.
  bool parse_temporal(std::string_view token, Parsed& parsed) {
    size_t end = position_;
    int more = 0;
    for (; more < 4 && end < text_.size() && end - position_ <= temporal_bytes_max; ++more) {
      end += token_at(end).size();
    }
    if (more == 4 && end - position_ <= temporal_bytes_max) {
      const std::string whole = std::string(token.substr(0, temporal_bytes_max)) +
                                std::string(text_.substr(position_, end - position_));
      if (read_temporal(whole, parsed)) {
        position_ = end;
        return true;
      }
    }
    return read_temporal(token, parsed);
  }

  bool read_temporal(std::string_view given, Parsed& parsed) const {
    if (given.size() > temporal_bytes_max) return false;
    std::string text;
    for (size_t i = 0; i < given.size(); ++i) {
      if (given[i] != '\\' || !given.substr(i + 1).starts_with(':')) text += given[i];
    }
    const size_t length = utf16_length(text);
    for (const auto& [kind, form] :
         {std::pair(Kind::date, iso_date), std::pair(Kind::time, iso_time),
          std::pair(Kind::timestamp, iso_timestamp)}) {
      if (length != form.size()) continue;
      const auto time = read_iso(text, form);
      if (!time) return false;
      parsed.schema = reader_.schema(kind);
      parsed.value = kind == Kind::date
                         ? Value::date(static_cast<int32_t>(*time / day_milliseconds))
                     : kind == Kind::time ? Value::time(static_cast<int32_t>(*time))
                                          : Value::timestamp(*time);
      return true;
    }
    return false;
  }

  // Behind the opening quote. The text may be a date or time, too.
  bool parse_quoted(Parsed& parsed) {
    char* const start = static_cast<char*>(arena_.allocate(text_.size() - position_ + 1, 1));
    size_t size = 0;
    while (!at_end() && !consume("\"")) {
      const std::string_view token = token_at(position_);
      std::memcpy(start + size, token.data(), token.size());
      size += token.size();
      position_ += token.size();
    }
    arena_.shrink_latest(start, size);
    const std::string_view content(start, size);
    if (!read_temporal(content, parsed)) {
      parsed = {reader_.schema(Kind::string), Value::string(content)};
    }
    return true;
  }

  std::span<const Value> keep(const std::vector<Value>& values) {
    Value* const kept = arena_.allocate_array<Value>(values.size());
    std::ranges::copy(values, kept);
    return {kept, values.size()};
  }

  // Behind the opening bracket.
  bool parse_array(int depth, Parsed& parsed) {
    std::vector<Value> items;
    CommonSchema common;
    while (!at_end()) {
      if (consume("]")) {
        if (common.schema != nullptr && !convert_all(items, 0, 1, common.schema)) return false;
        parsed = {SchemaBuilder::array(common.schema).build(), Value::array(keep(items))};
        return true;
      }
      Parsed item;
      if (!parse_item(depth + 1, item)) return false;
      common.add(item.schema);
      items.push_back(item.value);
      if (!sees("]") && !consume(",")) return false;
    }
    return false;
  }

  // Behind the opening brace. Commas may be left out.
  bool parse_map(int depth, Parsed& parsed) {
    std::vector<Value> entries;
    CommonSchema keys;
    CommonSchema values;
    while (!at_end()) {
      if (consume("}")) return finish_map(keys, values, entries, parsed);
      Parsed key;
      Parsed value;
      if (!parse_item(depth + 1, key) || key.schema == nullptr || !consume(":") ||
          !parse_item(depth + 1, value)) {
        return false;
      }
      keys.add(key.schema);
      values.add(value.schema);
      entries.push_back(key.value);
      entries.push_back(value.value);
      consume(",");
    }
    return false;
  }

  bool finish_map(const CommonSchema& keys, const CommonSchema& values, std::vector<Value>& entries,
                  Parsed& parsed) {
    // A value that another one has replaced need not fit; conversion can make keys the same.
    entries.resize(drop_duplicate_keys(entries.data(), entries.size() / 2) * 2);
    if (keys.schema != nullptr && !convert_all(entries, 0, 2, keys.schema)) return false;
    const SchemaPtr value_schema = keys.schema == nullptr ? nullptr : values.schema;
    if (value_schema != nullptr && !convert_all(entries, 1, 2, value_schema)) return false;
    entries.resize(drop_duplicate_keys(entries.data(), entries.size() / 2) * 2);
    parsed = {SchemaBuilder::map(keys.schema, value_schema).build(), Value::map(keep(entries))};
    return true;
  }

  static constexpr size_t temporal_bytes_max = 32;  // escaped colons and the longest form

  std::string_view text_;
  const HeaderTextReader& reader_;
  base::Arena& arena_;
  size_t position_ = 0;
  bool too_deep_ = false;
};

}  // namespace

HeaderTextReader::HeaderTextReader() {
  const auto set = [this](SchemaBuilder builder) {
    auto built = builder.build();
    schemas_[static_cast<size_t>(built->value_kind())] = std::move(built);
  };
  for (const Type type : {Type::int8, Type::int16, Type::int32, Type::int64, Type::float32,
                          Type::float64, Type::boolean, Type::string, Type::bytes}) {
    set(SchemaBuilder(type));
  }
  set(SchemaBuilder::date());
  set(SchemaBuilder::time());
  set(SchemaBuilder::timestamp());
}

std::optional<connect::SchemaAndValue> HeaderTextReader::read(std::string_view text,
                                                              data::RecordBatch& batch) const {
  Parser parser(text, *this, batch.arena());
  const Parsed parsed = parser.parse_whole();
  if (parser.too_deep()) return std::nullopt;
  return connect::SchemaAndValue{batch.retain(parsed.schema), parsed.value};
}

}  // namespace kc::convert
