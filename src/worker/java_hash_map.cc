#include "worker/java_hash_map.h"

#include <cstdint>

#include "base/error.h"

namespace kc::worker {
namespace {

using base::Error;
using base::Reaction;
using namespace std::string_view_literals;

constexpr std::string_view map_header =
    "\xAC\xED\x00\x05\x73\x72\x00\x11java.util.HashMap\x05\x07\xDA\xC1\xC3\x16\x60\xD1\x03\x00\x02"
    "F\x00\x0AloadFactorI\x00\x09thresholdxp\x3F\x40\x00\x00"sv;
constexpr std::string_view block_header = "w\x08"sv;
constexpr std::string_view byte_array_class =
    "ur\x00\x02[B\xAC\xF3\x17\xF8\x06\x08\x54\xE0\x02\x00\x00xp"sv;
constexpr std::string_view byte_array_again = "uq\x00\x7E\x00\x02"sv;
constexpr char null_tag = 'p';
constexpr char end_tag = 'x';

class Reader {
 public:
  explicit Reader(std::string_view data) : data_(data) {}

  bool skip(std::string_view expected) {
    if (!data_.substr(position_).starts_with(expected)) return false;
    position_ += expected.size();
    return true;
  }
  void expect(std::string_view expected, const char* what) {
    if (!skip(expected)) fail(what);
  }
  int32_t read_int() {
    const std::string_view bytes = take(4);
    uint32_t value = 0;
    for (const char byte : bytes) value = value << 8 | static_cast<uint8_t>(byte);
    return static_cast<int32_t>(value);
  }
  std::string_view take(size_t size) {
    if (data_.size() - position_ < size) fail("it ends too early");
    const std::string_view taken = data_.substr(position_, size);
    position_ += size;
    return taken;
  }
  std::optional<std::string> read_byte_array() {
    if (skip({&null_tag, 1})) return std::nullopt;
    if (!skip(byte_array_class) && !skip(byte_array_again)) fail("a byte array is expected here");
    const int32_t length = read_int();
    if (length < 0) fail("a length is negative");
    return std::string(take(static_cast<size_t>(length)));
  }
  [[noreturn]] void fail(const char* what) const {
    throw Error(Reaction::fix_config,
                "not a Java-serialised HashMap of byte arrays: at byte {}, {}", position_, what);
  }

 private:
  std::string_view data_;
  size_t position_ = 0;
};

void put_int(std::string& out, size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}

}  // namespace

std::vector<ByteEntry> read_java_hash_map(std::string_view data) {
  Reader reader(data);
  reader.expect(map_header, "the header differs");
  reader.read_int();  // threshold
  reader.expect(block_header, "the block of counts is missing");
  reader.read_int();  // buckets
  const int32_t size = reader.read_int();
  if (size < 0) reader.fail("the number of entries is negative");
  std::vector<ByteEntry> entries;
  for (int32_t i = 0; i < size; ++i) {
    auto key = reader.read_byte_array();
    entries.emplace_back(std::move(key), reader.read_byte_array());
  }
  reader.expect({&end_tag, 1}, "the end is missing");
  return entries;
}

std::string write_java_hash_map(const std::vector<ByteEntry>& entries) {
  // HashMap's own growth: 16 buckets, doubled while the entries exceed three quarters of them.
  size_t buckets = 16;
  while (entries.size() * 4 > buckets * 3) buckets *= 2;
  std::string out(map_header);
  put_int(out, entries.empty() ? 0 : buckets / 4 * 3);
  out.append(block_header);
  put_int(out, buckets);
  put_int(out, entries.size());
  bool first = true;
  const auto put_bytes = [&](const std::optional<std::string>& bytes) {
    if (!bytes) {
      out.push_back(null_tag);
      return;
    }
    out.append(first ? byte_array_class : byte_array_again);
    first = false;
    put_int(out, bytes->size());
    out.append(*bytes);
  };
  for (const auto& [key, value] : entries) {
    put_bytes(key);
    put_bytes(value);
  }
  out.push_back(end_tag);
  return out;
}

}  // namespace kc::worker
