// Tables: create, look at, clear.
// (Kinetica documentation, "Endpoint Reference".)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/messages/message_types.h"

namespace kc::wire {

struct HasTableRequest {
  static constexpr std::string_view endpoint = "/has/table";
  std::string table_name{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("options", self.options);
  }
  bool operator==(const HasTableRequest&) const = default;
};

struct HasTableResponse {
  static constexpr std::string_view name = "has_table_response";
  std::string table_name{};
  bool table_exists = false;
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("table_exists", self.table_exists);
    visit("info", self.info);
  }
  bool operator==(const HasTableResponse&) const = default;
};

struct ShowTableRequest {
  static constexpr std::string_view endpoint = "/show/table";
  std::string table_name{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("options", self.options);
  }
  bool operator==(const ShowTableRequest&) const = default;
};

struct ShowTableResponse {
  static constexpr std::string_view name = "show_table_response";
  std::string table_name{};
  // From here to join_sizes: parallel lists, one entry a table.
  Strings table_names{};
  std::vector<Strings> table_descriptions{};
  Strings type_ids{};
  Strings type_schemas{};
  Strings type_labels{};
  std::vector<ColumnProperties> properties{};
  std::vector<Options> additional_info{};
  std::vector<int64_t> sizes{};
  std::vector<int64_t> full_sizes{};
  std::vector<double> join_sizes{};
  // -1 unless option get_sizes was given.
  int64_t total_size = -1;
  int64_t total_full_size = -1;
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("table_names", self.table_names);
    visit("table_descriptions", self.table_descriptions);
    visit("type_ids", self.type_ids);
    visit("type_schemas", self.type_schemas);
    visit("type_labels", self.type_labels);
    visit("properties", self.properties);
    visit("additional_info", self.additional_info);
    visit("sizes", self.sizes);
    visit("full_sizes", self.full_sizes);
    visit("join_sizes", self.join_sizes);
    visit("total_size", self.total_size);
    visit("total_full_size", self.total_full_size);
    visit("info", self.info);
  }
  bool operator==(const ShowTableResponse&) const = default;
};

struct CreateTableRequest {
  static constexpr std::string_view endpoint = "/create/table";
  std::string table_name{};
  std::string type_id{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("type_id", self.type_id);
    visit("options", self.options);
  }
  bool operator==(const CreateTableRequest&) const = default;
};

struct CreateTableResponse {
  static constexpr std::string_view name = "create_table_response";
  std::string table_name{};
  std::string type_id{};
  bool is_collection = false;
  // "qualified_table_name": schema.table.
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("type_id", self.type_id);
    visit("is_collection", self.is_collection);
    visit("info", self.info);
  }
  bool operator==(const CreateTableResponse&) const = default;
};

struct ClearTableRequest {
  static constexpr std::string_view endpoint = "/clear/table";
  std::string table_name{};
  std::string authorization{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("authorization", self.authorization);
    visit("options", self.options);
  }
  bool operator==(const ClearTableRequest&) const = default;
};

struct ClearTableResponse {
  static constexpr std::string_view name = "clear_table_response";
  std::string table_name{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("info", self.info);
  }
  bool operator==(const ClearTableResponse&) const = default;
};

}  // namespace kc::wire
