// Types.
// (Kinetica documentation, "Endpoint Reference".)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/messages/message_types.h"

namespace kc::wire {

struct CreateTypeRequest {
  static constexpr std::string_view endpoint = "/create/type";
  std::string type_definition{};
  std::string label{};
  ColumnProperties properties{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("type_definition", self.type_definition);
    visit("label", self.label);
    visit("properties", self.properties);
    visit("options", self.options);
  }
  bool operator==(const CreateTypeRequest&) const = default;
};

struct CreateTypeResponse {
  static constexpr std::string_view name = "create_type_response";
  std::string type_id{};
  std::string type_definition{};
  std::string label{};
  ColumnProperties properties{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("type_id", self.type_id);
    visit("type_definition", self.type_definition);
    visit("label", self.label);
    visit("properties", self.properties);
    visit("info", self.info);
  }
  bool operator==(const CreateTypeResponse&) const = default;
};

struct ShowTypesRequest {
  static constexpr std::string_view endpoint = "/show/types";
  std::string type_id{};
  std::string label{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("type_id", self.type_id);
    visit("label", self.label);
    visit("options", self.options);
  }
  bool operator==(const ShowTypesRequest&) const = default;
};

struct ShowTypesResponse {
  static constexpr std::string_view name = "show_types_response";
  Strings type_ids{};
  Strings type_schemas{};
  Strings labels{};
  std::vector<ColumnProperties> properties{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("type_ids", self.type_ids);
    visit("type_schemas", self.type_schemas);
    visit("labels", self.labels);
    visit("properties", self.properties);
    visit("info", self.info);
  }
  bool operator==(const ShowTypesResponse&) const = default;
};

struct HasTypeRequest {
  static constexpr std::string_view endpoint = "/has/type";
  std::string type_id{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("type_id", self.type_id);
    visit("options", self.options);
  }
  bool operator==(const HasTypeRequest&) const = default;
};

struct HasTypeResponse {
  static constexpr std::string_view name = "has_type_response";
  std::string type_id{};
  bool type_exists = false;
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("type_id", self.type_id);
    visit("type_exists", self.type_exists);
    visit("info", self.info);
  }
  bool operator==(const HasTypeResponse&) const = default;
};

}  // namespace kc::wire
