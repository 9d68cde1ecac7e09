// Text under construction, written through a raw pointer: one check of the room per piece, none per
// character.
#pragma once

#include <cstring>
#include <memory>
#include <string_view>

namespace kc::convert {

class TextBuffer {
 public:
  void clear() { next_ = start_.get(); }
  std::string_view view() const {
    return {start_.get(), static_cast<size_t>(next_ - start_.get())};
  }
  // Gives memory back that one large text took.
  void trim(size_t kept_bytes_max) {
    if (static_cast<size_t>(end_ - start_.get()) <= kept_bytes_max) return;
    start_.reset();
    next_ = end_ = nullptr;
  }

  // Room for `bytes` more characters, to be written from the returned pointer on and then reported
  // to advance_to().
  char* room(size_t bytes) {
    if (static_cast<size_t>(end_ - next_) < bytes) [[unlikely]] {
      grow(bytes);
    }
    return next_;
  }
  void advance_to(char* next) { next_ = next; }

  void append(char c) {
    *room(1) = c;
    ++next_;
  }
  void append(std::string_view text) {
    std::memcpy(room(text.size() + 1), text.data(), text.size());
    next_ += text.size();
  }

 private:
  void grow(size_t bytes);

  std::unique_ptr<char[]> start_;
  char* next_ = nullptr;
  char* end_ = nullptr;
};

}  // namespace kc::convert
