#include "main/datapump.h"

#include <chrono>
#include <limits>

#include "wire/table_type.h"

namespace kc::main {
namespace {

using wire::BaseType;

constexpr size_t text_length = 144;
constexpr size_t author_length = 32;
constexpr size_t url_length = 256;
constexpr size_t bytes_length = 100;
constexpr size_t schema_reg_length = 16;
constexpr size_t row_bytes_max = 1024;

wire::TableType tweet_type() {
  return wire::TableType(
      {{"x", BaseType::float_, {"data"}},
       {"y", BaseType::float_, {"data"}},
       {"timestamp", BaseType::long_, {"data", "timestamp"}},
       {"TEXT", BaseType::string, {"data"}},
       {"AUTHOR", BaseType::string, {"data"}},
       {"URL", BaseType::string, {"data"}},
       {"test_int", BaseType::int_, {"data"}},
       {"test_long", BaseType::long_, {"data"}},
       {"test_double", BaseType::double_, {"data"}},
       {"test_bytes", BaseType::bytes, {"store_only"}},
       {"test_schema_reg", BaseType::string, {"store_only", "char16", "nullable"}}});
}

int64_t now_milliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

const std::vector<std::string>& Datapump::table_names() {
  static const std::vector<std::string> names{"KafkaConnectorTest", "KafkaConnectorTest2"};
  return names;
}

Datapump::Datapump(kinetica::Client& client, uint64_t seed) : client_(client), random_(seed) {}

bool Datapump::create_table(const std::string& name) {
  if (client_.find_table(name)) return false;
  client_.create_table(name, tweet_type(), "TEST");
  return true;
}

void Datapump::insert(const std::string& table, uint32_t rows) {
  body_.clear();
  for (uint32_t i = 0; i < rows; ++i) append_row();
  client_.insert(table, body_, {});
}

void Datapump::append_row() {
  const auto unit = [&] { return std::uniform_real_distribution<double>(0, 1)(random_); };
  char* out = body_.begin_row(row_bytes_max);
  out = wire::put_float(out, static_cast<float>(unit() * 360 - 180));
  out = wire::put_float(out, static_cast<float>(unit() * 180 - 90));
  out = wire::put_long(out, now_milliseconds());
  out = wire::put_bytes(out, random_text(text_length));
  out = wire::put_bytes(out, random_text(author_length));
  out = wire::put_bytes(out, random_text(url_length));
  out = wire::put_long(out, static_cast<int32_t>(random_()));
  out = wire::put_long(out, static_cast<int64_t>(random_()));
  out = wire::put_double(out, unit());
  out = wire::put_bytes(out, random_text(bytes_length));
  out = wire::put_long(out, 0);  // the branch of nullable columns that holds a value
  out = wire::put_bytes(out, random_text(schema_reg_length));
  body_.end_row(out);
}

std::string Datapump::random_text(size_t length) {
  static constexpr std::string_view alphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ";
  std::uniform_int_distribution<size_t> pick(0, alphabet.size() - 1);
  std::string text(length, ' ');
  for (char& character : text) character = alphabet[pick(random_)];
  return text;
}

}  // namespace kc::main
