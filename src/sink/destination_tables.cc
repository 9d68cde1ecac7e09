#include "sink/destination_tables.h"

#include "base/error.h"
#include "base/log.h"
#include "sink/table_columns.h"

namespace kc::sink {

using base::Error;
using base::Reaction;

const kinetica::Table& DestinationTables::table(const std::string& name,
                                                const data::RecordBatch& batch, size_t index) {
  if (const auto known = tables_.find(name); known != tables_.end()) return known->second;
  auto found = find(name);
  if (found && found->is_collection) {
    throw Error(Reaction::fix_config,
                "{} is a collection, not a table; name the tables otherwise with "
                "kinetica.table_prefix or kinetica.dest_table_override",
                found->name);
  }
  if (!found) {
    if (!config_.create_table) {
      throw Error(Reaction::fix_config,
                  "Table {} does not exist and kinetica.create_table is false; create the table, "
                  "or set kinetica.create_table=true",
                  name);
    }
    found = client_.create_table(name, new_type(name, batch, index), config_.collection);
    base::log_info("Created table {} with {} columns for records of topic {}", found->name,
                   found->type.columns().size(), batch.records()[index].topic);
  }
  return tables_.emplace(name, *std::move(found)).first->second;
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
    const bool sized_decimals = client_.release() >= kinetica::Release{7, 2};
    return table_type_of(*schema, sized_decimals ? Decimals::sized : Decimals::plain);
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

}  // namespace kc::sink
