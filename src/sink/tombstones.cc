#include "sink/tombstones.h"

#include "base/error.h"
#include "base/log.h"

namespace kc::sink {

using base::Error;
using base::Reaction;

void Tombstones::prepare(const data::Record& record) {
  if (topics_.contains(record.topic)) return;
  const kinetica::Table* const found = find_table(naming_.table_for(record), record);
  if (found == nullptr) return;
  TableWriter::Table& table = writer_.table(*found);
  topics_.emplace(std::string(record.topic), Destination{&table, plan_for(table)});
}

std::unique_ptr<KeyPlan> Tombstones::plan_for(TableWriter::Table& table) {
  auto key = writer_.primary_key(table);
  return key == nullptr ? nullptr : std::make_unique<KeyPlan>(table.name(), std::move(key));
}

const kinetica::Table* Tombstones::find_table(const std::string& name, const data::Record& record) {
  const kinetica::Table* table = tables_.known(name);
  if (table != nullptr || missing_.contains(name)) return table;
  table = tables_.find_existing(name);
  if (table != nullptr) return table;
  missing_.insert(name);
  if (reported_.insert(name).second) {
    base::log_warn("Records without value of topic {} delete nothing: table {} does not exist yet",
                   record.topic, name);
  }
  return nullptr;
}

void Tombstones::take(const data::Record& record) {
  const auto found = topics_.find(record.topic);
  if (found == topics_.end()) return;
  auto& [table, plan] = found->second;
  if (plan == nullptr) {
    throw Error(Reaction::skip_record,
                "Record without value deletes no row of table {} (topic {}, partition {}, "
                "offset {}): the table has no primary key. Hint: create it with one, or set "
                "kinetica.delete_enabled=false",
                table->name(), record.topic, record.partition, record.offset);
  }
  writer_.delete_row(*table, plan->encode(record), record);
}

void Tombstones::retarget(const TableWriter::Table& table) {
  for (auto& [topic, destination] : topics_) {
    if (destination.table == &table) destination.plan = plan_for(*destination.table);
  }
}

}  // namespace kc::sink
