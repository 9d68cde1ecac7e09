// What the catalog keeps in its journal:
//
//   {"schemas_are_collections": false, "next_type_id": N, "next_log": N,
//    "schemas": ["ki_home" ...], "types": [type ...],
//    "tables": [{"log": N, "description": TableDescription} ...]}
//
// A table's type stands in its log, so that both change in one step.
#include "base/error.h"
#include "base/log.h"
#include "server/catalog/catalog.h"

namespace kc::server {

using base::Error;
using base::Reaction;

wire::Json Catalog::to_json() const {
  wire::Json types = wire::Json::array();
  for (const auto& [id, type] : types_) types.push_back(server::to_json(*type));
  wire::Json tables = wire::Json::array();
  for (const auto& [key, table] : tables_) {
    const auto log = logs_.find(table);
    if (log == logs_.end()) continue;
    tables.push_back(
        {{"log", log->second}, {"description", wire::to_json_value(table->description())}});
  }
  return {{"schemas_are_collections", !version_.schemas},
          {"next_type_id", next_type_id_},
          {"next_log", next_log_},
          {"schemas", schemas_},
          {"types", std::move(types)},
          {"tables", std::move(tables)}};
}

// Result tables are not kept, as in the real database.
void Catalog::create_log(const std::shared_ptr<Table>& table) {
  if (journal_ == nullptr || table->description().result_table) return;
  const uint64_t number = next_log_++;
  table->keep(journal_->create_table(number, *table->type()));
  logs_.emplace(table, number);
}

// Called under the lock after every change.
void Catalog::save() {
  if (journal_ == nullptr) return;
  journal_->save_catalog(to_json());
  std::map<std::shared_ptr<Table>, uint64_t> kept;
  for (const auto& [key, table] : tables_) {
    if (auto log = logs_.extract(table); !log.empty()) kept.insert(std::move(log));
  }
  // Those of dropped tables.
  for (const auto& [table, number] : logs_) journal_->remove_table(number);
  logs_ = std::move(kept);
}

void Catalog::load() {
  const wire::Json json = journal_->catalog();
  if (json.is_null()) {
    save();
    return;
  }
  if (json.at("schemas_are_collections") != !version_.schemas) {
    throw Error(Reaction::fix_config,
                "The folder of --data-dir was written as {}. Hint: choose that "
                "--kinetica-version, or another folder",
                version_.schemas ? "Kinetica 7.0, which has no schemas" : "Kinetica 7.1 or later");
  }
  json.at("next_type_id").get_to(next_type_id_);
  json.at("next_log").get_to(next_log_);
  json.at("schemas").get_to(schemas_);
  for (const auto& type : json.at("types")) shared_type(type_entry_from_json(type));
  std::set<uint64_t> logs;
  for (const auto& table : json.at("tables")) logs.insert(table.at("log").get<uint64_t>());
  journal_->remove_tables_except(logs);
  size_t rows = 0;
  for (const auto& table : json.at("tables")) rows += load_table(table);
  base::log_info("{} tables with {} rows are loaded", logs.size(), rows);
}

// The number of its rows.
size_t Catalog::load_table(const wire::Json& json) {
  const auto description = wire::decode_json<TableDescription>(json.at("description").dump());
  const auto number = json.at("log").get<uint64_t>();
  std::shared_ptr<Table> table;
  auto log = journal_->open_table(
      number, {.type =
                   [&](TypeEntry type) {
                     table = std::make_shared<Table>(description, shared_type(std::move(type)),
                                                     budget_, publisher_, now_());
                   },
               .changes = [&](std::string_view changes) { table->replay(changes); }});
  table->keep(std::move(log));
  tables_.emplace(TableKey{description.schema, description.name}, table);
  logs_.emplace(table, number);
  return table->read().size();
}

// The entry of that id, which is made when it is missing: a table may have got its type just before
// the server was killed.
std::shared_ptr<const TypeEntry> Catalog::shared_type(TypeEntry type) {
  auto& entry = types_[type.id];
  if (!entry) entry = std::make_shared<const TypeEntry>(std::move(type));
  return entry;
}

}  // namespace kc::server
