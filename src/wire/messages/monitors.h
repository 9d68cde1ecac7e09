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

struct AlterTableMonitorRequest {
  static constexpr std::string_view endpoint = "/alter/tablemonitor";
  std::string topic_id{};
  Options monitor_updates_map{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("topic_id", self.topic_id);
    visit("monitor_updates_map", self.monitor_updates_map);
    visit("options", self.options);
  }
  bool operator==(const AlterTableMonitorRequest&) const = default;
};

struct AlterTableMonitorResponse {
  static constexpr std::string_view name = "alter_table_monitor_response";
  std::string topic_id{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("topic_id", self.topic_id);
    visit("info", self.info);
  }
  bool operator==(const AlterTableMonitorResponse&) const = default;
};

struct ShowTableMonitorsRequest {
  static constexpr std::string_view endpoint = "/show/tablemonitors";
  Strings monitor_ids{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("monitor_ids", self.monitor_ids);
    visit("options", self.options);
  }
  bool operator==(const ShowTableMonitorsRequest&) const = default;
};

// As Kinetica 7.1 has it. All lists are parallel.
struct ShowTableMonitorsResponse71 {
  static constexpr std::string_view name = "show_table_monitors_response";
  Strings monitor_ids{};
  Strings table_names{};
  Strings events{};
  Strings increasing_columns{};
  Strings filter_expressions{};
  Strings refresh_method{};
  Strings refresh_period{};
  Strings refresh_start_time{};
  Strings datasink_names{};
  std::vector<Options> additional_info{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("monitor_ids", self.monitor_ids);
    visit("table_names", self.table_names);
    visit("events", self.events);
    visit("increasing_columns", self.increasing_columns);
    visit("filter_expressions", self.filter_expressions);
    visit("refresh_method", self.refresh_method);
    visit("refresh_period", self.refresh_period);
    visit("refresh_start_time", self.refresh_start_time);
    visit("datasink_names", self.datasink_names);
    visit("additional_info", self.additional_info);
    visit("info", self.info);
  }
  bool operator==(const ShowTableMonitorsResponse71&) const = default;
};

// As Kinetica 7.2 has it. All lists are parallel.
struct ShowTableMonitorsResponse {
  static constexpr std::string_view name = "show_table_monitors_response";
  Strings monitor_ids{};
  Strings table_names{};
  Strings events{};
  Strings increasing_columns{};
  Strings filter_expressions{};
  Strings join_table_names{};
  Strings join_column_names{};
  Strings join_expressions{};
  Strings refresh_method{};
  Strings refresh_period{};
  Strings refresh_start_time{};
  Strings datasink_names{};
  std::vector<int32_t> max_consecutive_failures{};
  Strings failed_notifications_table_names{};
  Strings statuses{};
  std::vector<Options> additional_info{};
  Options info{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("monitor_ids", self.monitor_ids);
    visit("table_names", self.table_names);
    visit("events", self.events);
    visit("increasing_columns", self.increasing_columns);
    visit("filter_expressions", self.filter_expressions);
    visit("join_table_names", self.join_table_names);
    visit("join_column_names", self.join_column_names);
    visit("join_expressions", self.join_expressions);
    visit("refresh_method", self.refresh_method);
    visit("refresh_period", self.refresh_period);
    visit("refresh_start_time", self.refresh_start_time);
    visit("datasink_names", self.datasink_names);
    visit("max_consecutive_failures", self.max_consecutive_failures);
    visit("failed_notifications_table_names", self.failed_notifications_table_names);
    visit("statuses", self.statuses);
    visit("additional_info", self.additional_info);
    visit("info", self.info);
  }
  bool operator==(const ShowTableMonitorsResponse&) const = default;
};

}  // namespace kc::wire
