// What records without value do with kinetica.delete_enabled=true: each deletes the row whose
// primary key is the record's key.
//
//   prepare(record) for all of a batch, which may find the database away; then take(record)
//
// Their tables follow from topics alone (see validate_sink). One thread.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "data/record.h"
#include "sink/destination_tables.h"
#include "sink/key_plan.h"
#include "sink/table_naming.h"
#include "sink/table_writer.h"

namespace kc::sink {

class Tombstones {
 public:
  // All three outlive it.
  Tombstones(DestinationTables& tables, const TableNaming& naming, TableWriter& writer)
      : tables_(tables), naming_(naming), writer_(writer) {}

  // Tables that were missing are looked for again.
  void begin_batch() { missing_.clear(); }
  // Throws Error(retry) when the database is away, Error(fix_config) when the record's table is a
  // collection.
  void prepare(const data::Record& record);
  // From a table that is missing nothing is deleted. Throws Error(skip_record) when the table has
  // no primary key, or the record none that is the table's.
  void take(const data::Record& record);
  // The table's type is another one.
  void retarget(const TableWriter::Table& table);

 private:
  struct Destination {
    TableWriter::Table* table;
    std::unique_ptr<KeyPlan> plan;  // nullptr: the table has no primary key
  };
  std::unique_ptr<KeyPlan> plan_for(TableWriter::Table& table);
  const kinetica::Table* find_table(const std::string& name, const data::Record& record);

  DestinationTables& tables_;
  const TableNaming& naming_;
  TableWriter& writer_;
  std::map<std::string, Destination, std::less<>> topics_;
  std::set<std::string> missing_;   // while a batch is prepared
  std::set<std::string> reported_;  // missing, and the log says so
};

}  // namespace kc::sink
