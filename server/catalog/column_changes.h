// What /alter/table and /alter/table/columns do to a table's columns: changes are collected one
// after the other, then the table gets the new type and its rows are converted, all at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/kinetica_version.h"
#include "server/tables/table.h"
#include "wire/messages/message_types.h"

namespace kc::server {

// One entry of /alter/table/columns, or action, value and options of /alter/table.
struct ColumnAlteration {
  std::string action;
  std::string column;
  // column_type, column_properties, column_default_value, rename_column ...
  wire::Options options;
};

class ColumnChanges {
 public:
  ColumnChanges(const wire::TableType& type, Release release);

  // add_column, change_column, rename_column, delete_column, set_default and delete_default; false
  // for any other action. Throws Error(fail_task) naming the column; the changes are then
  // worthless.
  bool apply(const ColumnAlteration& alteration);
  // From every column that has it.
  void remove_property(std::string_view property);

  bool any() const { return any_; }
  bool has_column(std::string_view name) const;
  // Throws Error(fail_task) when the columns are not a type that the release takes.
  wire::TableType type() const;
  // Of rows of the old type into rows of type(). Holds what it needs. Throws as type() does, and
  // for a conversion that no value has.
  Table::Convert conversion() const;

 private:
  struct Changed {
    wire::Column column;
    std::optional<size_t> source;             // in the old type; nothing: new
    std::optional<std::string> default_text;  // of a new column
    bool cut = false;
  };

  Changed& find(const std::string& name);
  void add(const ColumnAlteration& alteration);
  void change(const ColumnAlteration& alteration);
  void rename(Changed& changed, const std::string& name);
  void take_values_of(Changed& changed, const std::string& expression);

  const wire::TableType old_type_;
  const Release release_;
  std::vector<Changed> columns_;
  bool any_ = false;
};

}  // namespace kc::server
