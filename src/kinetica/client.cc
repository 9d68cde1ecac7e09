#include "kinetica/client.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/error.h"
#include "wire/column_property.h"
#include "wire/messages.h"

namespace kc::kinetica {

using base::Error;
using base::Reaction;
using wire::Options;

namespace {

// Of /show/tablemonitors only what is needed; the rest of the response differs between versions.
struct ShowTableMonitorsRequest {
  static constexpr std::string_view endpoint = "/show/tablemonitors";
  wire::Strings monitor_ids{};
  Options options{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("monitor_ids", self.monitor_ids);
    visit("options", self.options);
  }
};

struct ShowTableMonitorsResponse {
  wire::Strings monitor_ids{};

  template <typename Self, typename Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("monitor_ids", self.monitor_ids);
  }
};

Release parse_release(std::string_view version) {
  Release release;
  const char* const end = version.data() + version.size();
  const auto [point, error] = std::from_chars(version.data(), end, release.major);
  if (error == std::errc() && point != end) std::from_chars(point + 1, end, release.minor);
  return release;
}

// As the database qualifies the first table of `shown`: by 7.1's schema when it names one.
std::string qualified_name(const wire::ShowTableResponse& shown) {
  std::string name = shown.table_names.empty() ? shown.table_name : shown.table_names.front();
  if (name.find('.') != std::string::npos || shown.additional_info.empty()) return name;
  const Options& info = shown.additional_info.front();
  const auto schema = info.find("schema_name");
  if (schema == info.end() || schema->second.empty()) return name;
  return schema->second + "." + name;
}

}  // namespace

struct Client::Impl {
  Session session;

  explicit Impl(const ClientSettings& settings) : session(settings) {}

  template <typename Response, typename Request>
  Response call(const Request& request, Repeat repeat = Repeat::harmless) {
    return session.call<Response>(request, repeat);
  }

  // Nothing when the database has no such table.
  std::optional<wire::ShowTableResponse> show_table(std::string_view name) {
    const wire::ShowTableRequest request{
        .table_name = std::string(name),
        .options = {{"show_children", "false"}, {"no_error_if_not_exists", "true"}}};
    wire::ShowTableResponse shown;
    try {
      shown = call<wire::ShowTableResponse>(request);
    } catch (const Error& error) {
      // Not every version honours no_error_if_not_exists, and "missing" has no code of its own.
      if (error.reaction() != Reaction::fail_task || has_table(name)) throw;
      return std::nullopt;
    }
    if (shown.table_names.empty()) return std::nullopt;
    return shown;
  }

  bool has_table(std::string_view name) {
    return call<wire::HasTableResponse>(wire::HasTableRequest{.table_name = std::string(name)})
        .table_exists;
  }

  // Since 7.1 the part before the dot is a schema, which has to exist. Before, there are neither
  // schemas nor these endpoints.
  void ensure_schema(std::string_view table) {
    const size_t dot = table.find('.');
    if (dot == std::string_view::npos || dot == 0) return;
    const std::string schema(table.substr(0, dot));
    try {
      if (call<wire::HasSchemaResponse>(wire::HasSchemaRequest{.schema_name = schema})
              .schema_exists) {
        return;
      }
      call<wire::CreateSchemaResponse>(wire::CreateSchemaRequest{
          .schema_name = schema, .options = {{"no_error_if_exists", "true"}}});
    } catch (const Error& error) {
      if (error.reaction() == Reaction::retry) throw;
    }
  }
};

Client::Client(ClientSettings settings) : impl_(std::make_unique<Impl>(settings)) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;

std::string Client::url() const { return impl_->session.cluster().base(); }
std::string Client::host() const { return impl_->session.cluster().host; }
Session& Client::session() { return impl_->session; }
void Client::set_timeout(std::chrono::milliseconds timeout) { impl_->session.set_timeout(timeout); }
void Client::abort() { impl_->session.abort(); }
void Client::check_running() { impl_->session.check_running(); }

std::map<std::string, std::string> Client::system_properties() {
  return impl_->call<wire::ShowSystemPropertiesResponse>(wire::ShowSystemPropertiesRequest{})
      .property_map;
}

Release Client::release() {
  return parse_release(system_properties()["version.gpudb_core_version"]);
}

std::optional<Table> Client::find_table(std::string_view name) {
  auto shown = impl_->show_table(name);
  if (!shown) return std::nullopt;
  Table table;
  table.name = qualified_name(*shown);
  if (!shown->table_descriptions.empty()) {
    const auto& kinds = shown->table_descriptions.front();
    table.is_collection = std::any_of(kinds.begin(), kinds.end(), [](const std::string& kind) {
      return kind == "COLLECTION" || kind == "SCHEMA";
    });
    table.is_replicated = std::ranges::find(kinds, "REPLICATED") != kinds.end();
  }
  if (!shown->type_ids.empty()) table.type_id = std::move(shown->type_ids.front());
  if (table.is_collection) return table;
  if (shown->type_schemas.empty()) {
    throw Error(Reaction::fail_task, "Kinetica at {} shows table {} without its type",
                impl_->session.cluster().address(), table.name);
  }
  table.type = wire::TableType::parse(shown->type_schemas.front(), shown->properties.empty()
                                                                       ? wire::ColumnProperties{}
                                                                       : shown->properties.front());
  return table;
}

