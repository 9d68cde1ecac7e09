// The names that a topic's objects have, in their order: learned from the objects read, so that a
// name that comes where it is expected is compared instead of scanned and looked for among the
// others. Objects may leave names out.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "convert/json/json_cursor.h"
#include "data/value.h"

namespace kc::convert {

// How a member begins in most texts: the quoted name and the colon. Empty when the name needs
// escapes, which may be written in several ways.
inline std::string member_token(std::string_view name) {
  if (std::ranges::any_of(name, is_special)) return {};
  std::string token;
  token.reserve(name.size() + 3);
  return token.append("\"").append(name).append("\":");
}

class KeyShape {
 public:
  static constexpr size_t names_max = 1024;

  size_t size() const { return tokens_.size(); }

  // Consumes a member's name and colon when it is one of the next few names from `next` on; sets
  // `next` behind it. Names taken so in one object differ from each other.
  bool take(JsonCursor& cursor, size_t& next, std::string_view& name) const {
    const size_t limit = std::min(tokens_.size(), next + 4);
    for (size_t i = next; i < limit; ++i) {
      if (!cursor.take_exactly(tokens_[i])) continue;
      const size_t size = tokens_[i].size() - 3;
      name = {cursor.position() - 2 - size, size};
      next = i + 1;
      return true;
    }
    return false;
  }

  // `entries`: the whole object. Learns its names when too many objects before it `left` the shape.
  void learn(std::span<const data::Value> entries, bool left) {
    if (!left) {
      credit_ = std::min(credit_ + 1, credit_max);
    } else if (credit_ > 0) {
      --credit_;
    } else {
      replace(entries);
    }
  }

 private:
  static constexpr int credit_max = 16;
  static constexpr int credit_at_start = 4;

  void replace(std::span<const data::Value> entries);

  std::vector<std::string> tokens_;
  int credit_ = 0;
};

}  // namespace kc::convert
