#include "server/storage/table_log.h"

#include <cstdio>
#include <filesystem>
#include <limits>
#include <utility>

#include "base/error.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

constexpr int format = 1;
constexpr uint32_t head_kind = 1;
constexpr uint32_t changes_kind = 2;
constexpr size_t replacement_frame_bytes = size_t{4} << 20;
constexpr size_t kept_bytes_max = size_t{16} << 20;

LogFile create_file(const std::string& path, const TypeEntry& type, bool synced) {
  LogFile file = LogFile::create(path, synced);
  const wire::Json head = {{"format", format}, {"type", to_json(type)}};
  file.append(head_kind, head.dump(-1, ' ', false, wire::Json::error_handler_t::replace));
  return file;
}

TypeEntry read_head(const LogFile::Frame& frame) {
  const auto json = wire::Json::parse(frame.payload, nullptr, /*allow_exceptions=*/false);
  if (frame.kind != head_kind || !json.is_object() || !json.contains("type")) {
    throw Error(Reaction::fix_config, "it does not begin with a table's type");
  }
  if (const auto found = json.value("format", 0); found != format) {
    throw Error(Reaction::fix_config,
                "it has format {}, and this program reads format {}. Hint: use the program that "
                "wrote it",
                found, format);
  }
  return type_entry_from_json(json["type"]);
}

}  // namespace

void RowChanges::put(int64_t place, std::string_view key, std::string_view row) {
  wire::AvroWriter writer(bytes_);
  writer.write_long(place);
  writer.write_bytes(key);
  writer.write_bytes(row);
}

void RowChanges::erase(uint32_t number) {
  wire::AvroWriter(bytes_).write_long(-int64_t{number} - 1);
}

void RowChanges::clear() {
  if (bytes_.capacity() > kept_bytes_max) std::string().swap(bytes_);
  bytes_.clear();
}

RowChange RowChangeReader::next() {
  using enum RowChange::Kind;
  const int64_t place = reader_.read_long();
  constexpr int64_t number_max = std::numeric_limits<uint32_t>::max();
  if (place > number_max || place < -number_max) {
    throw Error(Reaction::fix_config, "there is no row {}", place);
  }
  if (place < 0) return {erase, static_cast<uint32_t>(-place - 1), {}, {}};
  const std::string_view key = reader_.read_bytes();
  const std::string_view row = reader_.read_bytes();
  if (place == 0) return {append, 0, key, row};
  return {replace, static_cast<uint32_t>(place - 1), key, row};
}

std::unique_ptr<TableLog> TableLog::create(const std::string& path, const TypeEntry& type,
                                           bool synced) {
  return std::unique_ptr<TableLog>(new TableLog(create_file(path, type, synced), synced));
}

std::unique_ptr<TableLog> TableLog::open(const std::string& path, bool synced,
                                         const Visitor& visitor) {
  bool has_head = false;
  const auto take = [&](const LogFile::Frame& frame) {
    if (!std::exchange(has_head, true)) {
      visitor.type(read_head(frame));
    } else if (frame.kind == changes_kind) {
      visitor.changes(frame.payload);
    } else {
      throw Error(Reaction::fix_config, "there is no frame of kind {}", frame.kind);
    }
  };
  auto file = LogFile::open(path, synced, [&](const LogFile::Frame& frame) {
    try {
      take(frame);
    } catch (const Error& e) {
      throw Error(Reaction::fix_config, "{} cannot be loaded at byte {}: {}", path, frame.offset,
                  e.what());
    }
  });
  if (!has_head) {
    throw Error(Reaction::fix_config,
                "{} is empty. Hint: put the file back from a backup, or remove it and its table's "
                "entry in catalog.json",
                path);
  }
  return std::unique_ptr<TableLog>(new TableLog(std::move(file), synced));
}

RowChanges& TableLog::begin_changes() {
  changes_.clear();
  return changes_;
}

void TableLog::write() { file_.append(changes_kind, changes_.bytes()); }

TableLog::Replacement::Replacement(TableLog& log, const TypeEntry& type)
    : log_(log), file_(create_file(log.file_.path() + ".new", type, log.synced_)) {}

TableLog::Replacement::~Replacement() {
  if (!committed_) std::remove(file_.path().c_str());
}

void TableLog::Replacement::append(std::string_view key, std::string_view row) {
  changes_.append(key, row);
  if (changes_.bytes().size() < replacement_frame_bytes) return;
  file_.append(changes_kind, changes_.bytes());
  changes_.clear();
}

void TableLog::Replacement::commit() {
  if (!changes_.bytes().empty()) file_.append(changes_kind, changes_.bytes());
  file_.sync();
  std::string path = log_.file_.path();
  const std::string folder = std::filesystem::path(path).parent_path();
  file_.rename(path);
  // From here on nothing fails: it has happened.
  committed_ = true;
  log_.file_ = std::move(file_);
  sync_folder(folder);
}

}  // namespace kc::server
