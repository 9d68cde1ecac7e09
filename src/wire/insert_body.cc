#include "wire/insert_body.h"

#include <algorithm>

#include "wire/message_codec.h"

namespace kc::wire {

namespace {
constexpr size_t capacity_min = 64 * 1024;
}

std::array<std::string_view, 3> InsertBody::parts(std::string_view table_name,
                                                  const Options& options) {
  head_.clear();
  AvroWriter head(head_);
  head.write_string(table_name);
  if (rows_ > 0) head.write_long(static_cast<int64_t>(rows_));

  tail_.clear();
  AvroWriter tail(tail_);
  tail.write_long(0);
  write(tail, std::vector<std::string>{});
  tail.write_string("binary");
  write(tail, options);
  return {head_, std::string_view(buffer_.get(), used_), tail_};
}

void InsertBody::grow(size_t needed) {
  const size_t capacity = std::max({needed, capacity_ * 2, capacity_min});
  auto buffer = std::make_unique_for_overwrite<char[]>(capacity);
  if (used_ > 0) std::memcpy(buffer.get(), buffer_.get(), used_);
  buffer_ = std::move(buffer);
  capacity_ = capacity;
}

}  // namespace kc::wire
