#include "server/storage/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/crc32c.h"
#include "base/error.h"
#include "base/log.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

static_assert(std::endian::native == std::endian::little, "numbers are written as they stand");

constexpr size_t read_bytes = size_t{8} << 20;

struct Head {
  uint32_t payload_bytes;
  uint32_t kind;
  uint32_t payload_crc;
  uint32_t head_crc;

  uint32_t own_crc() const {
    return base::crc32c({reinterpret_cast<const char*>(this), offsetof(Head, head_crc)});
  }
};
static_assert(sizeof(Head) == 16);

[[noreturn]] void fail(Reaction reaction, const char* what, const std::string& path) {
  throw Error(reaction, "Cannot {} {}: {}", what, path, std::strerror(errno));
}

// Frames one after the other, read in large pieces.
class FrameReader {
 public:
  FrameReader(std::string path, int descriptor, uint64_t file_bytes)
      : path_(std::move(path)), descriptor_(descriptor), file_bytes_(file_bytes) {}

  // Nothing at the end, or where an unfinished frame begins.
  std::optional<LogFile::Frame> next() {
    const uint64_t left = file_bytes_ - offset_;
    if (left < sizeof(Head)) return std::nullopt;
    Head head;
    std::memcpy(&head, bytes(sizeof head).data(), sizeof head);
    if (head.head_crc != head.own_crc()) {
      if (only_zeros_left()) return std::nullopt;
      damaged();
    }
    const size_t frame_bytes = sizeof head + head.payload_bytes;
    if (frame_bytes > left) return std::nullopt;
    const std::string_view payload = bytes(frame_bytes).substr(sizeof head);
    if (base::crc32c(payload) != head.payload_crc) damaged();
    const uint64_t offset = std::exchange(offset_, offset_ + frame_bytes);
    begin_ += frame_bytes;
    return LogFile::Frame{head.kind, payload, offset};
  }
  uint64_t offset() const { return offset_; }

 private:
  // The next `count` bytes, which the file has.
  std::string_view bytes(size_t count) {
    if (end_ - begin_ < count) {
      buffer_.resize(
          std::max({buffer_.size(), count, std::min<uint64_t>(file_bytes_, read_bytes)}));
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= std::exchange(begin_, 0);
    }
    while (end_ - begin_ < count) {
      const ssize_t got = ::read(descriptor_, buffer_.data() + end_, buffer_.size() - end_);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail(Reaction::fix_config, "read", path_);
      if (got == 0) throw Error(Reaction::fix_config, "{} became shorter while it was read", path_);
      end_ += static_cast<size_t>(got);
    }
    return {buffer_.data() + begin_, count};
  }

  // What a machine that lost its power may leave of a file that was growing.
  bool only_zeros_left() {
    for (uint64_t left = file_bytes_ - offset_; left > 0;) {
      const auto piece = bytes(std::min<uint64_t>(left, read_bytes));
      if (piece.find_first_not_of('\0') != std::string_view::npos) return false;
      begin_ += piece.size();
      left -= piece.size();
    }
    return true;
  }

  [[noreturn]] void damaged() const {
    throw Error(Reaction::fix_config,
                "{} is damaged at byte {} of {}: the checksum is wrong. Hint: put the file back "
                "from a backup; or, to give up this and everything after it, cut the file there: "
                "truncate -s {} {}",
                path_, offset_, file_bytes_, offset_, path_);
  }

  const std::string path_;
  const int descriptor_;
  const uint64_t file_bytes_;
  uint64_t offset_ = 0;  // of the next frame
  std::vector<char> buffer_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace

LogFile LogFile::create(std::string path, bool synced) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) fail(Reaction::fail_task, "create", path);
  return {std::move(path), descriptor, synced};
}

LogFile LogFile::open(std::string path, bool synced,
                      const std::function<void(const Frame&)>& take) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (descriptor < 0) fail(Reaction::fix_config, "open", path);
  LogFile file(path, descriptor, synced);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) fail(Reaction::fix_config, "look at", path);
  const auto bytes = static_cast<uint64_t>(status.st_size);
  FrameReader reader(path, descriptor, bytes);
  while (const auto frame = reader.next()) take(*frame);
  file.bytes_ = reader.offset();
  if (file.bytes_ < bytes) {
    base::log_warn(
        "{} ends in {} bytes of a change that was not written to its end, so nobody was told that "
        "it is done; they are cut off at byte {}",
        path, bytes - file.bytes_, file.bytes_);
    if (::ftruncate(descriptor, static_cast<off_t>(file.bytes_)) != 0) {
      fail(Reaction::fix_config, "cut", path);
    }
  }
  return file;
}

LogFile::LogFile(LogFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      synced_(other.synced_),
      broken_(other.broken_),
      bytes_(other.bytes_) {}

LogFile& LogFile::operator=(LogFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(synced_, other.synced_);
  std::swap(broken_, other.broken_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

LogFile::~LogFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void LogFile::append(uint32_t kind, std::string_view payload) {
  if (broken_) {
    throw Error(Reaction::fail_task,
                "{} takes no more changes since a write failed. Hint: restart the server", path_);
  }
  if (payload.size() > std::numeric_limits<uint32_t>::max()) {
    throw Error(Reaction::fail_task,
                "A change of {} bytes is too large to be written at once: at most {} are. Hint: "
                "change the rows in parts",
                payload.size(), std::numeric_limits<uint32_t>::max());
  }
  Head head{static_cast<uint32_t>(payload.size()), kind, base::crc32c(payload), 0};
  head.head_crc = head.own_crc();
  std::array<iovec, 2> parts{iovec{&head, sizeof head},
                             iovec{const_cast<char*>(payload.data()), payload.size()}};
  const size_t frame_bytes = sizeof head + payload.size();
  for (size_t written = 0; written < frame_bytes;) {
    // Part of a frame is written only when the disk is full or a signal comes.
    size_t skipped = written;
    auto left = parts;
    for (auto& part : left) {
      const size_t skip = std::min(skipped, part.iov_len);
      part.iov_base = static_cast<char*>(part.iov_base) + skip;
      part.iov_len -= skip;
      skipped -= skip;
    }
    const ssize_t got = ::pwritev(descriptor_, left.data(), static_cast<int>(left.size()),
                                  static_cast<off_t>(bytes_ + written));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) take_back();
    written += static_cast<size_t>(got);
  }
  if (synced_ && ::fdatasync(descriptor_) != 0) take_back();
  bytes_ += frame_bytes;
}

// Cuts off what was written of a frame, and throws.
void LogFile::take_back() {
  const int reason = errno;
  broken_ = ::ftruncate(descriptor_, static_cast<off_t>(bytes_)) != 0;
  throw Error(Reaction::fail_task, "Cannot write to {}, nothing is changed: {}{}", path_,
              std::strerror(reason), reason == ENOSPC ? ". Hint: make room on the disk" : "");
}

void LogFile::sync() {
  if (::fdatasync(descriptor_) != 0) fail(Reaction::fail_task, "write", path_);
}

void LogFile::rename(std::string path) {
  if (std::rename(path_.c_str(), path.c_str()) != 0) fail(Reaction::fail_task, "rename", path_);
  path_ = std::move(path);
}

void sync_folder(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0 || ::fsync(descriptor) != 0) {
    base::log_warn("Cannot write {} to the disk, a power cut may undo its last change: {}", path,
                   std::strerror(errno));
  }
  if (descriptor >= 0) ::close(descriptor);
}

}  // namespace kc::server
