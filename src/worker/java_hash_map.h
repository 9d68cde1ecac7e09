// java.util.HashMap<byte[], byte[]> in Java's object serialisation, as stock Connect keeps source
// offsets in a file. (Java Object Serialization Specification, section 6; FileOffsetBackingStore.)
//
//   AC ED 00 05  73  72 0011 "java.util.HashMap" 0507DAC1C31660D1  03  0002
//   46 000A "loadFactor"  49 0009 "threshold"  78 70  3F400000 <i32 threshold>
//   77 08 <i32 buckets> <i32 size>  size x (key, value)  78
//   key, value = 70 (null) | 75 <class [B> <i32 length> <bytes>
//   class [B   = 72 0002 "[B" ACF317F8060854E0 02 0000 78 70, the first time; then 71 007E0002
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kc::worker {

using ByteEntry = std::pair<std::optional<std::string>, std::optional<std::string>>;

// Throws Error(fix_config) naming the byte position when `data` is anything else.
std::vector<ByteEntry> read_java_hash_map(std::string_view data);

std::string write_java_hash_map(const std::vector<ByteEntry>& entries);

}  // namespace kc::worker
