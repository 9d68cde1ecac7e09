// Any message of messages/ to Avro binary and back, from its one description of fields.
//
//   std::string body = encode(ShowTableRequest{.table_name = "orders"});
//   auto response = decode<ShowTableResponse>(data);   // `data` outlives its Bytes members
//
// decode() throws Error(fail_task) when the bytes are not that message; bytes that follow it are
// ignored, so that a later version may append fields.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/avro.h"
#include "wire/wire_map.h"

namespace kc::wire {

inline void write(AvroWriter& out, bool value) { out.write_boolean(value); }
inline void write(AvroWriter& out, int32_t value) { out.write_int(value); }
inline void write(AvroWriter& out, int64_t value) { out.write_long(value); }
inline void write(AvroWriter& out, float value) { out.write_float(value); }
inline void write(AvroWriter& out, double value) { out.write_double(value); }
inline void write(AvroWriter& out, const std::string& value) { out.write_string(value); }
inline void write(AvroWriter& out, std::string_view value) { out.write_bytes(value); }
// A union of string and null, in this order.
inline void write(AvroWriter& out, const std::optional<std::string>& value) {
  out.write_long(value ? 0 : 1);
  if (value) out.write_string(*value);
}
template <typename T>
void write(AvroWriter& out, const std::vector<T>& items);
template <typename T>
void write(AvroWriter& out, const WireMap<T>& entries);

template <typename T>
void write(AvroWriter& out, const std::vector<T>& items) {
  if (!items.empty()) out.write_long(static_cast<int64_t>(items.size()));
  for (const T& item : items) write(out, item);
  out.write_long(0);
}

template <typename T>
void write(AvroWriter& out, const WireMap<T>& entries) {
  if (!entries.empty()) out.write_long(static_cast<int64_t>(entries.size()));
  for (const auto* entry : entries.in_order()) {
    out.write_string(entry->first);
    write(out, entry->second);
  }
  out.write_long(0);
}

inline void read(AvroReader& in, bool& value) { value = in.read_boolean(); }
inline void read(AvroReader& in, int32_t& value) { value = in.read_int(); }
inline void read(AvroReader& in, int64_t& value) { value = in.read_long(); }
inline void read(AvroReader& in, float& value) { value = in.read_float(); }
inline void read(AvroReader& in, double& value) { value = in.read_double(); }
inline void read(AvroReader& in, std::string& value) { value = in.read_string(); }
inline void read(AvroReader& in, std::string_view& value) { value = in.read_bytes(); }
inline void read(AvroReader& in, std::optional<std::string>& value) {
  const int64_t branch = in.read_long();
  if (branch != 0 && branch != 1) {
    throw base::Error(base::Reaction::fail_task, "Malformed Avro data: there is no union branch {}",
                      branch);
  }
  value.reset();
  if (branch == 0) value = in.read_string();
}
template <typename T>
void read(AvroReader& in, std::vector<T>& items);
template <typename T>
void read(AvroReader& in, WireMap<T>& entries);

template <typename T>
void read(AvroReader& in, std::vector<T>& items) {
  // A count is only a claim: beyond this, memory grows as the items really come.
  constexpr int64_t reserved_max = 64 * 1024;
  items.clear();
  while (int64_t count = in.read_block()) {
    if (items.empty()) items.reserve(static_cast<size_t>(std::min(count, reserved_max)));
    for (; count > 0; --count) read(in, items.emplace_back());
  }
}

template <typename T>
void read(AvroReader& in, WireMap<T>& entries) {
  entries.clear();
  entries.arrival.clear();
  while (int64_t count = in.read_block()) {
    for (; count > 0; --count) {
      std::string key;
      read(in, key);
      read(in, entries[key]);
      entries.arrival.push_back(std::move(key));
    }
  }
}

// Appends to `out`.
template <typename Message>
void encode_to(std::string& out, const Message& message) {
  AvroWriter writer(out);
  Message::fields(message, [&](std::string_view, const auto& value) { write(writer, value); });
}

template <typename Message>
std::string encode(const Message& message) {
  std::string out;
  encode_to(out, message);
  return out;
}

template <typename Message>
Message decode(std::string_view data) {
  AvroReader reader(data);
  Message message;
  Message::fields(message, [&](std::string_view, auto& value) { read(reader, value); });
  return message;
}

}  // namespace kc::wire
