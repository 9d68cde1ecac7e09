#include "worker/offset_store.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

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

[[noreturn]] void cannot_write(const std::filesystem::path& file) {
  throw Error(Reaction::retry,
              "offset.storage.file.filename = {}: cannot be written ({}); the offsets are kept in "
              "memory and written with the next commit",
              file.string(), std::strerror(errno));
}

void write_and_sync(const std::filesystem::path& file, std::string_view data) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) cannot_write(file);
  while (!data.empty()) {
    const ssize_t written = ::write(descriptor, data.data(), data.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      ::close(descriptor);
      cannot_write(file);
    }
    data.remove_prefix(static_cast<size_t>(written));
  }
  const bool synced = ::fsync(descriptor) == 0;
  if (::close(descriptor) != 0 || !synced) cannot_write(file);
}

}  // namespace

OffsetStore::OffsetStore(std::filesystem::path file) : file_(std::move(file)) {
  std::error_code error;
  if (!std::filesystem::exists(file_, error)) return;
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
    for (const auto& [partition, offset] : offsets) {
      const std::string key = canonical_key(connector, partition);
      // A new key is written as Connect writes it: the members in the connector's order.
      auto [entry, added] = entries.by_key.try_emplace(
          key, fmt::format("[{},{}]", json(connector).dump(), partition), std::nullopt);
      if (!added && entry->second.second == offset) continue;
      entry->second.second = offset;
      entries.dirty = true;
    }
    if (!entries.dirty) return;
    write(entries);
    entries.dirty = false;
  });
}

void OffsetStore::write(const Entries& entries) const {
  std::vector<ByteEntry> list;
  list.reserve(entries.by_key.size());
  for (const auto& [canonical, entry] : entries.by_key) {
    list.emplace_back(entry.first, entry.second);
  }
  std::filesystem::path temporary = file_;
  temporary += ".tmp";
  write_and_sync(temporary, write_java_hash_map(list));
  if (std::rename(temporary.c_str(), file_.c_str()) != 0) cannot_write(file_);
}

}  // namespace kc::worker
