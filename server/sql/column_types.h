// The column types of Kinetica's SQL. (Kinetica documentation, "Data Definition", "Column Types".)
//
//   BOOLEAN; TINYINT, BYTE; SMALLINT; INTEGER, INT; BIGINT, LONG; UNSIGNED BIGINT | LONG
//   REAL, FLOAT; DOUBLE; DECIMAL, NUMERIC: as BIGINT, or with (p[,s])
//   VARCHAR, CHAR, STRING, TEXT [(n)]: the charN that holds n, a string beyond 256
//   IPV4, UUID, JSON; DATE, TIME, DATETIME, TIMESTAMP, and with TYPE_ before them
//   BLOB, BINARY, VARBINARY, BYTES; GEOMETRY; VECTOR(n); T[], T[n]
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "wire/table_type.h"

namespace kc::server::sql {

struct TypeName {
  std::string name;                     // upper case; "UNSIGNED BIGINT"
  std::vector<int64_t> sizes;           // in the parentheses: (18, 4)
  std::vector<std::string> properties;  // in the parentheses: (64, PRIMARY_KEY, DICT)
  bool array = false;
  int64_t array_size = -1;  // any
  size_t position = 0;
};

// Nullable or not is the caller's to add. Throws Error(fail_task) for what is no such type.
wire::Column make_column(std::string name, const TypeName& type);

}  // namespace kc::server::sql
