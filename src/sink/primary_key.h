// A table's primary key, for rows that are to be deleted by it. A key travels as a row of the key's
// columns alone. Immutable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/shard_key.h"
#include "wire/table_type.h"

namespace kc::sink {

class PrimaryKey {
 public:
  // Of a table that has one.
  explicit PrimaryKey(const wire::TableType& table);

  // The key's columns in the table's order, none of them nullable.
  const wire::TableType& type() const { return type_; }
  // "id, region"
  std::string column_names() const;

  // The same for one key, however its values are written (1.5 and 1.50), and rarely for two. `row`
  // is of the table's type. `memory` is memory to work in.
  int64_t hash_of_key(std::string_view key, std::string& memory) const {
    return of_key_.hash_of_row(key, memory);
  }
  int64_t hash_of_row(std::string_view row, std::string& memory) const {
    return of_row_.hash_of_row(row, memory);
  }

  // Which row has the key: see kinetica/key_expression.h.
  std::string expression(std::string_view key) const;

 private:
  const wire::TableType type_;
  const wire::ShardKey of_key_;
  const wire::ShardKey of_row_;
};

}  // namespace kc::sink
