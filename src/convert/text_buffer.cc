#include "convert/text_buffer.h"

#include <algorithm>

namespace kc::convert {

void TextBuffer::grow(size_t bytes) {
  const size_t used = view().size();
  const size_t size = std::max<size_t>({used + bytes, 2 * used, 1024});
  auto larger = std::make_unique_for_overwrite<char[]>(size);
  if (used != 0) std::memcpy(larger.get(), start_.get(), used);
  start_ = std::move(larger);
  next_ = start_.get() + used;
  end_ = start_.get() + size;
}

}  // namespace kc::convert
