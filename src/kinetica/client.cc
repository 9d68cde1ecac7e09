#include "kinetica/client.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "base/error.h"
#include "base/version.h"
#include "http/client.h"
#include "kinetica/url.h"
#include "wire/envelope.h"
#include "wire/messages.h"

namespace kc::kinetica {

using base::Error;
using base::Reaction;
using wire::Options;

namespace {

constexpr std::chrono::milliseconds connect_timeout_max{5000};
constexpr size_t quoted_bytes_max = 300;
constexpr std::string_view avro_content_type = "application/octet-stream";

// What a database says in a refusal (HTTP 400) when it is the database that is in trouble, not the
// request. (The fail-over words of Kinetica's official clients.)
constexpr std::array<std::string_view, 9> failover_words{
    "Kinetica is exiting",  "Kinetica is offline",
    "Connection refused",   "Connection reset",
    "system-limited-fatal", "Query planner is not running",
    "System shutting down", "Unavailable: Draining HA queue",
    "System is offline"};
constexpr std::string_view end_of_file_words = "Unexpected end of file from server";

bool asks_for_failover(std::string_view message) {
  const auto has = [&](std::string_view words) {
    return message.find(words) != std::string_view::npos;
  };
  return std::any_of(failover_words.begin(), failover_words.end(), has) || has(end_of_file_words);
}

http::ClientOptions http_options(const ClientSettings& settings) {
  http::ClientOptions options;
  options.timeout = settings.timeout;
  options.connect_timeout = settings.timeout.count() > 0
                                ? std::min(settings.timeout, connect_timeout_max)
                                : connect_timeout_max;
  options.user_agent = fmt::format("kinetica-connect/{}", base::version());
  options.username = settings.username;
  options.password = settings.password.reveal();
  return options;
}

std::string_view quote(std::string_view text) { return text.substr(0, quoted_bytes_max); }

// Throws what an answer that is no success means.
[[noreturn]] void refuse(const std::string& address, std::string_view endpoint,
                         const http::ClientResponse& answer) {
  const int status = answer.status;
  if (status == 401) {
    throw Error(Reaction::fix_config,
                "Kinetica at {} does not accept the user (HTTP 401); check kinetica.username and "
                "kinetica.password",
                address);
  }
  if (status == 403) {
    throw Error(Reaction::fix_config,
                "Kinetica at {} does not permit {} to the user (HTTP 403); check kinetica.username "
                "and kinetica.password, and the user's permissions",
                address, endpoint);
  }
  if (status == 404) {
    throw Error(Reaction::fix_config,
                "{} does not know {} (HTTP 404); is kinetica.url, with its path, that of a "
                "Kinetica database?",
                address, endpoint);
  }
  std::string message(quote(answer.body));
  try {
    message = wire::decode_envelope(answer.body).message;
  } catch (const Error&) {
    // Not Kinetica's own words, but a proxy's.
  }
  if (status >= 500 || status == 408 || status == 429 || asks_for_failover(message)) {
    throw Error(Reaction::retry, "Kinetica at {} cannot do {} now (HTTP {}): {}", address, endpoint,
                status, message);
  }
  throw Error(Reaction::fail_task, "Kinetica at {} refused {} (HTTP {}): {}", address, endpoint,
              status, message);
}

std::vector<RowError> row_errors(const Options& info) {
  constexpr std::string_view prefix = "error_";
  std::map<size_t, std::string> errors;
  const auto parse_index = [](std::string_view text) -> std::optional<size_t> {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    size_t index = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (error != std::errc() || end == text.data()) return std::nullopt;
    return index;
  };
  if (const auto bad = info.find("bad_record_indices"); bad != info.end()) {
    std::string_view list = bad->second;
    while (!list.empty()) {
      const size_t comma = list.find(',');
      if (const auto index = parse_index(list.substr(0, comma))) {
        errors.emplace(*index, "The database rejected the row without giving a reason");
      }
      list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
    }
  }
  for (auto entry = info.lower_bound(std::string(prefix));
       entry != info.end() && entry->first.starts_with(prefix); ++entry) {
    const auto index = parse_index(std::string_view(entry->first).substr(prefix.size()));
    if (index) errors[*index] = entry->second;
  }
  std::vector<RowError> result;
  result.reserve(errors.size());
  for (auto& [row, message] : errors) result.push_back({row, std::move(message)});
  return result;
}

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
  std::vector<Url> urls;
  size_t current = 0;
  http::Client http;
  http::ClientResponse answer;  // of the latest call; its response may point into it
  std::atomic<bool> aborted = false;

  explicit Impl(const ClientSettings& settings)
      : urls(parse_urls(settings.url)), http(http_options(settings)) {}

