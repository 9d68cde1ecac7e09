// Names of Connect schemas and of .proto files, as Confluent's converter turns one into the other.
#pragma once

#include <string>
#include <string_view>

namespace kc::convert {

// `name` as an identifier: itself, or with `scrub` (scrub.invalid.names) what URLEncoder makes of
// it, with '_' for what is still none. Throws Error(skip_record) for another one without `scrub`.
std::string protobuf_identifier(std::string_view name, bool scrub);

// The name of a map's entries, and back: "tags" and "tagsEntry", "foo_bar" and "FooBarEntry".
std::string protobuf_entry_name(const std::string& map_name);
std::string protobuf_map_name(std::string_view entry_name);

}  // namespace kc::convert
