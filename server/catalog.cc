#include "server/catalog.h"

#include <algorithm>
#include <mutex>

#include "base/error.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

struct QualifiedName {
  std::string schema;  // empty: none given
  std::string table;
};

QualifiedName split(const std::string& name) {
  const size_t dot = name.find('.');
  if (dot == std::string::npos) return {"", name};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

}  // namespace

Catalog::Catalog(MemoryBudget& budget, MonitorPublisher& publisher)
    : budget_(budget), publisher_(publisher), schemas_{std::string(default_schema)} {}

std::shared_ptr<const TypeEntry> Catalog::create_type(
    const std::string& definition, const std::string& label,
    const wire::TableType::ColumnProperties& properties) {
  auto type = wire::TableType::parse(definition, properties);
  const std::unique_lock lock(mutex_);
  for (const auto& [id, entry] : types_) {
    if (entry->definition == definition && entry->label == label &&
        entry->properties == properties) {
      return entry;
    }
  }
  auto id = std::to_string(next_type_id_++);
  auto entry = std::make_shared<const TypeEntry>(
      TypeEntry{id, definition, label, properties, std::move(type)});
  types_.emplace(std::move(id), entry);
  return entry;
}

std::shared_ptr<const TypeEntry> Catalog::find_type(const std::string& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = types_.find(id);
  return found == types_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<const TypeEntry>> Catalog::types() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::shared_ptr<const TypeEntry>> types;
  for (const auto& [id, entry] : types_) types.push_back(entry);
  return types;
}

bool Catalog::create_schema(const std::string& name) {
  if (name.empty() || name.find('.') != std::string::npos) {
    throw Error(Reaction::fail_task, "`{}` is not a schema name", name);
  }
  const std::unique_lock lock(mutex_);
  return schemas_.insert(name).second;
}

bool Catalog::has_schema(const std::string& name) const {
  const std::shared_lock lock(mutex_);
  return schemas_.contains(name);
}

std::vector<std::string> Catalog::schemas() const {
  const std::shared_lock lock(mutex_);
  return {schemas_.begin(), schemas_.end()};
}

std::shared_ptr<Table> Catalog::create_table(const std::string& name, const std::string& type_id,
                                             const std::string& collection, bool existing_is_fine) {
  auto [schema, table_name] = split(name);
  if (table_name.empty()) throw Error(Reaction::fail_task, "`{}` is not a table name", name);
  const std::unique_lock lock(mutex_);
  if (schema.empty()) {
    schema = collection.empty() ? std::string(default_schema) : collection;
    schemas_.insert(schema);
  } else if (schema == collection) {  // as Python's client names a table of a collection
    schemas_.insert(schema);
  } else if (!schemas_.contains(schema)) {
    throw Error(Reaction::fail_task, "Schema `{}` of table `{}` does not exist", schema, name);
  }
  if (const auto found = tables_.find({schema, table_name}); found != tables_.end()) {
    if (existing_is_fine) return found->second;
    throw Error(Reaction::fail_task, "Table `{}.{}` exists already", schema, table_name);
  }
  const auto type = types_.find(type_id);
  if (type == types_.end()) {
    throw Error(Reaction::fail_task, "Type `{}` of table `{}` does not exist", type_id, name);
  }
  auto table = std::make_shared<Table>(schema, table_name, type->second, budget_, publisher_);
  tables_.emplace(std::pair(schema, table_name), table);
  return table;
}

std::shared_ptr<Table> Catalog::find(const std::string& name) const {
  const auto [schema, table_name] = split(name);
  const auto found =
      tables_.find({schema.empty() ? std::string(default_schema) : schema, table_name});
  if (found != tables_.end()) return found->second;
  if (!schema.empty()) return nullptr;
  std::shared_ptr<Table> only;
  for (const auto& [key, table] : tables_) {
    if (key.second != table_name) continue;
    if (only) return nullptr;
    only = table;
  }
  return only;
}

std::shared_ptr<Table> Catalog::find_table(const std::string& name) const {
  const std::shared_lock lock(mutex_);
  return find(name);
}

std::shared_ptr<Table> Catalog::table(const std::string& name) const {
  auto table = find_table(name);
  if (!table) throw Error(Reaction::fail_task, "Table `{}` does not exist", name);
  return table;
}

std::vector<std::shared_ptr<Table>> Catalog::tables(const std::string& schema) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::shared_ptr<Table>> tables;
  for (const auto& [key, table] : tables_) {
    if (schema.empty() || key.first == schema) tables.push_back(table);
  }
  return tables;
}

bool Catalog::drop_table(const std::string& name) {
  const std::unique_lock lock(mutex_);
  const auto table = find(name);
  if (!table) return false;
  std::erase_if(monitors_, [&](const auto& monitor) { return monitor.second == table; });
  tables_.erase({table->schema(), table->name()});
  return true;
}

void Catalog::add_monitor(const std::string& topic_id, MonitorEvent event,
                          const std::shared_ptr<Table>& table) {
  const std::unique_lock lock(mutex_);
  if (!monitors_.emplace(topic_id, table).second) {
    throw Error(Reaction::fail_task, "Table monitor `{}` exists already", topic_id);
  }
  table->add_monitor(event, topic_id);
}

bool Catalog::remove_monitor(const std::string& topic_id) {
  const std::unique_lock lock(mutex_);
  const auto found = monitors_.find(topic_id);
  if (found == monitors_.end()) return false;
  found->second->remove_monitor(topic_id);
  monitors_.erase(found);
  return true;
}

std::vector<MonitorEntry> Catalog::monitors() const {
  const std::shared_lock lock(mutex_);
  std::vector<MonitorEntry> monitors;
  for (const auto& [topic_id, table] : monitors_) {
    monitors.push_back({topic_id, table->qualified_name(), table});
  }
  return monitors;
}

}  // namespace kc::server
