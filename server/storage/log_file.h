// An append-only file of checksummed frames, as --data-dir keeps for each table. One writer; a
// killed process leaves at most the beginning of a last frame, which the next open() cuts off.
//
//   file  = { frame }
//   frame = payload bytes u32, kind u32, CRC-32C of the payload u32, CRC-32C of these 12 bytes u32,
//           payload                                                        (numbers little-endian)
//
// The numbers have a checksum of their own, so that a damaged length is not taken for a last frame
// that was not written to its end: everything after it would be lost without a word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace kc::server {

class LogFile {
 public:
  struct Frame {
    uint32_t kind;
    std::string_view payload;  // lives until the next one
    uint64_t offset;           // in the file
  };

  // Replaces what is there. With `synced` every append reaches the disk before it returns.
  static LogFile create(std::string path, bool synced);
  // Takes every whole frame of the file in order and then opens it to append. Throws
  // Error(fix_config) naming file, offset and remedy for a frame that is damaged.
  static LogFile open(std::string path, bool synced, const std::function<void(const Frame&)>& take);
  LogFile(LogFile&& other) noexcept;
  LogFile& operator=(LogFile&& other) noexcept;
  ~LogFile();

  // The operating system has the frame when this returns: it survives the end of the process.
  // Throws Error(fail_task), with the file as before, when the disk is full or fails.
  void append(uint32_t kind, std::string_view payload);

  // Waits until the disk has everything. Throws Error(fail_task).
  void sync();
  // Gives the file another name in one step, replacing what has it. Call sync() first. Throws
  // Error(fail_task).
  void rename(std::string path);

  const std::string& path() const { return path_; }
  uint64_t bytes() const { return bytes_; }

 private:
  LogFile(std::string path, int descriptor, bool synced)
      : path_(std::move(path)), descriptor_(descriptor), synced_(synced) {}
  void take_back();

  std::string path_;
  int descriptor_ = -1;
  bool synced_ = false;
  bool broken_ = false;  // part of a frame could not be taken back
  uint64_t bytes_ = 0;
};

// Waits until the disk has the names of the files in this folder; warns when it does not take them.
void sync_folder(const std::string& path);

}  // namespace kc::server
