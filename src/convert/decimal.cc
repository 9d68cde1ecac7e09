#include "convert/decimal.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

#include "base/error.h"

namespace kc::convert {
namespace {

constexpr size_t unscaled_bytes_max = 1024;
constexpr size_t chunk_digits = 9;

// A magnitude in 32-bit limbs, the lowest first.
using Limbs = std::vector<uint32_t>;

void multiply_add(Limbs& limbs, uint32_t factor, uint32_t addend) {
  uint64_t carry = addend;
  for (uint32_t& limb : limbs) {
    carry += uint64_t{limb} * factor;
    limb = static_cast<uint32_t>(carry);
    carry >>= 32;
  }
  if (carry != 0) limbs.push_back(static_cast<uint32_t>(carry));
}

uint32_t divide(Limbs& limbs, uint32_t divisor) {
  uint64_t rest = 0;
  for (auto limb = limbs.rbegin(); limb != limbs.rend(); ++limb) {
    rest = rest << 32 | *limb;
    *limb = static_cast<uint32_t>(rest / divisor);
    rest %= divisor;
  }
  while (!limbs.empty() && limbs.back() == 0) limbs.pop_back();
  return static_cast<uint32_t>(rest);
}

Limbs limbs_of_digits(std::string_view digits) {
  Limbs limbs;
  while (!digits.empty()) {
    const std::string_view chunk = digits.substr(0, chunk_digits);
    uint32_t value = 0;
    std::from_chars(chunk.data(), chunk.data() + chunk.size(), value);
    uint32_t factor = 1;
    for (size_t i = 0; i < chunk.size(); ++i) factor *= 10;
    multiply_add(limbs, factor, value);
    digits.remove_prefix(chunk.size());
  }
  return limbs;
}

// In place, big-endian bytes.
void negate(char* bytes, size_t size) {
  unsigned carry = 1;
  for (size_t i = size; i-- > 0;) {
    carry += static_cast<uint8_t>(~static_cast<uint8_t>(bytes[i]));
    bytes[i] = static_cast<char>(carry);
    carry >>= 8;
  }
}

// Without the leading bytes that only repeat the sign.
std::string_view shortest(std::string_view bytes) {
  while (bytes.size() > 1) {
    const auto first = static_cast<signed char>(bytes[0]);
    const auto second = static_cast<signed char>(bytes[1]);
    if (!((first == 0 && second >= 0) || (first == -1 && second < 0))) break;
    bytes.remove_prefix(1);
  }
  return bytes;
}

}  // namespace

std::string_view unscaled_of_digits(std::string_view digits, bool negative, base::Arena& arena) {
  const Limbs limbs = limbs_of_digits(digits);
  const size_t size = limbs.size() * 4 + 1;  // a byte for the sign
  char* const bytes = static_cast<char*>(arena.allocate(size, 1));
  bytes[0] = 0;
  for (size_t i = 0; i < size - 1; ++i) {
    bytes[size - 1 - i] = static_cast<char>(limbs[i / 4] >> (8 * (i % 4)) & 255);
  }
  if (negative) negate(bytes, size);
  return shortest({bytes, size});
}

std::string digits_of_unscaled(std::string_view unscaled) {
  if (unscaled.size() > unscaled_bytes_max) {
    throw base::Error(base::Reaction::skip_record,
                      "Decimal of {} bytes is more than the {} that can be written as text",
                      unscaled.size(), unscaled_bytes_max);
  }
  std::string magnitude(unscaled);
  const bool negative = !unscaled.empty() && static_cast<signed char>(unscaled[0]) < 0;
  if (negative) negate(magnitude.data(), magnitude.size());
  Limbs limbs((magnitude.size() + 3) / 4);
  for (size_t i = 0; i < magnitude.size(); ++i) {
    const auto byte = static_cast<uint8_t>(magnitude[magnitude.size() - 1 - i]);
    limbs[i / 4] |= uint32_t{byte} << (8 * (i % 4));
  }
  while (!limbs.empty() && limbs.back() == 0) limbs.pop_back();
  std::string reversed;
  while (!limbs.empty()) {
    uint32_t chunk = divide(limbs, 1'000'000'000);
    for (size_t i = 0; i < chunk_digits && (!limbs.empty() || chunk != 0); ++i) {
      reversed += static_cast<char>('0' + chunk % 10);
      chunk /= 10;
    }
  }
  if (reversed.empty()) return "0";
  if (negative) reversed += '-';
  std::ranges::reverse(reversed);
  return reversed;
}

void append_decimal(std::string_view unscaled, int scale, std::string& out) {
  const std::string signed_digits = digits_of_unscaled(unscaled);
  std::string_view digits = signed_digits;
  if (digits[0] == '-') {
    out += '-';
    digits.remove_prefix(1);
  }
  if (scale == 0) {
    out += digits;
    return;
  }
  const int size = static_cast<int>(digits.size());
  const int adjusted = size - 1 - scale;
  if (scale > 0 && adjusted >= -6) {
    if (size > scale) {
      out += digits.substr(0, static_cast<size_t>(size - scale));
      out += '.';
      out += digits.substr(static_cast<size_t>(size - scale));
    } else {
      out += "0.";
      out.append(static_cast<size_t>(scale - size), '0');
      out += digits;
    }
    return;
  }
  out += digits[0];
  if (size > 1) {
    out += '.';
    out += digits.substr(1);
  }
  if (adjusted != 0) out += fmt::format("E{:+}", adjusted);
}

}  // namespace kc::convert
