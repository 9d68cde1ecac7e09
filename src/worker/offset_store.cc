#include "worker/offset_store.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/atomic_file.h"
#include "base/error.h"
#include "base/log.h"
#include "worker/java_hash_map.h"

namespace kc::worker {
namespace {

using base::Error;
using base::Reaction;
using nlohmann::json;

// nlohmann::json keeps members sorted, which makes its text canonical.
std::string canonical_key(const std::string& connector, std::string_view partition) {
  return json::array({connector, json::parse(partition)}).dump();
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string data{std::istreambuf_iterator<char>(in), {}};
  if (!in) {
    throw Error(Reaction::fix_config, "offset.storage.file.filename = {}: cannot be read ({})",
                file.string(), std::strerror(errno));
  }
  return data;
}

}  // namespace

OffsetStore::OffsetStore(std::filesystem::path file) : file_(std::move(file)) {
  std::error_code error;
  if (!std::filesystem::exists(file_, error)) return;
  if (std::filesystem::is_directory(file_, error)) {
    throw Error(Reaction::fix_config,
                "offset.storage.file.filename = {}: is a folder; name a file in it",
                file_.string());
  }
  const std::string data = read_file(file_);
  if (data.empty()) return;  // as touch(1) leaves it
  Entries entries;
  try {
    for (auto& [key, value] : read_java_hash_map(data)) {
      if (key) entries.by_key[json::parse(*key).dump()] = {*key, std::move(value)};
    }
  } catch (const std::exception& reason) {
    throw Error(Reaction::fix_config,
                "offset.storage.file.filename = {}: {}. Restore the file from a backup, or remove "
                "it to start without source offsets",
                file_.string(), reason.what());
  }
  entries_.with([&](Entries& mine) { mine = std::move(entries); });
}

std::optional<std::string> OffsetStore::get(const std::string& connector,
                                            std::string_view partition) const {
  const std::string key = canonical_key(connector, partition);
  return entries_.with([&](const Entries& entries) -> std::optional<std::string> {
    const auto found = entries.by_key.find(key);
    if (found == entries.by_key.end()) return std::nullopt;
    return found->second.second;
  });
}

void OffsetStore::put(const std::string& connector,
                      const std::map<std::string, std::string>& offsets) {
  entries_.with([&](Entries& entries) {
    for (const auto& [partition, offset] : offsets) set(entries, connector, partition, offset);
    write_changes(entries);
  });
}

void OffsetStore::alter(const std::string& connector, const std::vector<PartitionOffset>& offsets) {
  entries_.with([&](Entries& entries) {
    for (const auto& [partition, offset] : offsets) set(entries, connector, partition, offset);
    write_changes(entries);
  });
}

std::vector<PartitionOffset> OffsetStore::list(const std::string& connector) const {
  return entries_.with([&](const Entries& entries) {
    std::vector<PartitionOffset> offsets;
    for (const auto& [canonical, entry] : entries.by_key) {
      if (!entry.second) continue;
      // As it stands in the file: the members in the order in which they were written.
      const auto key = nlohmann::ordered_json::parse(entry.first);
      if (key.size() != 2 || key[0] != connector) continue;
      offsets.push_back({key[1].dump(), entry.second});
    }
    return offsets;
  });
}

void OffsetStore::set(Entries& entries, const std::string& connector, const std::string& partition,
                      const std::optional<std::string>& offset) {
  const std::string key = canonical_key(connector, partition);
  if (!offset && !entries.by_key.contains(key)) return;
  // A new key is written as Connect writes it: the members in the connector's order.
  auto [entry, added] = entries.by_key.try_emplace(
      key, fmt::format("[{},{}]", json(connector).dump(), partition), std::nullopt);
  if (!added && entry->second.second == offset) return;
  entry->second.second = offset;
  entries.dirty = true;
}

void OffsetStore::write_changes(Entries& entries) const {
  if (!entries.dirty) return;
  write(entries);
  entries.dirty = false;
}

void OffsetStore::write(const Entries& entries) const {
  std::vector<ByteEntry> list;
  list.reserve(entries.by_key.size());
  for (const auto& [canonical, entry] : entries.by_key) {
    list.emplace_back(entry.first, entry.second);
  }
  if (const auto error = base::replace_file(file_, write_java_hash_map(list))) {
    throw Error(
        Reaction::retry,
        "offset.storage.file.filename = {}: cannot be written ({}); the offsets are kept in "
        "memory and written with the next commit",
        file_.string(), error.message());
  }
}

}  // namespace kc::worker
