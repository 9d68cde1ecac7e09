#include "kinetica/answers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "wire/envelope.h"

namespace kc::kinetica {

using base::Error;
using base::Reaction;

namespace {

constexpr size_t quoted_bytes_max = 300;

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

// Throws what an answer that is no success means.
[[noreturn]] void refuse(const std::string& address, std::string_view endpoint,
                         const http::ClientResponse& answer) {
  const int status = answer.status;
  if (status == 401) {
    throw Error(Reaction::fix_config,
                "Kinetica at {} does not accept the user (HTTP 401); check kinetica.username and "
                "kinetica.password, or kinetica.oauth_token",
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

}  // namespace

std::string_view quote(std::string_view text) { return text.substr(0, quoted_bytes_max); }

std::string_view response_in(const http::ClientResponse& answer, const std::string& address,
                             std::string_view endpoint) {
  if (answer.status < 200 || answer.status > 299) refuse(address, endpoint, answer);
  wire::Envelope envelope;
  try {
    envelope = wire::decode_envelope(answer.body);
  } catch (const Error&) {
    throw Error(Reaction::fix_config,
                "{} answered {} with what is not Kinetica's protocol (content type {}, {} bytes); "
                "is kinetica.url that of a Kinetica database?",
                address, endpoint, answer.content_type, answer.body.size());
  }
  if (!envelope.ok()) {
    throw Error(asks_for_failover(envelope.message) ? Reaction::retry : Reaction::fail_task,
                "Kinetica at {} refused {}: {}", address, endpoint, envelope.message);
  }
  return envelope.data;
}

std::vector<RowError> row_errors(const wire::Options& info) {
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

}  // namespace kc::kinetica
