#include "config/properties.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace kc::config {

using base::Error;
using base::Reaction;

void Properties::set(std::string name, std::string value) {
  for (auto& entry : entries_) {
    if (entry.first == name) {
      entry.second = std::move(value);
      return;
    }
  }
  entries_.emplace_back(std::move(name), std::move(value));
}

void Properties::erase(std::string_view name) {
  std::erase_if(entries_, [&](const Entry& entry) { return entry.first == name; });
}

const std::string* Properties::find(std::string_view name) const {
  for (const auto& entry : entries_) {
    if (entry.first == name) return &entry.second;
  }
  return nullptr;
}

std::string Properties::get(std::string_view name, std::string_view otherwise) const {
  const auto* value = find(name);
  return value ? *value : std::string(otherwise);
}

Properties Properties::with_prefix(std::string_view prefix) const {
  Properties result;
  for (const auto& [name, value] : entries_) {
    if (name.size() > prefix.size() && name.starts_with(prefix)) {
      result.entries_.emplace_back(name.substr(prefix.size()), value);
    }
  }
  return result;
}

void Properties::merge(const Properties& others) {
  for (const auto& [name, value] : others.entries_) set(name, value);
}

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\f'; }

// A logical line: natural lines joined at continuations, without comments and blank lines.
struct LogicalLine {
  std::string text;   // escapes still in place
  size_t number = 0;  // of its first natural line, from 1
};

// Cuts the text into logical lines as java.util.Properties' line reader does.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : text_(text) {}

  std::optional<LogicalLine> next() {
    LogicalLine line;
    while (position_ < text_.size()) {
      const auto natural = take_natural_line();
      // A comment is recognised only where a logical line has no characters yet, so a
      // continuation line may begin with '#'.
      if (line.text.empty()) {
        if (natural.empty() || natural[0] == '#' || natural[0] == '!') continue;
        line.number = number_;
      }
      line.text += natural;
      if (!ends_in_odd_backslashes(natural)) return line;
      line.text.pop_back();
    }
    if (line.text.empty()) return std::nullopt;
    return line;
  }

 private:
  // Without its terminator (\n, \r or \r\n) and leading blanks.
  std::string_view take_natural_line() {
    ++number_;
    const size_t end = std::min(text_.find_first_of("\r\n", position_), text_.size());
    auto line = text_.substr(position_, end - position_);
    position_ = end + 1;
    if (text_.substr(end, 2) == "\r\n") ++position_;
    while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
    return line;
  }

  static bool ends_in_odd_backslashes(std::string_view line) {
    size_t count = 0;
    while (count < line.size() && line[line.size() - 1 - count] == '\\') ++count;
    return count % 2 == 1;
  }

  std::string_view text_;
  size_t position_ = 0;
  size_t number_ = 0;
};

