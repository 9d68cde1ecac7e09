// Any bytes as a SQL statement on a small table: it is answered decodably or refused with a reason.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.h"
#include "server/endpoint.h"

namespace {

using namespace kc;
using server::Database;

Database& database() {
  static Database database({.memory_limit_bytes = size_t{16} << 20});
  return database;
}

// The answer's total, or nothing when it was refused.
std::optional<int64_t> run(std::string_view statement) {
  const wire::ExecuteSqlRequest request{
      .statement = std::string(statement),
      .options = {{"query_parameters", R"([1, "ab", null, 2.5])"}, {"paging_table", "p"}}};
  server::Call call{database()};
  try {
    const std::string body =
        server::sql_endpoints().front().answer(call, wire::encode(request), false);
    const auto response = wire::decode<wire::ExecuteSqlResponse>(wire::decode_envelope(body).data);
    if (response.response_schema_str.empty() || response.binary_encoded_response.empty()) {
      std::abort();
    }
    return response.total_number_of_records;
  } catch (const base::Error&) {
    return std::nullopt;
  }
}

void require(const char* statement) {
  if (!run(statement)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  for (const auto& table : database().catalog.tables()) {
    database().catalog.drop_table(table->qualified_name());
  }
  require(
      "CREATE TABLE t (id INT, name VARCHAR(16), price DECIMAL(10,2), at TIMESTAMP, "
      "bytes BLOB, PRIMARY KEY (id))");
  require("INSERT INTO t VALUES (1, 'a', 1.5, '2024-02-29', x'00'), (2, 'b', -7, NULL, NULL)");
  run({reinterpret_cast<const char*>(data), size});
  return 0;
}
