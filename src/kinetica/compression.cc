#include "kinetica/compression.h"

#include <snappy-sinksource.h>
#include <snappy.h>

#include <algorithm>

namespace kc::kinetica {

namespace {

// Snappy reads the parts where they are.
class PartsSource : public snappy::Source {
 public:
  explicit PartsSource(std::span<const std::string_view> parts) : parts_(parts) {
    for (const auto part : parts) available_ += part.size();
    skip_empty();
  }
  size_t Available() const override { return available_; }
  const char* Peek(size_t* size) override {
    *size = parts_.empty() ? 0 : parts_.front().size() - offset_;
    return parts_.empty() ? nullptr : parts_.front().data() + offset_;
  }
  void Skip(size_t size) override {
    available_ -= size;
    while (size > 0) {
      const size_t step = std::min(size, parts_.front().size() - offset_);
      offset_ += step;
      size -= step;
      skip_empty();
    }
  }

 private:
  void skip_empty() {
    while (!parts_.empty() && offset_ == parts_.front().size()) {
      parts_ = parts_.subspan(1);
      offset_ = 0;
    }
  }

  std::span<const std::string_view> parts_;
  size_t offset_ = 0;  // in the first
  size_t available_ = 0;
};

}  // namespace

void snappy_compress(std::span<const std::string_view> parts, std::string& out) {
  PartsSource source(parts);
  out.resize(snappy::MaxCompressedLength(source.Available()));
  snappy::UncheckedByteArraySink sink(out.data());
  out.resize(snappy::Compress(&source, &sink));
}

}  // namespace kc::kinetica
