// SQL. (Kinetica documentation, "Endpoint Reference".)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/messages/message_types.h"

namespace kc::wire {

struct ExecuteSqlRequest {
  static constexpr std::string_view endpoint = "/execute/sql";
  std::string statement{};
  int64_t offset = 0;
  int64_t limit = end_of_set;
  std::string encoding = "binary";
  // The statement's parameters, as an Avro record of this schema for each time it is to be run.
  std::string request_schema_str{};
  std::vector<Bytes> data{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("statement", self.statement);
    visit("offset", self.offset);
    visit("limit", self.limit);
    visit("encoding", self.encoding);
    visit("request_schema_str", self.request_schema_str);
    visit("data", self.data);
    visit("options", self.options);
  }
  bool operator==(const ExecuteSqlRequest&) const = default;
};

struct ExecuteSqlResponse {
  static constexpr std::string_view name = "execute_sql_response";
  int64_t count_affected = 0;
  std::string response_schema_str{};
  Bytes binary_encoded_response{};
  std::string json_encoded_response{};
  int64_t total_number_of_records = 0;
  bool has_more_records = false;
  std::string paging_table{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("count_affected", self.count_affected);
    visit("response_schema_str", self.response_schema_str);
    visit("binary_encoded_response", self.binary_encoded_response);
    visit("json_encoded_response", self.json_encoded_response);
    visit("total_number_of_records", self.total_number_of_records);
    visit("has_more_records", self.has_more_records);
    visit("paging_table", self.paging_table);
    visit("info", self.info);
  }
  bool operator==(const ExecuteSqlResponse&) const = default;
};

}  // namespace kc::wire
