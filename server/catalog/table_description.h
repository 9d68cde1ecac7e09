// What a table is, apart from its type and its rows. A value; all of it is kept where the database
// is durable, as JSON by its `fields` (wire/message_json.h).
#pragma once

#include <cstdint>
#include <string>

#include "wire/messages/message_types.h"

namespace kc::server {

struct TableDescription {
  // The schema, or in 7.0 the collection; empty there for a table of none.
  std::string schema{};
  std::string name{};
  // On every rank: clients insert at the head only.
  bool replicated = false;
  // Held in memory only.
  bool result_table = false;
  // In minutes; see TimeToLive.
  int64_t ttl = -1;
  // read_write, read_only, write_only or no_access.
  std::string access_mode = "read_write";
  // Options of /create/table that change nothing here, such as chunk_size, by their names.
  wire::Options storage_options{};
  // By column; the table's own stands under the empty name.
  wire::Options comments{};
  // As additional_info.attribute_indexes lists them: `column` or `index_type@column`.
  wire::Strings indexes{};
  // `(column) references table(column) as name`, as given. Not enforced, as in the real database.
  wire::Strings foreign_keys{};

  // schema.name, or the name alone without a schema.
  std::string qualified_name() const { return schema.empty() ? name : schema + "." + name; }

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("schema", self.schema);
    visit("name", self.name);
    visit("replicated", self.replicated);
    visit("result_table", self.result_table);
    visit("ttl", self.ttl);
    visit("access_mode", self.access_mode);
    visit("storage_options", self.storage_options);
    visit("comments", self.comments);
    visit("indexes", self.indexes);
    visit("foreign_keys", self.foreign_keys);
  }
  bool operator==(const TableDescription&) const = default;
};

}  // namespace kc::server
