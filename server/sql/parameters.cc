#include "server/sql/parameters.h"

#include <fmt/format.h>

#include "base/error.h"
#include "data/value.h"
#include "wire/message_json.h"
#include "wire/row_codec.h"

namespace kc::server::sql {

namespace {

using base::Error;
using base::Reaction;
using data::Value;
using wire::Json;
using Kind = Literal::Kind;

Literal from_value(const Value& value) {
  switch (value.kind()) {
    case data::Kind::null:
      return {};
    case data::Kind::int32:
    case data::Kind::int64:
      return {Kind::number, std::to_string(value.as_integer())};
    case data::Kind::float32:
      return {Kind::number, fmt::format("{}", static_cast<float>(value.as_real()))};
    case data::Kind::float64:
      return {Kind::number, fmt::format("{}", value.as_real())};
    case data::Kind::bytes:
      return {Kind::bytes, std::string(value.as_text())};
    default:
      return {Kind::text, std::string(value.as_text())};
  }
}

std::vector<Parameters> from_records(const wire::ExecuteSqlRequest& request) {
  const auto type = wire::TableType::parse(request.request_schema_str, {});
  std::vector<Parameters> lists;
  std::vector<Value> values;
  for (const std::string_view record : request.data) {
    wire::decode_row(type, record, values);
    auto& list = lists.emplace_back();
    for (const Value& value : values) list.push_back(from_value(value));
  }
  return lists;
}

Literal from_json(const Json& json) {
  if (json.is_null()) return {};
  if (json.is_boolean()) return {Kind::boolean, json.get<bool>() ? "true" : "false"};
  if (json.is_number()) return {Kind::number, json.dump()};
  if (json.is_string()) return {Kind::text, json.get<std::string>()};
  return {Kind::text, json.dump()};  // an array or an object, for a column that holds such
}

Parameters list_from_json(const Json& json) {
  Parameters list;
  for (const Json& item : json) list.push_back(from_json(item));
  return list;
}

std::vector<Parameters> from_option(const std::string& text) {
  const Json json = wire::parse_json(text);
  if (json.is_null()) return {};
  if (!json.is_array()) {
    throw Error(Reaction::fail_task, "Option query_parameters is not a JSON list: {:.200}", text);
  }
  const bool many = !json.empty() && std::ranges::all_of(json, &Json::is_array);
  if (!many) return {list_from_json(json)};
  std::vector<Parameters> lists;
  for (const Json& item : json) lists.push_back(list_from_json(item));
  return lists;
}

}  // namespace

std::vector<Parameters> read_parameters(const wire::ExecuteSqlRequest& request, size_t count) {
  std::vector<Parameters> lists;
  const auto option = request.options.find("query_parameters");
  if (!request.data.empty()) {
    lists = from_records(request);
  } else if (option != request.options.end() && !option->second.empty()) {
    lists = from_option(option->second);
  }
  if (lists.empty()) lists.emplace_back();
  for (const Parameters& list : lists) {
    if (list.size() < count) {
      throw Error(Reaction::fail_task, "The SQL statement has {} parameters, but {} were given",
                  count, list.size());
    }
  }
  return lists;
}

const Literal& resolve(const Literal& literal, const Parameters& parameters) {
  return literal.kind == Kind::parameter ? parameters.at(literal.parameter) : literal;
}

}  // namespace kc::server::sql