  std::string_view post_once(std::string_view endpoint, std::span<const std::string_view> body) {
    const std::string address = urls[current].address();
    answer.status = 0;
    answer = http.post(urls[current].base() + std::string(endpoint), avro_content_type, body);
    if (answer.status < 200 || answer.status > 299) refuse(address, endpoint, answer);
    wire::Envelope envelope;
    try {
      envelope = wire::decode_envelope(answer.body);
    } catch (const Error&) {
      throw Error(Reaction::fix_config,
                  "{} answered {} with what is not Kinetica's protocol (content type {}, {} "
                  "bytes); is kinetica.url that of a Kinetica database?",
                  address, endpoint, answer.content_type, answer.body.size());
    }
    if (!envelope.ok()) {
      throw Error(asks_for_failover(envelope.message) ? Reaction::retry : Reaction::fail_task,
                  "Kinetica at {} refused {}: {}", address, endpoint, envelope.message);
    }
    return envelope.data;
  }

  // Posts to the current cluster, and to the next one as long as the call certainly did nothing.
  // `writes_rows`: a repetition is not harmless.
  std::string_view post(std::string_view endpoint, std::span<const std::string_view> body,
                        bool writes_rows) {
    for (size_t attempt = 1;; ++attempt) {
      const std::string address = urls[current].address();
      try {
        return post_once(endpoint, body);
      } catch (const Error& error) {
        if (error.reaction() != Reaction::retry) throw;
        current = (current + 1) % urls.size();
        // An answer came, so the request went out; without one the transport knows.
        const bool in_doubt = writes_rows && (error.in_doubt() || answer.status != 0);
        const std::string message =
            answer.status != 0
                ? error.what()
                : fmt::format("Kinetica at {} cannot be reached: {}", address, error.what());
        if (in_doubt) throw Error(Reaction::retry, message).with_in_doubt();
        if (attempt >= urls.size() || aborted) throw Error(Reaction::retry, message);
      }
    }
  }

  template <typename Response, typename Request>
  Response call(const Request& request) {
    const std::string body = wire::encode(request);
    const std::array<std::string_view, 1> parts{body};
    return wire::decode<Response>(post(Request::endpoint, parts, false));
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

std::string Client::url() const { return impl_->urls[impl_->current].base(); }
std::string Client::host() const { return impl_->urls[impl_->current].host; }

void Client::check_running() {
  const auto response =
      impl_->call<wire::ShowSystemStatusResponse>(wire::ShowSystemStatusRequest{});
  const auto system = response.status_map.find("system");
  const std::string text = system == response.status_map.end() ? "" : system->second;
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_object() && json.contains("status") && json["status"] == "running") return;
  throw Error(Reaction::retry, "Kinetica at {} is not running yet; its status is `{}`",
              impl_->urls[impl_->current].address(), quote(text));
}

std::map<std::string, std::string> Client::system_properties() {
  return impl_->call<wire::ShowSystemPropertiesResponse>(wire::ShowSystemPropertiesRequest{})
      .property_map;
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
  }
  if (!shown->type_ids.empty()) table.type_id = std::move(shown->type_ids.front());
  if (table.is_collection) return table;
  if (shown->type_schemas.empty()) {
    throw Error(Reaction::fail_task, "Kinetica at {} shows table {} without its type",
                impl_->urls[impl_->current].address(), table.name);
  }
  table.type = wire::TableType::parse(shown->type_schemas.front(), shown->properties.empty()
                                                                       ? wire::ColumnProperties{}
                                                                       : shown->properties.front());
  return table;
}

Table Client::create_table(std::string_view name, const wire::TableType& type,
                           std::string_view collection) {
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

InsertOutcome Client::insert(std::string_view table, wire::InsertBody& body,
                             const wire::Options& options) {
  const auto parts = body.parts(table, options);
  const auto response = wire::decode<wire::InsertRecordsResponse>(
      impl_->post(wire::InsertRecordsRequest::endpoint, parts, true));
  return {.inserted = response.count_inserted,
          .updated = response.count_updated,
          .rejected = row_errors(response.info)};
}

Rows Client::get_records(std::string_view table, int64_t offset, int64_t limit,
                         const wire::Options& options) {
  const auto response = impl_->call<wire::GetRecordsResponse>(wire::GetRecordsRequest{
      .table_name = std::string(table), .offset = offset, .limit = limit, .options = options});
  Rows rows;
  rows.records.assign(response.records_binary.begin(), response.records_binary.end());
  rows.total = response.total_number_of_records;
  rows.has_more = response.has_more_records;
  return rows;
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

void Client::abort() {
  impl_->aborted = true;
  impl_->http.abort();
}

}  // namespace kc::kinetica
