// The tables that records go to: found in the database, or created there, once each, and altered
// when records ask for that.
//
// One thread. Calls block for a few requests to the database when a table is new or altered.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/record.h"
#include "kinetica/client.h"
#include "sink/decimal_column.h"
#include "sink/sink_config.h"
#include "sink/table_naming.h"

namespace kc::sink {

class DestinationTables {
 public:
  // All three outlive this. `timeout` is the client's.
  DestinationTables(kinetica::Client& client, std::chrono::milliseconds timeout,
                    const SinkConfig& config, const TableNaming& naming)
      : client_(client), timeout_(timeout), config_(config), naming_(naming) {}

  // The table `name` for the record at `index` of `batch`. If it has to be created, its columns
  // come from the record's schema, or from the fields of all schemaless records of the batch, from
  // this one on, that go there. Valid as long as this. Throws Error(retry) when the database is
  // away; Error(skip_record) when the record gives no columns; Error(fix_config) when the table is
  // missing and must not be created, or is a collection.
  const kinetica::Table& table(const std::string& name, const data::RecordBatch& batch,
                               size_t index);

  // The table, when table() or find_existing() has given it before; else nullptr.
  const kinetica::Table* known(const std::string& name) const;
  // nullptr when there is none. Valid and throwing as table(), which creates it.
  const kinetica::Table* find_existing(const std::string& name);

  // Reads a known table's type again; `qualified` as Table::name has it. Throws Error(retry) when
  // the database is away, Error(fail_task) when the table is gone.
  const kinetica::Table& read_again(const std::string& qualified);

  // Alters a known table so that it takes all records of `batch` that go there, as far as the rules
  // of evolution allow; it may have been altered by others meanwhile. Its rows should not be on
  // their way. Throws Error(retry) when the database is away, or has not answered in time;
  // Error(fix_config) with the database's words when it refuses.
  const kinetica::Table& evolve(const std::string& name, const data::RecordBatch& batch);

 private:
  std::optional<kinetica::Table> find(const std::string& name);
  wire::TableType new_type(const std::string& name, const data::RecordBatch& batch,
                           size_t index) const;
  std::vector<kinetica::ColumnChange> changes(const std::string& name,
                                              const data::RecordBatch& batch) const;
  void alter(const kinetica::Table& table, const std::vector<kinetica::ColumnChange>& changes);
  Decimals decimals() const;

  kinetica::Client& client_;
  const std::chrono::milliseconds timeout_;
  const SinkConfig& config_;
  const TableNaming& naming_;
  std::map<std::string, kinetica::Table> tables_;
};

}  // namespace kc::sink
