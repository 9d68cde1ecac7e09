// Records: insert, read, delete.
// (Kinetica documentation, "Endpoint Reference".)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/messages/message_types.h"

namespace kc::wire {

struct InsertRecordsRequest {
  static constexpr std::string_view endpoint = "/insert/records";
  std::string table_name{};
  // One record each in the table's row encoding; an empty one is a record that its sender could not
  // encode.
  std::vector<Bytes> list{};
  Strings list_str{};
  std::string list_encoding = "binary";
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("list", self.list);
    visit("list_str", self.list_str);
    visit("list_encoding", self.list_encoding);
    visit("options", self.options);
  }
  bool operator==(const InsertRecordsRequest&) const = default;
};

struct InsertRecordsResponse {
  static constexpr std::string_view name = "insert_records_response";
  Strings record_ids{};
  int32_t count_inserted = 0;
  int32_t count_updated = 0;
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("record_ids", self.record_ids);
    visit("count_inserted", self.count_inserted);
    visit("count_updated", self.count_updated);
    visit("info", self.info);
  }
  bool operator==(const InsertRecordsResponse&) const = default;
};

struct GetRecordsRequest {
  static constexpr std::string_view endpoint = "/get/records";
  std::string table_name{};
  int64_t offset = 0;
  int64_t limit = end_of_set;
  std::string encoding = "binary";
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("offset", self.offset);
    visit("limit", self.limit);
    visit("encoding", self.encoding);
    visit("options", self.options);
  }
  bool operator==(const GetRecordsRequest&) const = default;
};

struct GetRecordsResponse {
  static constexpr std::string_view name = "get_records_response";
  std::string table_name{};
  // The type id.
  std::string type_name{};
  std::string type_schema{};
  std::vector<Bytes> records_binary{};
  Strings records_json{};
  int64_t total_number_of_records = 0;
  bool has_more_records = false;
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("type_name", self.type_name);
    visit("type_schema", self.type_schema);
    visit("records_binary", self.records_binary);
    visit("records_json", self.records_json);
    visit("total_number_of_records", self.total_number_of_records);
    visit("has_more_records", self.has_more_records);
    visit("info", self.info);
  }
  bool operator==(const GetRecordsResponse&) const = default;
};

struct DeleteRecordsRequest {
  static constexpr std::string_view endpoint = "/delete/records";
  std::string table_name{};
  Strings expressions{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("expressions", self.expressions);
    visit("options", self.options);
  }
  bool operator==(const DeleteRecordsRequest&) const = default;
};

struct DeleteRecordsResponse {
  static constexpr std::string_view name = "delete_records_response";
  int64_t count_deleted = 0;
  std::vector<int64_t> counts_deleted{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("count_deleted", self.count_deleted);
    visit("counts_deleted", self.counts_deleted);
    visit("info", self.info);
  }
  bool operator==(const DeleteRecordsResponse&) const = default;
};

}  // namespace kc::wire
