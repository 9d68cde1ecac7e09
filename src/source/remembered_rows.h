// The bytes of rows that were sent, so that one which comes again can be told. Bounded: what is
// beyond is not remembered, and so would be sent again. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kc::source {

class RememberedRows {
 public:
  explicit RememberedRows(size_t bytes_max) : bytes_max_(bytes_max) {}

  bool empty() const { return rows_.empty(); }
  void add(std::string_view row);
  void add(const RememberedRows& rows);
  // Whether such a row was added and not taken yet: equal rows count one by one.
  bool take(std::string_view row);
  // Keeps its memory, unless it is much.
  void clear();

 private:
  static constexpr size_t kept_bytes_max = 64 * 1024;

  struct Row {
    size_t hash;
    size_t begin;  // in bytes_
    size_t size;
    bool taken;
  };

  size_t bytes_max_;
  std::string bytes_;
  std::vector<Row> rows_;
  bool sorted_ = true;  // by hash
};

}  // namespace kc::source
