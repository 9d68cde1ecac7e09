// A client of one Kinetica database: tables and rows over HTTP. One thread at a time (abort() from
// any).
//
// Errors say what the caller does next: Error(retry) when the database cannot be reached, is
// starting or stopping (in_doubt() when an insert may have been applied); Error(fix_config) for
// refused credentials or permissions; Error(fail_task) for what it refuses otherwise (HTTP 400),
// with its own text. (Kinetica documentation, "API", and the behaviour of its official clients.)
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kinetica/answers.h"
#include "kinetica/client_settings.h"
#include "kinetica/session.h"
#include "wire/insert_body.h"
#include "wire/table_type.h"

namespace kc::kinetica {

// As in the version 7.2.3.0: {7, 2}.
struct Release {
  int major = 0;
  int minor = 0;
  auto operator<=>(const Release&) const = default;
};

struct Table {
  std::string name;  // as the database qualifies it, when it does: ki_home.T
  std::string type_id;
  wire::TableType type;
  bool is_collection = false;
  bool is_replicated = false;
};

struct InsertOutcome {
  int64_t inserted = 0;
  int64_t updated = 0;
  std::vector<RowError> rejected;
};

struct Rows {
  std::vector<std::string> records;  // Avro, in the table's row encoding
  std::string type_definition;       // of that encoding; see wire::TableType::parse
  int64_t total = 0;
  bool has_more = false;
};

// The rows in a response of /get/records.
Rows rows_of(std::string_view response);

// One change of a table's columns.
struct ColumnChange {
  enum class Action { add, change, remove };
  Action action = Action::add;
  // With all its properties, those that stay included; of a column to remove the name counts.
  wire::Column column{};
  // Of a column to add that is not nullable: what the rows that are there get.
  std::optional<std::string> default_value{};
};

// A monitor of inserts; `type` has no properties but nullability.
struct CreatedMonitor {
  std::string topic_id;
  wire::TableType type;
};

class Client {
 public:
  // Does not connect. Throws Error(fix_config) for a URL that is none.
  explicit Client(ClientSettings settings);
  ~Client();
  Client(Client&&) noexcept;

  // The cluster that the next call goes to.
  std::string url() const;
  std::string host() const;

  // {"system": "{\"status\":\"running\"}", ...}; throws Error(retry) unless the database says that
  // it is running.
  void check_running();
  std::map<std::string, std::string> system_properties();
  // {0, 0} when the database does not tell.
  Release release();

  // Nothing when there is no such table; every other trouble is an Error.
  std::optional<Table> find_table(std::string_view name);
  // Creates type and table; a table that somebody else creates meanwhile is returned as it is.
  // `collection` may be empty (7.1+: the schema).
  Table create_table(std::string_view name, const wire::TableType& type,
                     std::string_view collection);
  void clear_table(std::string_view name);
  // All changes or none. The table with its new type, which only rows of that type fit. Throws
  // Error(fail_task) for what the database refuses, as changes of key columns.
  Table alter_columns(std::string_view name, const std::vector<ColumnChange>& changes);

  // At the head; an Inserter knows the other ranks.
  InsertOutcome insert(std::string_view table, wire::InsertBody& body,
                       const wire::Options& options);
  Rows get_records(std::string_view table, int64_t offset, int64_t limit,
                   const wire::Options& options = {});
  // All rows, page by page; `visit` gets the records of each. The order is the database's, unless
  // `options` sort, and rows that change meanwhile may be missed or seen twice.
  void read_records(std::string_view table, const wire::Options& options,
                    const std::function<void(const std::vector<std::string>&)>& visit);
  int64_t count_records(std::string_view table);
  // Deletes the rows that match any of the expressions (see key_expression.h); how many.
  int64_t delete_records(std::string_view table, std::vector<std::string> expressions);

  CreatedMonitor create_table_monitor(std::string_view table);
  void clear_table_monitor(std::string_view topic_id);
  // The topic ids of all monitors that the database knows and shows to this user; nothing when it
  // cannot say (before 7.1).
  std::optional<std::vector<std::string>> table_monitors();

  // For the calls that follow; 0: none.
  void set_timeout(std::chrono::milliseconds timeout);

  // For those who speak to the ranks themselves.
  Session& session();

  // From any thread: a running call ends soon with Error(retry), and so does every later one.
  void abort();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kc::kinetica
