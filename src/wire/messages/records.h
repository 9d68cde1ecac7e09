// Records: insert, read, delete, update.
// (Kinetica documentation, "Endpoint Reference".)
#pragma once

#include <cstdint>
#include <optional>
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

struct GetRecordsByColumnRequest {
  static constexpr std::string_view endpoint = "/get/records/bycolumn";
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
  bool operator==(const GetRecordsByColumnRequest&) const = default;
};

// The records themselves are in a dynamic schema, column by column.
struct GetRecordsByColumnResponse {
  static constexpr std::string_view name = "get_records_by_column_response";
  std::string table_name{};
  std::string response_schema_str{};
  Bytes binary_encoded_response{};
  std::string json_encoded_response{};
  int64_t total_number_of_records = 0;
  bool has_more_records = false;
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("response_schema_str", self.response_schema_str);
    visit("binary_encoded_response", self.binary_encoded_response);
    visit("json_encoded_response", self.json_encoded_response);
    visit("total_number_of_records", self.total_number_of_records);
    visit("has_more_records", self.has_more_records);
    visit("info", self.info);
  }
  bool operator==(const GetRecordsByColumnResponse&) const = default;
};

// Column to its new value as text; nothing is null.
using NewValues = WireMap<std::optional<std::string>>;

struct UpdateRecordsRequest {
  static constexpr std::string_view endpoint = "/update/records";
  std::string table_name{};
  Strings expressions{};
  std::vector<NewValues> new_values_maps{};
  std::vector<Bytes> records_to_insert{};
  Strings records_to_insert_str{};
  std::string record_encoding = "binary";
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("expressions", self.expressions);
    visit("new_values_maps", self.new_values_maps);
    visit("records_to_insert", self.records_to_insert);
    visit("records_to_insert_str", self.records_to_insert_str);
    visit("record_encoding", self.record_encoding);
    visit("options", self.options);
  }
  bool operator==(const UpdateRecordsRequest&) const = default;
};

struct UpdateRecordsResponse {
  static constexpr std::string_view name = "update_records_response";
  int64_t count_updated = 0;
  std::vector<int64_t> counts_updated{};
  int64_t count_inserted = 0;
  std::vector<int64_t> counts_inserted{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("count_updated", self.count_updated);
    visit("counts_updated", self.counts_updated);
    visit("count_inserted", self.count_inserted);
    visit("counts_inserted", self.counts_inserted);
    visit("info", self.info);
  }
  bool operator==(const UpdateRecordsResponse&) const = default;
};

struct InsertRecordsFromPayloadRequest {
  static constexpr std::string_view endpoint = "/insert/records/frompayload";
  std::string table_name{};
  std::string data_text{};
  Bytes data_bytes{};
  WireMap<Options> modify_columns{};
  Options create_table_options{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("data_text", self.data_text);
    visit("data_bytes", self.data_bytes);
    visit("modify_columns", self.modify_columns);
    visit("create_table_options", self.create_table_options);
    visit("options", self.options);
  }
  bool operator==(const InsertRecordsFromPayloadRequest&) const = default;
};

struct InsertRecordsFromPayloadResponse {
  static constexpr std::string_view name = "insert_records_from_payload_response";
  std::string table_name{};
  std::string type_id{};
  std::string type_definition{};
  std::string type_label{};
  ColumnProperties type_properties{};
  int64_t count_inserted = 0;
  int64_t count_skipped = 0;
  int64_t count_updated = 0;
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("type_id", self.type_id);
    visit("type_definition", self.type_definition);
    visit("type_label", self.type_label);
    visit("type_properties", self.type_properties);
    visit("count_inserted", self.count_inserted);
    visit("count_skipped", self.count_skipped);
    visit("count_updated", self.count_updated);
    visit("info", self.info);
  }
  bool operator==(const InsertRecordsFromPayloadResponse&) const = default;
};

}  // namespace kc::wire
