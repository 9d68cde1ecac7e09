// What the requests and responses of Kinetica's endpoints are made of.
//
// A message is a struct with one member per field, named as the endpoint's documentation names it,
// and one description of the fields in wire order:
//
//   template <typename Self, typename Visit>
//   static void fields(Self& self, Visit&& visit) { visit("table_name", self.table_name); ... }
//
// All codecs are templates over it: message_codec.h (Avro) and message_json.h (JSON mode). A
// request names its `endpoint`, a response the `name` of its Avro record (the envelope's
// data_type).
//
//   std::string  string        Strings              array<string>
//   Bytes        bytes         std::vector<T>       array
//   bool         boolean       Options              map<string>
//   int32_t      int           ColumnProperties     map<array<string>>
//   int64_t      long          float, double        the same
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "wire/insert_body.h"
#include "wire/table_type.h"

namespace kc::wire {

// Never owned: it points into the message that was decoded, or into what the sender keeps until the
// message is encoded.
using Bytes = std::string_view;
using Strings = std::vector<std::string>;
using ColumnProperties = TableType::ColumnProperties;

// `limit` of /get/records: as many as the database allows.
inline constexpr int64_t end_of_set = -9999;

}  // namespace kc::wire
