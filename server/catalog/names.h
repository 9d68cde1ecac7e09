// Names of tables and schemas. (Kinetica documentation, "Tables" / "Naming Criteria".)
#pragma once

#include <string>
#include <string_view>

namespace kc::server {

// "schema.table"; without a dot the schema is empty.
struct TableName {
  std::string schema;
  std::string table;
};
TableName split_table_name(const std::string& name);

// A name has 1 to 200 bytes, letters (any that are not ASCII as well), digits, spaces and
// _ # { } [ ] ( ) : - of which the first is a letter, a digit, _ or #. `extra` are characters that
// may stand in it besides. `what` is "table" or "schema" for the error. Throws Error(fail_task).
void check_name(std::string_view what, std::string_view name, std::string_view extra = "");

}  // namespace kc::server
