// Schemas, of Kinetica 7.1 and later: create, look at, rename, drop.
// (Kinetica documentation, "Endpoint Reference".)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/messages/message_types.h"

namespace kc::wire {

struct HasSchemaRequest {
  static constexpr std::string_view endpoint = "/has/schema";
  std::string schema_name{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("schema_name", self.schema_name);
    visit("options", self.options);
  }
  bool operator==(const HasSchemaRequest&) const = default;
};

struct HasSchemaResponse {
  static constexpr std::string_view name = "has_schema_response";
  std::string schema_name{};
  bool schema_exists = false;
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("schema_name", self.schema_name);
    visit("schema_exists", self.schema_exists);
    visit("info", self.info);
  }
  bool operator==(const HasSchemaResponse&) const = default;
};

struct CreateSchemaRequest {
  static constexpr std::string_view endpoint = "/create/schema";
  std::string schema_name{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("schema_name", self.schema_name);
    visit("options", self.options);
  }
  bool operator==(const CreateSchemaRequest&) const = default;
};

struct CreateSchemaResponse {
  static constexpr std::string_view name = "create_schema_response";
  std::string schema_name{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("schema_name", self.schema_name);
    visit("info", self.info);
  }
  bool operator==(const CreateSchemaResponse&) const = default;
};

struct DropSchemaRequest {
  static constexpr std::string_view endpoint = "/drop/schema";
  std::string schema_name{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("schema_name", self.schema_name);
    visit("options", self.options);
  }
  bool operator==(const DropSchemaRequest&) const = default;
};

struct DropSchemaResponse {
  static constexpr std::string_view name = "drop_schema_response";
  std::string schema_name{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("schema_name", self.schema_name);
    visit("info", self.info);
  }
  bool operator==(const DropSchemaResponse&) const = default;
};

struct ShowSchemaRequest {
  static constexpr std::string_view endpoint = "/show/schema";
  std::string schema_name{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("schema_name", self.schema_name);
    visit("options", self.options);
  }
  bool operator==(const ShowSchemaRequest&) const = default;
};

struct ShowSchemaResponse {
  static constexpr std::string_view name = "show_schema_response";
  std::string schema_name{};
  Strings schema_names{};
  std::vector<Strings> schema_tables{};
  std::vector<Options> additional_info{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("schema_name", self.schema_name);
    visit("schema_names", self.schema_names);
    visit("schema_tables", self.schema_tables);
    visit("additional_info", self.additional_info);
    visit("info", self.info);
  }
  bool operator==(const ShowSchemaResponse&) const = default;
};

struct AlterSchemaRequest {
  static constexpr std::string_view endpoint = "/alter/schema";
  std::string schema_name{};
  std::string action{};
  std::string value{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("schema_name", self.schema_name);
    visit("action", self.action);
    visit("value", self.value);
    visit("options", self.options);
  }
  bool operator==(const AlterSchemaRequest&) const = default;
};

struct AlterSchemaResponse {
  static constexpr std::string_view name = "alter_schema_response";
  std::string schema_name{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("schema_name", self.schema_name);
    visit("info", self.info);
  }
  bool operator==(const AlterSchemaResponse&) const = default;
};

}  // namespace kc::wire
