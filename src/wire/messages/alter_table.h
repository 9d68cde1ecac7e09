// Changes of a table and of its columns. (Kinetica documentation, "Endpoint Reference".)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/messages/message_types.h"

namespace kc::wire {

struct AlterTableRequest {
  static constexpr std::string_view endpoint = "/alter/table";
  std::string table_name{};
  std::string action{};
  std::string value{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("action", self.action);
    visit("value", self.value);
    visit("options", self.options);
  }
  bool operator==(const AlterTableRequest&) const = default;
};

struct AlterTableResponse {
  static constexpr std::string_view name = "alter_table_response";
  std::string table_name{};
  std::string action{};
  std::string value{};
  std::string type_id{};
  std::string type_definition{};
  ColumnProperties properties{};
  std::string label{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("action", self.action);
    visit("value", self.value);
    visit("type_id", self.type_id);
    visit("type_definition", self.type_definition);
    visit("properties", self.properties);
    visit("label", self.label);
    visit("info", self.info);
  }
  bool operator==(const AlterTableResponse&) const = default;
};

struct AlterTableColumnsRequest {
  static constexpr std::string_view endpoint = "/alter/table/columns";
  std::string table_name{};
  std::vector<Options> column_alterations{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("column_alterations", self.column_alterations);
    visit("options", self.options);
  }
  bool operator==(const AlterTableColumnsRequest&) const = default;
};

struct AlterTableColumnsResponse {
  static constexpr std::string_view name = "alter_table_columns_response";
  std::string table_name{};
  std::string type_id{};
  std::string type_definition{};
  ColumnProperties properties{};
  std::string label{};
  std::vector<Options> column_alterations{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("type_id", self.type_id);
    visit("type_definition", self.type_definition);
    visit("properties", self.properties);
    visit("label", self.label);
    visit("column_alterations", self.column_alterations);
    visit("info", self.info);
  }
  bool operator==(const AlterTableColumnsResponse&) const = default;
};

}  // namespace kc::wire
