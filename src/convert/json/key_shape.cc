#include "convert/json/key_shape.h"

namespace kc::convert {

void KeyShape::replace(std::span<const data::Value> entries) {
  credit_ = credit_at_start;
  tokens_.clear();
  for (size_t i = 0; i < entries.size() && tokens_.size() < names_max; i += 2) {
    std::string token = member_token(entries[i].as_text());
    // Without this name the others keep their order.
    if (!token.empty()) tokens_.push_back(std::move(token));
  }
}

}  // namespace kc::convert
