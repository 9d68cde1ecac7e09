#include "server/catalog/catalog.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "base/finally.h"
#include "server/catalog/names.h"
#include "server/catalog/type_rules.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

constexpr size_t types_max = 10'000;
constexpr size_t schemas_max = 10'000;
constexpr size_t tables_max = 100'000;

// What a type's columns are, without what is for storage only.
bool same_columns(const wire::TableType& left, const wire::TableType& right) {
  const auto weighty = [](const wire::Column& column) {
    std::set<std::string> properties(column.properties.begin(), column.properties.end());
    properties.erase("data");
    properties.erase("text_search");
    return properties;
  };
  return std::ranges::equal(left.columns(), right.columns(), [&](const auto& a, const auto& b) {
    return a.name == b.name && a.type == b.type && weighty(a) == weighty(b);
  });
}

void check_description(const std::string& name, const TableDescription& is,
                       const wire::TableType& type) {
  for (const wire::Column& column : type.columns()) {
    if (is.replicated && column.shard_key()) {
      throw Error(Reaction::fail_task,
                  "Table `{}` cannot be replicated: column `{}` is part of a shard key", name,
                  column.name);
    }
    if (is.result_table && column.has("text_search")) {
      throw Error(Reaction::fail_task,
                  "Table `{}` cannot be a result table: column `{}` has the property text_search",
                  name, column.name);
    }
  }
}

void check_limit(size_t count, size_t most, std::string_view what) {
  if (count < most) return;
  throw Error(Reaction::fail_task, "There are {} {} already; more are not taken", count, what);
}

}  // namespace

Catalog::Catalog(MemoryBudget& budget, MonitorPublisher& publisher, const KineticaVersion& version,
                 Now now, Journal* journal)
    : budget_(budget),
      publisher_(publisher),
      version_(version),
      now_(std::move(now)),
      journal_(journal) {
  if (version_.schemas) schemas_.emplace(default_schema);
  if (journal_ != nullptr) load();
}

std::shared_ptr<const TypeEntry> Catalog::create_type(
    const std::string& definition, const std::string& label,
    const wire::TableType::ColumnProperties& properties) {
  auto text = read_type(definition, properties, version_.release);
  const std::unique_lock lock(mutex_);
  for (const auto& [id, entry] : types_) {
    if (entry->definition == text.definition && entry->label == label &&
        entry->properties == text.properties) {
      return entry;
    }
  }
  forget_unused_types();
  auto id = std::to_string(next_type_id_++);
  auto entry = std::make_shared<const TypeEntry>(
      TypeEntry{id, text.definition, label, text.properties, std::move(text.type)});
  types_.emplace(std::move(id), entry);
  save();
  return entry;
}

