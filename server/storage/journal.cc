#include "server/storage/journal.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "base/crc32c.h"
#include "base/error.h"
#include "base/log.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
namespace fs = std::filesystem;

// A name that is not UTF-8 must not keep everything else from being saved.
std::string text_of(const wire::Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, wire::Json::error_handler_t::replace);
}

std::string checksum(const wire::Json& catalog) {
  return fmt::format("{:08x}", base::crc32c(text_of(catalog)));
}

// Closes what it holds.
struct Descriptor {
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  int number;
};

void write_file(const std::string& path, std::string_view text) {
  const auto fail = [&] {
    throw Error(Reaction::fail_task, "Cannot write {}: {}", path, std::strerror(errno));
  };
  const Descriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
  if (file.number < 0) fail();
  while (!text.empty()) {
    const ssize_t written = ::write(file.number, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail();
    text.remove_prefix(static_cast<size_t>(written));
  }
  if (::fsync(file.number) != 0) fail();
}

}  // namespace

Journal::Journal(std::string folder, bool synced) : folder_(std::move(folder)), synced_(synced) {
  std::error_code error;
  fs::create_directories(folder_ + "/tables", error);
  if (error) {
    throw Error(Reaction::fix_config, "--data-dir {}: the folder cannot be made: {}", folder_,
                error.message());
  }
  lock();
  try {
    read_catalog();
  } catch (...) {
    ::close(lock_);
    throw;
  }
}

Journal::~Journal() { ::close(lock_); }

void Journal::lock() {
  const std::string path = folder_ + "/lock";
  lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_ < 0) {
    throw Error(Reaction::fix_config, "--data-dir {}: cannot open {}: {}", folder_, path,
                std::strerror(errno));
  }
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
  ::close(lock_);
  throw Error(Reaction::fix_config,
              "--data-dir {}: another server uses this folder. Hint: stop it, or give each server "
              "a folder of its own",
              folder_);
}

void Journal::read_catalog() {
  const std::string path = folder_ + "/catalog.json";
  std::error_code error;
  if (!fs::exists(path, error)) {
    if (fs::is_empty(folder_ + "/tables", error)) return;
    throw Error(Reaction::fix_config,
                "--data-dir {}: there are tables but no catalog.json. Hint: put it back from a "
                "backup, or empty the folder",
                folder_);
  }
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const auto json = wire::Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!stream || !json.is_object() || !json.contains("catalog") ||
      json.value("crc32c", "") != checksum(json["catalog"])) {
    throw Error(Reaction::fix_config,
                "{} is damaged: its checksum is wrong. Hint: put it back from a backup", path);
  }
  catalog_ = json["catalog"];
}

void Journal::save_catalog(wire::Json catalog) {
  const std::string path = folder_ + "/catalog.json";
  const std::string next = path + ".new";
  const wire::Json file = {{"crc32c", checksum(catalog)}, {"catalog", catalog}};
  write_file(next, text_of(file, 1) + "\n");
  if (std::rename(next.c_str(), path.c_str()) != 0) {
    throw Error(Reaction::fail_task, "Cannot replace {}: {}", path, std::strerror(errno));
  }
  catalog_ = std::move(catalog);
  sync_folder(folder_);
}

std::string Journal::table_path(uint64_t number) const {
  return fmt::format("{}/tables/{}.log", folder_, number);
}

std::unique_ptr<TableLog> Journal::create_table(uint64_t number, const TypeEntry& type) {
  auto log = TableLog::create(table_path(number), type, synced_);
  sync_folder(folder_ + "/tables");
  return log;
}

std::unique_ptr<TableLog> Journal::open_table(uint64_t number, const TableLog::Visitor& visitor) {
  return TableLog::open(table_path(number), synced_, visitor);
}

void Journal::remove_table(uint64_t number) noexcept {
  const std::string path = table_path(number);
  if (std::remove(path.c_str()) != 0) {
    base::log_warn("Cannot remove {}: {}", path, std::strerror(errno));
  }
}

void Journal::remove_tables_except(const std::set<uint64_t>& known) {
  std::set<std::string> kept;
  for (const uint64_t number : known) kept.insert(table_path(number));
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_ + "/tables", error)) {
    if (kept.contains(entry.path())) continue;
    base::log_info("{} belongs to no table and is removed", entry.path().string());
    fs::remove(entry.path(), error);
  }
}

}  // namespace kc::server
