// What arrived where: per rank and table the rows that were accepted there, and a digest of their
// bytes that does not depend on their order. Two clients that route alike leave equal digests on
// every rank. A batch that a client sends twice counts twice. Thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/guarded.h"
#include "server/tables/table.h"

namespace kc::server {

class RankCounts {
 public:
  struct Count {
    uint64_t rows = 0;
    // The sums, modulo 2^64, of both halves of each row's MurmurHash3_x64_128 (seed 10).
    uint64_t first = 0;
    uint64_t second = 0;
    std::string digest() const;  // 32 hexadecimal digits
  };

  // The rows of an insert but those that `result` refused.
  void add(size_t rank, const std::string& table, std::span<const std::string_view> rows,
           const InsertResult& result, const InsertOptions& options);
  // By rank and qualified table name.
  std::map<std::pair<size_t, std::string>, Count> all() const { return counts_.copy(); }
  void clear();

 private:
  base::Guarded<std::map<std::pair<size_t, std::string>, Count>> counts_;
};

}  // namespace kc::server