void append_utf8(std::string& out, uint32_t c) {
  const auto put = [&](uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

bool is_high_surrogate(uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool is_low_surrogate(uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

// The UTF-16 unit of the four digits at `text[at]`.
uint32_t utf16_unit(std::string_view text, size_t at, size_t line) {
  uint32_t unit = 0;
  for (size_t i = at; i < at + 4; ++i) {
    const char c = i < text.size() ? text[i] : '\0';
    const char* digits = "0123456789abcdef";
    const char* digit = c ? std::strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c) : nullptr;
    if (!digit) {
      throw Error(Reaction::fix_config,
                  "Malformed \\uxxxx encoding in line {}: \\u takes four hexadecimal digits; "
                  "write a backslash as \\\\",
                  line);
    }
    unit = unit * 16 + static_cast<uint32_t>(digit - digits);
  }
  return unit;
}

// Appends what the escape \uXXXX says whose digits begin at `at`, joining it with the other half of
// a pair; returns the position after it.
size_t append_unicode_escape(std::string_view text, size_t at, size_t line, std::string& out) {
  constexpr uint32_t replacement = 0xFFFD;
  const uint32_t unit = utf16_unit(text, at, line);
  at += 4;
  if (is_high_surrogate(unit) && text.substr(at, 2) == "\\u") {
    const uint32_t low = utf16_unit(text, at + 2, line);
    if (is_low_surrogate(low)) {
      append_utf8(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
      return at + 6;
    }
  }
  append_utf8(out, is_high_surrogate(unit) || is_low_surrogate(unit) ? replacement : unit);
  return at;
}

std::string unescape(std::string_view text, size_t line) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const char c = text[i++];
    if (c != '\\' || i == text.size()) {
      if (c != '\\') out.push_back(c);
      continue;
    }
    const char escaped = text[i++];
    switch (escaped) {
      case 'u':
        i = append_unicode_escape(text, i, line, out);
        break;
      case 't':
        out.push_back('\t');
        break;
      case 'n':
        out.push_back('\n');
        break;
      case 'r':
        out.push_back('\r');
        break;
      case 'f':
        out.push_back('\f');
        break;
      default:
        out.push_back(escaped);
    }
  }
  return out;
}

// Splits at the first unescaped separator; blanks around one `=` or `:` belong to it.
std::pair<std::string_view, std::string_view> split_line(std::string_view line) {
  size_t end = 0;
  while (end < line.size() && line[end] != '=' && line[end] != ':' && !is_blank(line[end])) {
    end += line[end] == '\\' ? size_t{2} : size_t{1};
  }
  end = std::min(end, line.size());
  size_t value = end;
  bool separated = false;
  for (; value < line.size(); ++value) {
    const char c = line[value];
    if (is_blank(c)) continue;
    if (separated || (c != '=' && c != ':')) break;
    separated = true;
  }
  return {line.substr(0, end), line.substr(value)};
}

std::string read_text(const std::filesystem::path& path) {
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) {
    throw Error(Reaction::fix_config, "Cannot read {}: it is a directory; name a file",
                path.string());
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file.is_open() || file.bad()) {
    throw Error(Reaction::fix_config, "Cannot read {}: {}; check the path and its permissions",
                path.string(), std::strerror(errno));
  }
  return text;
}

using Json = nlohmann::ordered_json;

// Keeps numbers as they are written, as Jackson does when it makes a string of one.
class TextOfNumbers : public nlohmann::detail::json_sax_dom_parser<Json> {
 public:
  using json_sax_dom_parser::json_sax_dom_parser;
  bool number_integer(Json::number_integer_t value) { return put(std::to_string(value)); }
  bool number_unsigned(Json::number_unsigned_t value) { return put(std::to_string(value)); }
  bool number_float(Json::number_float_t, const std::string& text) { return put(text); }
  bool boolean(bool value) { return put(value ? "true" : "false"); }

 private:
  bool put(std::string text) { return string(text); }
};

Json parse_json(const std::string& text, const std::filesystem::path& path) {
  Json json;
  TextOfNumbers sax(json);
  try {
    Json::sax_parse(text, &sax);
  } catch (const Json::exception& e) {
    // What follows quotes the text, which may be a password.
    std::string_view reason = e.what();
    // What stands before is the library's number of the error.
    if (const size_t number = reason.find("] "); number != reason.npos) {
      reason.remove_prefix(number + 2);
    }
    throw Error(Reaction::fix_config,
                "{} begins as a JSON object but cannot be read as one: {}; correct the JSON, or "
                "write the file as name=value lines",
                path.string(), reason.substr(0, reason.find("; last read")));
  }
  return json;
}

Properties properties_of(const Json& object, const std::filesystem::path& path) {
  Properties properties;
  for (const auto& [name, value] : object.items()) {
    if (value.is_null()) {
      throw Error(Reaction::fix_config,
                  "{}: {} is null. Null value can not be supplied as the configuration value; give "
                  "it a text or leave it out",
                  path.string(), name);
    }
    if (!value.is_string()) {
      throw Error(Reaction::fix_config,
                  "{}: the value of {} is a JSON {}; it must be a text, a number or a boolean",
                  path.string(), name, value.type_name());
    }
    properties.set(name, value.get<std::string>());
  }
  return properties;
}

bool is_flat(const Json& object) {
  return object.contains("name") &&
         std::none_of(object.begin(), object.end(),
                      [](const Json& value) { return value.is_structured(); });
}

// KIP-980. Unknown fields are ignored.
Properties from_create_request(const Json& request, const std::filesystem::path& path,
                               std::string* initial_state) {
  const auto config = request.find("config");
  const auto name = request.find("name");
  if (config == request.end() || !config->is_object() || name == request.end() ||
      !name->is_string()) {
    throw Error(Reaction::fix_config,
                "{} is JSON but no connector configuration: write {{\"name\":..., "
                "\"connector.class\":..., ...}} or {{\"name\":..., \"config\":{{...}}}}",
                path.string());
  }
  auto properties = properties_of(*config, path);
  const auto* inner = properties.find("name");
  if (inner && *inner != name->get<std::string>()) {
    throw Error(Reaction::fix_config,
                "{}: the name {} in \"config\" differs from the \"name\" {}; leave the inner one "
                "out",
                path.string(), *inner, name->get<std::string>());
  }
  properties.set("name", name->get<std::string>());
  const auto state = request.find("initial_state");
  if (initial_state && state != request.end() && state->is_string()) {
    *initial_state = state->get<std::string>();
  }
  return properties;
}

}  // namespace

Properties parse_properties(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  Properties properties;
  LineReader lines(text);
  while (const auto line = lines.next()) {
    const auto [name, value] = split_line(line->text);
    properties.set(unescape(name, line->number), unescape(value, line->number));
  }
  return properties;
}

Properties read_properties(const std::filesystem::path& path) {
  const auto text = read_text(path);
  try {
    return parse_properties(text);
  } catch (const Error& e) {
    throw Error(e.reaction(), "{}: {}", path.string(), e.what());
  }
}

Properties read_connector_file(const std::filesystem::path& path, std::string* initial_state) {
  const auto text = read_text(path);
  const auto first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first == std::string::npos || text[first] != '{') return read_properties(path);
  const auto json = parse_json(text, path);
  if (is_flat(json)) return properties_of(json, path);
  return from_create_request(json, path, initial_state);
}

}  // namespace kc::config
