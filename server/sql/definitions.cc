#include "server/sql/definitions.h"

#include <utility>

#include "base/error.h"

namespace kc::server::sql {

namespace {

// The name with the current schema, where it has none of its own.
std::string qualified_name(const Run& run, const TableName& table) {
  const std::string schema = option(run.options, "current_schema");
  if (schema.empty() || table.name.find('.') != std::string::npos) return table.name;
  return schema + "." + table.name;
}

// Where a new table of that name goes. A bare name alone would also find a table elsewhere.
std::string name_of_new_table(const Run& run, const TableName& table) {
  std::string name = qualified_name(run, table);
  const bool schemas = run.call.database.options.kinetica.schemas;
  if (!schemas || name.find('.') != std::string::npos) return name;
  return std::string(default_schema) + "." + name;
}

}  // namespace

int64_t execute(const Run& run, const CreateTable& create) {
  const wire::TableType type(create.columns);
  if (run.parameters.empty()) return 0;
  Catalog& catalog = run.call.database.catalog;
  const std::string name = name_of_new_table(run, create.table);
  if (create.if_not_exists && catalog.find_table(name)) return 0;
  const auto entry = catalog.create_type(type.definition(), "", type.properties());
  if (create.or_replace) catalog.drop_table(name);
  catalog.create_table(name, entry->id, "", create.if_not_exists);
  return 0;
}

int64_t execute(const Run& run, const DropTable& drop) {
  if (run.parameters.empty()) return 0;
  Catalog& catalog = run.call.database.catalog;
  if (drop.if_exists && !catalog.find_table(qualified_name(run, drop.table)) &&
      !catalog.find_table(drop.table.name)) {
    return 0;
  }
  catalog.drop_table(find_table(run, drop.table)->qualified_name());
  return 0;
}

int64_t execute(const Run& run, const CreateSchema& create) {
  if (run.parameters.empty()) return 0;
  if (!run.call.database.catalog.create_schema(create.name) && !create.if_not_exists) {
    throw base::Error(base::Reaction::fail_task, "Schema `{}` exists already", create.name);
  }
  return 0;
}

int64_t execute(const Run& run, const DropSchema& drop) {
  if (run.parameters.empty()) return 0;
  if (!run.call.database.catalog.drop_schema(drop.name, drop.cascade) && !drop.if_exists) {
    throw base::Error(base::Reaction::fail_task, "Schema `{}` does not exist", drop.name);
  }
  return 0;
}

}  // namespace kc::server::sql
