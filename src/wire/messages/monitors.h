// Table monitors; what they publish goes over ZeroMQ.
// (Kinetica documentation, "Endpoint Reference".)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wire/messages/message_types.h"

namespace kc::wire {

struct CreateTableMonitorRequest {
  static constexpr std::string_view endpoint = "/create/tablemonitor";
  std::string table_name{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("table_name", self.table_name);
    visit("options", self.options);
  }
  bool operator==(const CreateTableMonitorRequest&) const = default;
};

struct CreateTableMonitorResponse {
  static constexpr std::string_view name = "create_table_monitor_response";
  std::string topic_id{};
  std::string table_name{};
  std::string type_schema{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("topic_id", self.topic_id);
    visit("table_name", self.table_name);
    visit("type_schema", self.type_schema);
    visit("info", self.info);
  }
  bool operator==(const CreateTableMonitorResponse&) const = default;
};

struct ClearTableMonitorRequest {
  static constexpr std::string_view endpoint = "/clear/tablemonitor";
  std::string topic_id{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("topic_id", self.topic_id);
    visit("options", self.options);
  }
  bool operator==(const ClearTableMonitorRequest&) const = default;
};

struct ClearTableMonitorResponse {
  static constexpr std::string_view name = "clear_table_monitor_response";
  std::string topic_id{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("topic_id", self.topic_id);
    visit("info", self.info);
  }
  bool operator==(const ClearTableMonitorResponse&) const = default;
};

}  // namespace kc::wire