// Nobody can drop a type; those that no table has make room when there are too many.
void Catalog::forget_unused_types() {
  if (types_.size() < types_max) return;
  std::erase_if(types_, [](const auto& type) { return type.second.use_count() == 1; });
  check_limit(types_.size(), types_max, "types with tables");
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

void Catalog::add_schema(const std::string& name) {
  if (schemas_.contains(name)) return;
  check_name(version_.schemas ? "schema" : "collection", name, version_.schemas ? "" : ".");
  check_limit(schemas_.size(), schemas_max, "schemas");
  if (!version_.schemas) check_free({"", name});
  schemas_.insert(name);
}

bool Catalog::create_schema(const std::string& name) {
  const std::unique_lock lock(mutex_);
  const size_t before = schemas_.size();
  add_schema(name);
  if (schemas_.size() == before) return false;
  save();
  return true;
}

bool Catalog::has_schema(const std::string& name) const {
  const std::shared_lock lock(mutex_);
  return schemas_.contains(name);
}

std::vector<std::string> Catalog::schemas() const {
  const std::shared_lock lock(mutex_);
  return {schemas_.begin(), schemas_.end()};
}

bool Catalog::drop_schema(const std::string& name, bool cascade) {
  drop_expired();
  const std::unique_lock lock(mutex_);
  if (!schemas_.contains(name)) return false;
  if (name == default_schema) {
    throw Error(Reaction::fail_task, "The default schema `{}` cannot be dropped", name);
  }
  const auto is_in = [&](const auto& entry) { return entry.first.first == name; };
  const auto tables = std::ranges::count_if(tables_, is_in);
  if (tables > 0 && !cascade) {
    throw Error(Reaction::fail_task,
                "Schema `{}` holds {} tables. Hint: the option cascade=true drops them as well",
                name, tables);
  }
  for (const auto& entry : tables_) {
    if (is_in(entry)) erase_monitors_of(entry.second);
  }
  std::erase_if(tables_, is_in);
  schemas_.erase(name);
  save();
  return true;
}

void Catalog::rename_schema(const std::string& name, const std::string& new_name) {
  const auto alterations = hold_alterations();
  const std::unique_lock lock(mutex_);
  if (!schemas_.contains(name)) {
    throw Error(Reaction::fail_task, "Schema not found: {}", name);
  }
  if (name == default_schema) {
    throw Error(Reaction::fail_task, "The default schema `{}` cannot be renamed", name);
  }
  if (schemas_.contains(new_name)) {
    throw Error(Reaction::fail_task, "Schema `{}` exists already", new_name);
  }
  add_schema(new_name);
  schemas_.erase(name);
  std::map<TableKey, std::shared_ptr<Table>> tables;
  for (auto& [key, table] : tables_) {
    if (key.first != name) {
      tables.emplace(key, table);
      continue;
    }
    auto description = table->description();
    description.schema = new_name;
    table->describe(description);
    tables.emplace(TableKey{new_name, key.second}, table);
  }
  tables_ = std::move(tables);
  save();
}

// Where a new table goes; its schema exists afterwards.
Catalog::TableKey Catalog::key_of_new_table(const std::string& name,
                                            const std::string& collection) {
  if (!version_.schemas) {
    check_name("table", name, ".");
    if (!collection.empty()) add_schema(collection);
    return {collection, name};
  }
  auto [schema, table_name] = split_table_name(name);
  check_name("table", table_name);
  if (name.find('.') == std::string::npos) {
    schema = collection.empty() ? std::string(default_schema) : collection;
    add_schema(schema);
  } else if (schema == collection) {  // as Python's client names a table of a collection
    add_schema(schema);
  } else if (!schemas_.contains(schema)) {
    throw Error(Reaction::fail_task,
                "Schema `{}` of table `{}` does not exist. Hint: create it by /create/schema",
                schema, name);
  }
  return {schema, table_name};
}

void Catalog::check_free(const TableKey& key) const {
  const bool taken =
      version_.schemas ? tables_.contains(key) : schemas_.contains(key.second) || find(key.second);
  if (!taken) return;
  throw Error(Reaction::fail_task, "Table `{}` exists already",
              version_.schemas ? key.first + "." + key.second : key.second);
}

std::shared_ptr<Table> Catalog::create_table(const std::string& name, const std::string& type_id,
                                             const std::string& collection, bool existing_is_fine,
                                             TableDescription description) {
  drop_expired();
  std::shared_ptr<const TypeEntry> type;
  if (type_id.starts_with('[')) type = create_type(type_id, "", {});
  const std::unique_lock lock(mutex_);
  if (!type) {
    const auto found = types_.find(type_id);
    if (found == types_.end()) {
      throw Error(Reaction::fail_task, "Type `{}` of table `{}` does not exist", type_id, name);
    }
    type = found->second;
  }
  check_description(name, description, type->type);
  const TableKey key = key_of_new_table(name, collection);
  if (const auto found = tables_.find(key); found != tables_.end() && existing_is_fine) {
    if (same_columns(found->second->type()->type, type->type)) return found->second;
    throw Error(Reaction::fail_task, "Table `{}` exists already, with another type", name);
  }
  check_free(key);
  check_limit(tables_.size(), tables_max, "tables");
  std::tie(description.schema, description.name) = key;
  auto table = std::make_shared<Table>(std::move(description), type, budget_, publisher_, now_());
  create_log(table);
  tables_.emplace(key, table);
  bool saved = false;
  const base::Finally undo([&] {
    if (!saved) tables_.erase(key);
  });
  save();
  saved = true;
  return table;
}

std::shared_ptr<Table> Catalog::find(const std::string& name) const {
  std::string bare = name;
  if (version_.schemas) {
    const auto [schema, table_name] = split_table_name(name);
    const bool is_bare = name.find('.') == std::string::npos;
    const auto found = tables_.find({is_bare ? std::string(default_schema) : schema, table_name});
    if (found != tables_.end()) return found->second;
    if (!is_bare) return nullptr;
    bare = table_name;
  }
  std::shared_ptr<Table> only;
  for (const auto& [key, table] : tables_) {
    if (key.second != bare) continue;
    if (only) return nullptr;
    only = table;
  }
  return only;
}

std::shared_ptr<Table> Catalog::find_table(const std::string& name) {
  std::shared_ptr<Table> table;
  {
    const std::shared_lock lock(mutex_);
    table = find(name);
  }
  if (!table) return nullptr;
  const auto now = now_();
  if (table->time_to_live().is_over(now)) {
    drop_expired();
    return nullptr;
  }
  table->time_to_live().access(now);
  return table;
}

std::shared_ptr<Table> Catalog::table(const std::string& name) {
  auto table = find_table(name);
  if (!table) throw Error(Reaction::fail_task, "Table not found: {}", name);
  return table;
}

std::shared_ptr<Table> Catalog::table_to_read(const std::string& name) {
  auto found = table(name);
  const std::string mode = found->access_mode();
  if (mode == "no_access" || mode == "write_only") {
    throw Error(Reaction::fail_task, "Table {} cannot be read: its global access mode is {}", name,
                mode);
  }
  return found;
}

std::shared_ptr<Table> Catalog::table_to_write(const std::string& name) {
  auto found = table(name);
  const std::string mode = found->access_mode();
  if (mode == "no_access" || mode == "read_only") {
    throw Error(Reaction::fail_task, "Table {} cannot be written: its global access mode is {}",
                name, mode);
  }
  return found;
}

std::vector<std::shared_ptr<Table>> Catalog::tables(const std::optional<std::string>& schema) {
  drop_expired();
  const std::shared_lock lock(mutex_);
  std::vector<std::shared_ptr<Table>> tables;
  for (const auto& [key, table] : tables_) {
    if (!schema || key.first == *schema) tables.push_back(table);
  }
  return tables;
}

std::string Catalog::name_of(const Table& table) const {
  return version_.schemas ? table.qualified_name() : table.name();
}

void Catalog::erase_monitors_of(const std::shared_ptr<Table>& table) {
  std::erase_if(monitors_, [&](const auto& monitor) { return monitor.second.table == table; });
}

bool Catalog::drop_table(const std::string& name) {
  drop_expired();
  const std::unique_lock lock(mutex_);
  const auto table = find(name);
  if (!table) return false;
  erase_monitors_of(table);
  tables_.erase({table->schema(), table->name()});
  save();
  return true;
}

void Catalog::drop_expired() {
  const auto now = now_();
  const auto is_over = [&](const auto& entry) { return entry.second->time_to_live().is_over(now); };
  {
    const std::shared_lock lock(mutex_);
    if (std::ranges::none_of(tables_, is_over)) return;
  }
  const std::unique_lock lock(mutex_);
  for (const auto& entry : tables_) {
    if (is_over(entry)) erase_monitors_of(entry.second);
  }
  std::erase_if(tables_, is_over);
  save();
}

void Catalog::describe_table(const std::shared_ptr<Table>& table,
                             const std::function<void(TableDescription&)>& change) {
  const std::unique_lock lock(mutex_);
  auto description = table->description();
  const int64_t ttl = description.ttl;
  change(description);
  table->describe(description);
  if (description.ttl != ttl) table->time_to_live().set(description.ttl, now_());
  save();
}

void Catalog::move_table(const std::shared_ptr<Table>& table, const std::string& schema,
                         const std::string& name, bool create_missing_schema) {
  const std::unique_lock lock(mutex_);
  auto description = table->description();
  const TableKey from{description.schema, description.name};
  const TableKey to{schema, name};
  if (from == to) return;
  check_name("table", name, version_.schemas ? "" : ".");
  if (from.second != name || version_.schemas) check_free(to);
  if (create_missing_schema && !schema.empty()) add_schema(schema);
  if (!schema.empty() && !schemas_.contains(schema)) {
    throw Error(Reaction::fail_task, "Schema not found: {}", schema);
  }
  const auto node = tables_.find(from);
  if (node == tables_.end() || node->second != table) {
    throw Error(Reaction::fail_task, "Table not found: {}", description.qualified_name());
  }
  std::tie(description.schema, description.name) = to;
  table->describe(description);
  tables_.erase(node);
  tables_.emplace(to, table);
  save();
}

void Catalog::add_monitor(const std::string& topic_id, const MonitorOptions& options,
                          const std::shared_ptr<Table>& table) {
  const std::unique_lock lock(mutex_);
  if (monitors_.size() >= monitors_max) {
    throw Error(Reaction::fail_task, "There are {} table monitors already. Hint: clear some",
                monitors_.size());
  }
  if (!monitors_.emplace(topic_id, MonitorEntry{topic_id, "", table, options}).second) {
    throw Error(Reaction::fail_task, "Table monitor `{}` exists already", topic_id);
  }
  table->add_monitor(topic_id, options);
}

bool Catalog::remove_monitor(const std::string& topic_id) {
  const std::unique_lock lock(mutex_);
  const auto found = monitors_.find(topic_id);
  if (found == monitors_.end()) return false;
  found->second.table->remove_monitor(topic_id);
  monitors_.erase(found);
  return true;
}

bool Catalog::suspend_monitor(const std::string& topic_id, bool suspended) {
  const std::unique_lock lock(mutex_);
  const auto found = monitors_.find(topic_id);
  if (found == monitors_.end()) return false;
  found->second.options.suspended = suspended;
  found->second.table->suspend_monitor(topic_id, suspended);
  return true;
}

std::vector<MonitorEntry> Catalog::monitors() const {
  const std::shared_lock lock(mutex_);
  std::vector<MonitorEntry> monitors;
  for (const auto& [topic_id, monitor] : monitors_) {
    monitors.push_back(monitor);
    monitors.back().table_name = monitor.table->qualified_name();
  }
  return monitors;
}

}  // namespace kc::server
