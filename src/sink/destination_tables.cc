#include "sink/destination_tables.h"

#include "base/error.h"
#include "base/finally.h"
#include "base/log.h"
#include "sink/table_columns.h"
#include "sink/table_evolution.h"

namespace kc::sink {

using base::Error;
using base::Reaction;

namespace {

// A table with many rows takes its time; the consumer group must not wait for ever.
constexpr std::chrono::milliseconds alter_timeout{30'000};
// When others alter the table as well.
constexpr int alter_attempts_max = 10;

}  // namespace

const kinetica::Table* DestinationTables::known(const std::string& name) const {
  const auto found = tables_.find(name);
  return found == tables_.end() ? nullptr : &found->second;
}

const kinetica::Table* DestinationTables::find_existing(const std::string& name) {
  if (const auto* table = known(name)) return table;
  auto found = find(name);
  if (found && found->is_collection) {
    throw Error(Reaction::fix_config,
                "{} is a collection, not a table; name the tables otherwise with "
                "kinetica.table_prefix or kinetica.dest_table_override",
                found->name);
  }
  return found ? &tables_.emplace(name, *std::move(found)).first->second : nullptr;
}

const kinetica::Table& DestinationTables::table(const std::string& name,
                                                const data::RecordBatch& batch, size_t index) {
  if (const auto* existing = find_existing(name)) return *existing;
  if (!config_.create_table) {
    throw Error(Reaction::fix_config,
                "Table {} does not exist and kinetica.create_table is false; create the table, "
                "or set kinetica.create_table=true",
                name);
  }
  auto created = client_.create_table(name, new_type(name, batch, index), config_.collection);
  base::log_info("Created table {} with {} columns for records of topic {}", created.name,
                 created.type.columns().size(), batch.records()[index].topic);
  return tables_.emplace(name, std::move(created)).first->second;
}

// Databases from 7.1 on know a table of a collection as collection.name, earlier ones by its name
// alone.
std::optional<kinetica::Table> DestinationTables::find(const std::string& name) {
  if (config_.collection.empty() || name.find('.') != std::string::npos) {
    return client_.find_table(name);
  }
  const std::string qualified = config_.collection + "." + name;
  if (auto found = client_.find_table(qualified)) return found;
  auto found = client_.find_table(name);
  // The same name in another schema is another table.
  if (found && found->name != name && found->name != qualified) return std::nullopt;
  return found;
}

wire::TableType DestinationTables::new_type(const std::string& name, const data::RecordBatch& batch,
                                            size_t index) const {
  const auto& records = batch.records();
  if (const data::Schema* schema = records[index].value_schema; schema != nullptr) {
    return table_type_of(*schema, decimals());
  }
  ColumnInference columns;
  columns.add(records[index].value, /*refuse_nested=*/true);
  for (size_t i = index + 1; i < records.size(); ++i) {
    const data::Record& record = records[i];
    if (record.value_schema != nullptr || record.value.kind() != data::Kind::map) continue;
    if (naming_.table_for(record) == name) columns.add(record.value, /*refuse_nested=*/false);
  }
  if (columns.empty()) {
    throw Error(Reaction::skip_record,
                "Table {} is missing, and the record has no field with a value to create it from",
                name);
  }
  return columns.table_type();
}

Decimals DestinationTables::decimals() const {
  return client_.release() >= kinetica::Release{7, 2} ? Decimals::sized : Decimals::plain;
}

const kinetica::Table& DestinationTables::read_again(const std::string& qualified) {
  auto found = client_.find_table(qualified);
  if (!found || found->is_collection) {
    throw Error(Reaction::fail_task,
                "Table {} is gone since this task has begun. Hint: restart the task", qualified);
  }
  const kinetica::Table* result = nullptr;
  for (auto& [name, table] : tables_) {  // it may go by several names
    if (table.name != qualified) continue;
    table.type_id = found->type_id;
    table.type = found->type;
    result = &table;
  }
  return *result;
}

const kinetica::Table& DestinationTables::evolve(const std::string& name,
                                                 const data::RecordBatch& batch) {
  const std::string qualified = tables_.at(name).name;
  std::string tried;  // in vain
  std::string answer;
  for (int attempt = 0; attempt < alter_attempts_max; ++attempt) {
    const kinetica::Table& table = read_again(qualified);
    const auto asked = changes(name, batch);
    if (asked.empty()) return table;
    const std::string text = describe(asked);
    if (text == tried) break;  // unlike when another task was faster
    tried = text;
    try {
      alter(table, asked);
      base::log_info("Altered table {}: {}", table.name, text);
      answer = "the database says that it is altered, and shows it as it was";
    } catch (const Error& error) {
      if (error.reaction() != Reaction::fail_task) throw;
      answer = error.what();
    }
  }
  throw Error(
      Reaction::fix_config,
      "Table {} cannot be altered as its records ask for ({}): {}. Hint: alter it yourself, "
      "or set kinetica.allow_schema_evolution=false",
      qualified, tried, answer);
}

std::vector<kinetica::ColumnChange> DestinationTables::changes(
    const std::string& name, const data::RecordBatch& batch) const {
  std::vector<const data::Record*> records;
  for (const data::Record& record : batch.records()) {
    const data::Kind kind = record.value.kind();
    if (kind != data::Kind::structure && kind != data::Kind::map) continue;
    if (naming_.table_for(record) == name) records.push_back(&record);
  }
  return changes_for(config_.evolution, tables_.at(name).type, records, decimals());
}

void DestinationTables::alter(const kinetica::Table& table,
                              const std::vector<kinetica::ColumnChange>& changes) {
  const base::Finally restore([this] { client_.set_timeout(timeout_); });
  client_.set_timeout(alter_timeout);
  client_.alter_columns(table.name, changes);
}

}  // namespace kc::sink
