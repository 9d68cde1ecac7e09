// Aggregates over the columns of a table.
// (Kinetica documentation, "Endpoint Reference".)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "wire/messages/message_types.h"

namespace kc::wire {

struct AggregateStatisticsRequest {
  static constexpr std::string_view endpoint = "/aggregate/statistics";
  std::string table_name{};
  std::string column_name{};
  std::string stats{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("column_name", self.column_name);
    visit("stats", self.stats);
    visit("options", self.options);
  }
  bool operator==(const AggregateStatisticsRequest&) const = default;
};

struct AggregateStatisticsResponse {
  static constexpr std::string_view name = "aggregate_statistics_response";
  WireMap<double> stats{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("stats", self.stats);
    visit("info", self.info);
  }
  bool operator==(const AggregateStatisticsResponse&) const = default;
};

struct AggregateMinMaxRequest {
  static constexpr std::string_view endpoint = "/aggregate/minmax";
  std::string table_name{};
  std::string column_name{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("column_name", self.column_name);
    visit("options", self.options);
  }
  bool operator==(const AggregateMinMaxRequest&) const = default;
};

struct AggregateMinMaxResponse {
  static constexpr std::string_view name = "aggregate_min_max_response";
  double min = 0;
  double max = 0;
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("min", self.min);
    visit("max", self.max);
    visit("info", self.info);
  }
  bool operator==(const AggregateMinMaxResponse&) const = default;
};

struct AggregateUniqueRequest {
  static constexpr std::string_view endpoint = "/aggregate/unique";
  std::string table_name{};
  std::string column_name{};
  int64_t offset = 0;
  int64_t limit = end_of_set;
  std::string encoding = "binary";
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("column_name", self.column_name);
    visit("offset", self.offset);
    visit("limit", self.limit);
    visit("encoding", self.encoding);
    visit("options", self.options);
  }
  bool operator==(const AggregateUniqueRequest&) const = default;
};

struct AggregateUniqueResponse {
  static constexpr std::string_view name = "aggregate_unique_response";
  std::string table_name{};
  std::string response_schema_str{};
  Bytes binary_encoded_response{};
  std::string json_encoded_response{};
  bool has_more_records = false;
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("response_schema_str", self.response_schema_str);
    visit("binary_encoded_response", self.binary_encoded_response);
    visit("json_encoded_response", self.json_encoded_response);
    visit("has_more_records", self.has_more_records);
    visit("info", self.info);
  }
  bool operator==(const AggregateUniqueResponse&) const = default;
};

struct AggregateGroupByRequest {
  static constexpr std::string_view endpoint = "/aggregate/groupby";
  std::string table_name{};
  Strings column_names{};
  int64_t offset = 0;
  int64_t limit = end_of_set;
  std::string encoding = "binary";
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("column_names", self.column_names);
    visit("offset", self.offset);
    visit("limit", self.limit);
    visit("encoding", self.encoding);
    visit("options", self.options);
  }
  bool operator==(const AggregateGroupByRequest&) const = default;
};

struct AggregateGroupByResponse {
  static constexpr std::string_view name = "aggregate_group_by_response";
  std::string response_schema_str{};
  Bytes binary_encoded_response{};
  std::string json_encoded_response{};
  int64_t total_number_of_records = 0;
  bool has_more_records = false;
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("response_schema_str", self.response_schema_str);
    visit("binary_encoded_response", self.binary_encoded_response);
    visit("json_encoded_response", self.json_encoded_response);
    visit("total_number_of_records", self.total_number_of_records);
    visit("has_more_records", self.has_more_records);
    visit("info", self.info);
  }
  bool operator==(const AggregateGroupByResponse&) const = default;
};

}  // namespace kc::wire
