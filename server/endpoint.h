// One endpoint: its path, and a function from the request's body to the answer's.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/database.h"
#include "server/rows/dynamic_result.h"
#include "wire/envelope.h"
#include "wire/message_codec.h"
#include "wire/message_json.h"
#include "wire/messages.h"

namespace kc::server {

// One request on its way. What a response's Bytes point into is kept here until it is encoded.
struct Call {
  Database& database;
  size_t rank = 0;     // on which it came; 0 is the head
  std::string user{};  // who asks; empty when nobody has to say
  RequestFaults faults{};
  std::shared_ptr<Table> table{};  // shared with the catalog, which may drop it meanwhile
  std::optional<Table::Reading> reading{};
  std::string result{};   // a binary result
  wire::Options query{};  // of the URL, for the endpoints that read it
};

struct Endpoint {
  std::string_view path;
  // The whole body of the answer, envelope and all. Throws Error for what the client did wrong.
  std::string (*answer)(Call& call, std::string_view body, bool json);
};

// An endpoint from a function `Response handle(Call&, const Request&)`.
template <typename Request, typename Response, Response (*handle)(Call&, const Request&)>
std::string answer_message(Call& call, std::string_view body, bool json) {
  if (json) return wire::encode_ok_json(handle(call, wire::decode_json<Request>(body)));
  return wire::encode_ok(handle(call, wire::decode<Request>(body)));
}

template <auto handle>
struct EndpointOf;
template <typename Request, typename Response, Response (*handle)(Call&, const Request&)>
struct EndpointOf<handle> {
  static constexpr Endpoint value{Request::endpoint, answer_message<Request, Response, handle>};
};

template <auto handle>
constexpr Endpoint endpoint = EndpointOf<handle>::value;

// Options are texts; "true" in any case is true.
bool flag(const wire::Options& options, const std::string& name, bool missing = false);
// Who asks, as update_with_user writes it.
std::string user_of(const Call& call);
// Of /insert/records and its relatives. Throws Error(fail_task) for what this server does not do.
InsertOptions read_insert_options(Call& call, const wire::Options& options);
// The table that the call reads, from now until its answer is made. Throws as table_to_read().
void open_to_read(Call& call, const std::string& name);
// The three members of a response that hold a dynamic result.
template <typename Response>
void put_result(Call& call, const DynamicResult& result, Response& response) {
  response.response_schema_str = result.schema();
  call.result = result.binary();
  response.binary_encoded_response = call.result;
  response.json_encoded_response = result.json();
}
// Empty when absent.
std::string option(const wire::Options& options, const std::string& name);
// Throws Error(fail_task) when the option is there: better no answer than a wrong one.
void refuse_option(const wire::Options& options, const std::string& name);

// The rows of an insert that are for the table: all of them, or the first half when that fault was
// asked for.
std::span<const std::string_view> rows_to_take(const Call& call,
                                               std::span<const std::string_view> rows);
// What every endpoint that takes rows does after it: counts them for the rank that they came to,
// and tells a client whose routing table is out of date (info `data_rerouted`). Rows are stored
// wherever they arrive.
void count_at_rank(const Call& call, const Table& table, std::span<const std::string_view> rows,
                   const InsertResult& result, const InsertOptions& options, wire::Options& info);

// endpoints/, a file each.
std::vector<Endpoint> system_endpoints();
std::vector<Endpoint> type_endpoints();
std::vector<Endpoint> schema_endpoints();
std::vector<Endpoint> table_endpoints();
std::vector<Endpoint> show_table_endpoints();
std::vector<Endpoint> alter_table_endpoints();
std::vector<Endpoint> insert_endpoints();
std::vector<Endpoint> json_record_endpoints();
std::vector<Endpoint> read_endpoints();
std::vector<Endpoint> column_read_endpoints();
std::vector<Endpoint> delete_endpoints();
std::vector<Endpoint> update_endpoints();
std::vector<Endpoint> aggregate_endpoints();
std::vector<Endpoint> group_by_endpoints();
std::vector<Endpoint> sql_endpoints();
std::vector<Endpoint> security_endpoints();
std::vector<Endpoint> monitor_endpoints();

}  // namespace kc::server
