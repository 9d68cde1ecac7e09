// The folder of --data-dir: what the catalogue was last, and a log for each table.
//
//   lock               held by the server that uses the folder
//   catalog.json       {"crc32c": of the text of "catalog", "catalog": ...}, replaced as a whole
//   tables/NUMBER.log  a TableLog; numbers are never used twice
//   *.new              a replacement that was not finished; removed at the start
//
// What a call has written survives the end of the process, however it ends. A power cut may take
// the changes of the last seconds unless `synced`.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>

#include "server/storage/table_log.h"
#include "wire/message_json.h"

namespace kc::server {

// Not thread-safe but for create_table(); the catalogue's lock guards it. Outlives its logs.
class Journal {
 public:
  // Makes the folder when it is missing. Throws Error(fix_config) when it cannot be used, another
  // server uses it, or the catalogue is damaged.
  Journal(std::string folder, bool synced);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // As it was saved last; null in a new folder.
  const wire::Json& catalog() const { return catalog_; }
  // Throws Error(fail_task), with the old one kept, when the disk is full or fails.
  void save_catalog(wire::Json catalog);

  // Throws Error(fail_task).
  std::unique_ptr<TableLog> create_table(uint64_t number, const TypeEntry& type);
  // Throws Error(fix_config).
  std::unique_ptr<TableLog> open_table(uint64_t number, const TableLog::Visitor& visitor);
  void remove_table(uint64_t number) noexcept;
  // Removes the logs of all tables but these: tables that were being created or dropped when the
  // server was killed.
  void remove_tables_except(const std::set<uint64_t>& known);

 private:
  void lock();
  void read_catalog();
  std::string table_path(uint64_t number) const;

  const std::string folder_;
  const bool synced_;
  int lock_ = -1;
  wire::Json catalog_;
};

}  // namespace kc::server
