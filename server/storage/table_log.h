// What --data-dir keeps of one table: its type and every change of its rows since, in one LogFile.
//
//   first frame, kind 1 = JSON {"format": 1, "type": ...}
//   others, kind 2      = { change }; all of a frame's changes are made together
//   change = place long [key bytes, row bytes]                 (as Avro writes them)
//   place  = 0: a row after the last one | n > 0: in the place of row n - 1
//          | n < 0: row -n - 1 goes, and nothing follows
//
// Rows are numbered from 0 in the order they came, those that went included. Keys are stored as
// RowProgram makes them, so that starting need not make them again: another way to make them needs
// another format number.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "server/catalog/type_entry.h"
#include "server/storage/log_file.h"
#include "wire/avro.h"

namespace kc::server {

// Changes of a table's rows on their way to its log.
class RowChanges {
 public:
  void append(std::string_view key, std::string_view row) { put(0, key, row); }
  void replace(uint32_t number, std::string_view key, std::string_view row) {
    put(int64_t{number} + 1, key, row);
  }
  void erase(uint32_t number);
  const std::string& bytes() const { return bytes_; }
  void clear();

 private:
  void put(int64_t place, std::string_view key, std::string_view row);
  std::string bytes_;
};

// One of them as it is read.
struct RowChange {
  enum class Kind { append, replace, erase } kind;
  uint32_t number;  // not of append
  std::string_view key;
  std::string_view row;
};
// In their order. Throws Error(fix_config) when the bytes are not RowChanges::bytes().
class RowChangeReader {
 public:
  explicit RowChangeReader(std::string_view bytes) : reader_(bytes) {}
  bool at_end() const { return reader_.at_end(); }
  RowChange next();

 private:
  wire::AvroReader reader_;
};

// Not thread-safe; the table's lock guards it.
class TableLog {
 public:
  // What is found in the log: first the type, then the changes of each frame. Both may throw.
  struct Visitor {
    std::function<void(TypeEntry)> type;
    std::function<void(std::string_view changes)> changes;
  };

  // Throws Error(fail_task). `synced` as in LogFile.
  static std::unique_ptr<TableLog> create(const std::string& path, const TypeEntry& type,
                                          bool synced);
  // Throws Error(fix_config) naming the file when it is damaged or not such a log.
  static std::unique_ptr<TableLog> open(const std::string& path, bool synced,
                                        const Visitor& visitor);

  // Empty, to be filled with what write() writes: all or, when it throws Error(fail_task), nothing.
  RowChanges& begin_changes();
  void write();
  uint64_t bytes() const { return file_.bytes(); }

  // The log written anew, in a file beside it that takes its place when it is whole. A replacement
  // that is not committed leaves the log as it was. All throw Error(fail_task).
  class Replacement {
   public:
    Replacement(TableLog& log, const TypeEntry& type);
    ~Replacement();
    Replacement(const Replacement&) = delete;
    Replacement& operator=(const Replacement&) = delete;

    // Rows are numbered anew.
    void append(std::string_view key, std::string_view row);
    // Waits for the disk.
    void commit();

   private:
    TableLog& log_;
    LogFile file_;
    RowChanges changes_;
    bool committed_ = false;
  };

 private:
  TableLog(LogFile file, bool synced) : file_(std::move(file)), synced_(synced) {}

  LogFile file_;
  const bool synced_;
  RowChanges changes_;
};

}  // namespace kc::server