Table Client::create_table(std::string_view name, const wire::TableType& type,
                           std::string_view collection) {
  for (const wire::Column& column : type.columns()) wire::check_column(column);
  impl_->ensure_schema(name);
  const auto created_type = impl_->call<wire::CreateTypeResponse>(wire::CreateTypeRequest{
      .type_definition = type.definition(), .properties = type.properties()});
  wire::CreateTableRequest request{.table_name = std::string(name),
                                   .type_id = created_type.type_id};
  if (!collection.empty()) request.options["collection_name"] = collection;
  try {
    const auto created = impl_->call<wire::CreateTableResponse>(request);
    const auto qualified = created.info.find("qualified_table_name");
    return {.name = qualified == created.info.end() ? created.table_name : qualified->second,
            .type_id = created_type.type_id,
            .type = type};
  } catch (const Error& error) {
    if (error.reaction() != Reaction::fail_task) throw;
    // Perhaps another task was faster; then its table is as good.
    std::optional<Table> theirs;
    if (!collection.empty() && name.find('.') == std::string_view::npos) {
      theirs = find_table(fmt::format("{}.{}", collection, name));
    }
    if (!theirs) theirs = find_table(name);
    if (!theirs) throw;
    return *std::move(theirs);
  }
}

void Client::clear_table(std::string_view name) {
  impl_->call<wire::ClearTableResponse>(wire::ClearTableRequest{
      .table_name = std::string(name), .options = {{"no_error_if_not_exists", "true"}}});
}

Table Client::alter_columns(std::string_view name, const std::vector<ColumnChange>& changes) {
  wire::AlterTableColumnsRequest request{.table_name = std::string(name)};
  for (const ColumnChange& change : changes) {
    auto& alteration = request.column_alterations.emplace_back();
    alteration["column_name"] = change.column.name;
    if (change.action == ColumnChange::Action::remove) {
      alteration["action"] = "delete_column";
      continue;
    }
    wire::check_column(change.column);
    const bool added = change.action == ColumnChange::Action::add;
    alteration["action"] = added ? "add_column" : "change_column";
    alteration["column_type"] = wire::base_type_name(change.column.type);
    alteration["column_properties"] = fmt::format("{}", fmt::join(change.column.properties, ","));
    if (change.default_value) alteration["column_default_value"] = *change.default_value;
  }
  const auto altered = impl_->call<wire::AlterTableColumnsResponse>(request, Repeat::never);
  return {.name = altered.table_name,
          .type_id = altered.type_id,
          .type = wire::TableType::parse(altered.type_definition, altered.properties)};
}

InsertOutcome Client::insert(std::string_view table, wire::InsertBody& body,
                             const wire::Options& options) {
  const auto parts = body.parts(table, options);
  const auto response = wire::decode<wire::InsertRecordsResponse>(
      impl_->session.post(wire::InsertRecordsRequest::endpoint, parts, Repeat::never));
  return {.inserted = response.count_inserted,
          .updated = response.count_updated,
          .rejected = row_errors(response.info)};
}

Rows Client::get_records(std::string_view table, int64_t offset, int64_t limit,
                         const wire::Options& options) {
  const std::string body = wire::encode(wire::GetRecordsRequest{
      .table_name = std::string(table), .offset = offset, .limit = limit, .options = options});
  const std::array<std::string_view, 1> parts{body};
  return rows_of(impl_->session.post(wire::GetRecordsRequest::endpoint, parts, Repeat::harmless));
}

Rows rows_of(std::string_view response) {
  auto decoded = wire::decode<wire::GetRecordsResponse>(response);
  Rows rows;
  rows.type_definition = std::move(decoded.type_schema);
  rows.records.assign(decoded.records_binary.begin(), decoded.records_binary.end());
  rows.total = decoded.total_number_of_records;
  rows.has_more = decoded.has_more_records;
  return rows;
}

void Client::read_records(std::string_view table, const wire::Options& options,
                          const std::function<void(const std::vector<std::string>&)>& visit) {
  int64_t offset = 0;
  for (bool more = true; more;) {
    const Rows page = get_records(table, offset, wire::end_of_set, options);
    visit(page.records);
    offset += static_cast<int64_t>(page.records.size());
    more = page.has_more && !page.records.empty();
  }
}

int64_t Client::delete_records(std::string_view table, std::vector<std::string> expressions) {
  return impl_
      ->call<wire::DeleteRecordsResponse>(
          wire::DeleteRecordsRequest{.table_name = std::string(table),
                                     .expressions = std::move(expressions)},
          Repeat::never)
      .count_deleted;
}

int64_t Client::count_records(std::string_view table) {
  const auto response = impl_->call<wire::ShowTableResponse>(
      wire::ShowTableRequest{.table_name = std::string(table),
                             .options = {{"get_sizes", "true"}, {"show_children", "false"}}});
  return response.full_sizes.empty() ? response.total_full_size : response.full_sizes.front();
}

CreatedMonitor Client::create_table_monitor(std::string_view table) {
  const auto response = impl_->call<wire::CreateTableMonitorResponse>(
      wire::CreateTableMonitorRequest{.table_name = std::string(table)});
  return {.topic_id = response.topic_id, .type = wire::TableType::parse(response.type_schema, {})};
}

void Client::clear_table_monitor(std::string_view topic_id) {
  impl_->call<wire::ClearTableMonitorResponse>(
      wire::ClearTableMonitorRequest{.topic_id = std::string(topic_id)});
}

std::optional<std::vector<std::string>> Client::table_monitors() {
  try {
    return impl_->call<ShowTableMonitorsResponse>(ShowTableMonitorsRequest{}).monitor_ids;
  } catch (const Error& error) {
    if (error.reaction() == Reaction::retry) throw;
    return std::nullopt;
  }
}

}  // namespace kc::kinetica
