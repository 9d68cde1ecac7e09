#include "wire/insert_body.h"

#include <algorithm>

#include "wire/message_codec.h"

namespace kc::wire {

namespace {
constexpr size_t capacity_min = 64 * 1024;
}

void write_insert_head(std::string_view table_name, size_t rows, std::string& out) {
  out.clear();
  AvroWriter writer(out);
  writer.write_string(table_name);
  if (rows > 0) writer.write_long(static_cast<int64_t>(rows));
}

void write_insert_tail(const Options& options, std::string& out) {
  out.clear();
  AvroWriter writer(out);
  writer.write_long(0);
  write(writer, std::vector<std::string>{});
  writer.write_string("binary");
  write(writer, options);
}

std::array<std::string_view, 3> InsertBody::parts(std::string_view table_name,
                                                  const Options& options) {
  write_insert_head(table_name, rows_, head_);
  write_insert_tail(options, tail_);
  return {head_, row_bytes(), tail_};
}

void InsertBody::grow(size_t needed) {
  const size_t capacity = std::max({needed, capacity_ * 2, capacity_min});
  auto buffer = std::make_unique_for_overwrite<char[]>(capacity);
  if (used_ > 0) std::memcpy(buffer.get(), buffer_.get(), used_);
  buffer_ = std::move(buffer);
  capacity_ = capacity;
}

}  // namespace kc::wire
