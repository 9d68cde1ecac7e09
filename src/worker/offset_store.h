// Source offsets by connector and source partition, kept in offset.storage.file.filename in stock
// Connect's format (a Java-serialised HashMap of JSON keys and values), so that a user can come
// from the JVM worker and go back.
//
//   key   ["connector",{source partition}]      value   {source offset}, or Java null for one that
//   was reset
//
// Unlike stock Connect the file is replaced atomically (temporary file, fsync, rename), and a
// damaged one stops the start-up instead of meaning "no offsets". Any thread.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/guarded.h"
#include "connect/source_task.h"

namespace kc::worker {

// Where a connector is in one of its partitions. Both are compact JSON objects.
struct PartitionOffset {
  std::string partition;
  std::optional<std::string> offset;  // nothing: there is none, or it is to be forgotten
  bool operator==(const PartitionOffset&) const = default;
};

class OffsetStore {
 public:
  // Reads the file; a missing one has no offsets. Throws Error(fix_config) naming a file that
  // cannot be read or is damaged.
  explicit OffsetStore(std::filesystem::path file);

  // `partition` and the result are compact JSON objects; partitions are compared as parsed JSON.
  std::optional<std::string> get(const std::string& connector, std::string_view partition) const;

  // Remembers `offsets` (partition -> offset, both compact JSON) and writes the file when anything
  // changed. Throws Error(retry) naming the file when it cannot be written; the offsets are then
  // remembered and written with the next call.
  void put(const std::string& connector, const std::map<std::string, std::string>& offsets);

  // Every partition of the connector that has an offset.
  std::vector<PartitionOffset> list(const std::string& connector) const;
  // As put(). A forgotten offset stays in the file as null, as stock Connect has it.
  void alter(const std::string& connector, const std::vector<PartitionOffset>& offsets);

 private:
  struct Entries {
    // Canonical key text (members sorted) -> the key's text as found or first written, and the
    // value.
    std::map<std::string, std::pair<std::string, std::optional<std::string>>> by_key;
    bool dirty = false;
  };
  static void set(Entries& entries, const std::string& connector, const std::string& partition,
                  const std::optional<std::string>& offset);
  void write_changes(Entries& entries) const;
  void write(const Entries& entries) const;

  std::filesystem::path file_;
  base::Guarded<Entries> entries_;
};

// The part of an OffsetStore that belongs to one connector.
class ConnectorOffsets : public connect::OffsetReader {
 public:
  ConnectorOffsets(OffsetStore& store, std::string connector)
      : store_(store), connector_(std::move(connector)) {}
  std::optional<std::string> offset(std::string_view source_partition) const override {
    return store_.get(connector_, source_partition);
  }
  void put(const std::map<std::string, std::string>& offsets) { store_.put(connector_, offsets); }

 private:
  OffsetStore& store_;
  std::string connector_;
};

}  // namespace kc::worker
