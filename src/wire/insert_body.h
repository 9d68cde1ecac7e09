// The body of one /insert/records request, built row by row in a buffer that is reused; rows are
// written in place, so that a record becomes wire bytes in one step.
//
//   request = table_name string, list array<bytes>, list_str array<string>,
//             list_encoding string, options map<string>
//   parts() = [table_name, count of rows] [rows: length, Avro record ...]
//             [end of list, list_str = [], "binary", options]
//
//   char* out = body.begin_row(bytes_max);  out = ...;  body.end_row(out);
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "wire/avro.h"
#include "wire/wire_map.h"

namespace kc::wire {

using Options = WireMap<std::string>;

// What stands before and after the rows; both replace `out`.
void write_insert_head(std::string_view table_name, size_t rows, std::string& out);
void write_insert_tail(const Options& options, std::string& out);

class InsertBody {
 public:
  // Room for a row of at most `bytes_max` bytes. Valid until end_row() or the next begin_row(),
  // which abandons it.
  char* begin_row(size_t bytes_max) {
    const size_t needed = used_ + varint_bytes_max + bytes_max;
    if (needed > capacity_) [[unlikely]]
      grow(needed);
    return buffer_.get() + used_ + length_bytes;
  }

  // Takes the row that ends at `end`.
  void end_row(const char* end) {
    char* const start = buffer_.get() + used_;
    const auto row_bytes = static_cast<size_t>(end - start) - length_bytes;
    ++rows_;
    // Most rows have 64 to 8,191 bytes and so a length of two bytes; others move.
    if (row_bytes >= 64 && row_bytes < 8192) [[likely]] {
      start[0] = static_cast<char>(row_bytes << 1 | 0x80);
      start[1] = static_cast<char>(row_bytes >> 6);
      used_ += length_bytes + row_bytes;
      return;
    }
    char length[varint_bytes_max];
    const auto actual =
        static_cast<size_t>(put_long(length, static_cast<int64_t>(row_bytes)) - length);
    std::memmove(start + actual, start + length_bytes, row_bytes);
    std::memcpy(start, length, actual);
    used_ += actual + row_bytes;
  }

  size_t rows() const { return rows_; }
  size_t bytes() const { return used_; }
  bool empty() const { return rows_ == 0; }
  // The rows as they stand in the request, each with its length before it. Valid until the body
  // changes.
  std::string_view row_bytes() const { return {buffer_.get(), used_}; }

  // The whole request in three parts, valid until the body changes.
  std::array<std::string_view, 3> parts(std::string_view table_name, const Options& options);

  // Forgets the rows and keeps the memory.
  void clear() {
    used_ = 0;
    rows_ = 0;
  }

 private:
  static constexpr size_t length_bytes = 2;
  void grow(size_t needed);

  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  size_t used_ = 0;
  size_t rows_ = 0;
  std::string head_;
  std::string tail_;
};

}  // namespace kc::wire
