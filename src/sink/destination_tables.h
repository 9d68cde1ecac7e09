// The tables that records go to: found in the database, or created there, once each.
//
// One thread. Calls block for one or two requests to the database when a table is new.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "data/record.h"
#include "kinetica/client.h"
#include "sink/sink_config.h"
#include "sink/table_naming.h"

namespace kc::sink {

class DestinationTables {
 public:
  // All three outlive this.
  DestinationTables(kinetica::Client& client, const SinkConfig& config, const TableNaming& naming)
      : client_(client), config_(config), naming_(naming) {}

  // The table `name` for the record at `index` of `batch`. If it has to be created, its columns
  // come from the record's schema, or from the fields of all schemaless records of the batch, from
  // this one on, that go there. Valid as long as this. Throws Error(retry) when the database is
  // away; Error(skip_record) when the record gives no columns; Error(fix_config) when the table is
  // missing and must not be created, or is a collection.
  const kinetica::Table& table(const std::string& name, const data::RecordBatch& batch,
                               size_t index);

 private:
  std::optional<kinetica::Table> find(const std::string& name);
  wire::TableType new_type(const std::string& name, const data::RecordBatch& batch,
                           size_t index) const;

  kinetica::Client& client_;
  const SinkConfig& config_;
  const TableNaming& naming_;
  std::map<std::string, kinetica::Table> tables_;
};

}  // namespace kc::sink
