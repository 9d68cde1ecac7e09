#include "convert/fake_registry_test.h"

#include <fmt/format.h>

#include "registry/wire_format.h"

namespace kc::convert {

FakeRegistry::FakeRegistry()
    : server_({}, [this](const http::ServerRequest& request) { return answer(request); }) {}

int32_t FakeRegistry::add(const std::string& subject, const std::string& body) {
  return state_.with([&](State& state) { return state.add(subject, body); });
}

void FakeRegistry::fail_with(int status) {
  state_.with([&](State& state) { state.status = status; });
}

void FakeRegistry::forget_guids() {
  state_.with([](State& state) { state.guids = false; });
}

std::string FakeRegistry::schema(int32_t id) const {
  return state_.copy().entries.at(static_cast<size_t>(id) - 1).body.at("schema");
}

int32_t FakeRegistry::State::add(const std::string& subject, const std::string& body) {
  entries.push_back({subject, nlohmann::json::parse(body)});
  return static_cast<int32_t>(entries.size());
}

nlohmann::json FakeRegistry::State::named(size_t i, nlohmann::json more) const {
  constexpr size_t prefix = std::string_view("guids/").size();
  const std::string guid = FakeRegistry::guid(static_cast<int32_t>(i) + 1);
  if (guids) more["guid"] = registry::schema_path({0, guid}).substr(prefix);
  return more;
}

nlohmann::json FakeRegistry::State::described(size_t i) const {
  nlohmann::json body = named(i, entries[i].body);
  int version = 0;
  for (size_t k = 0; k <= i; ++k) version += entries[k].subject == entries[i].subject ? 1 : 0;
  body["id"] = i + 1;
  body["version"] = version;
  body["subject"] = entries[i].subject;
  return body;
}

std::optional<nlohmann::json> FakeRegistry::State::answer(const http::ServerRequest& request) {
  for (size_t i = 0; i < entries.size(); ++i) {
    const nlohmann::json known = described(i);
    const std::string of = "/subjects/" + entries[i].subject;
    if (request.target == fmt::format("/schemas/ids/{}", i + 1)) return named(i, entries[i].body);
    const std::string guid = FakeRegistry::guid(static_cast<int32_t>(i) + 1);
    if (request.target == "/schemas/" + registry::schema_path({0, guid})) return entries[i].body;
    if (request.target == of + fmt::format("/versions/{}", known["version"].get<int>())) {
      return known;
    }
    if (request.target == of && nlohmann::json::parse(request.body) == entries[i].body) {
      return known;
    }
  }
  if (request.target.ends_with("/versions/latest")) {
    for (size_t i = entries.size(); i-- > 0;) {
      if (request.target == "/subjects/" + entries[i].subject + "/versions/latest") {
        return described(i);
      }
    }
  } else if (request.method == "POST" && request.target.ends_with("/versions")) {
    const std::string subject = request.target.substr(10, request.target.size() - 19);
    const int32_t id = add(subject, request.body);
    return named(static_cast<size_t>(id) - 1, {{"id", id}});
  }
  return std::nullopt;
}

http::ServerResponse FakeRegistry::answer(const http::ServerRequest& request) {
  return state_.with([&](State& state) {
    state.requests.push_back(request.method + " " + request.target);
    http::ServerResponse response;
    response.status = state.status;
    if (state.status != 200) return response;
    if (const auto found = state.answer(request)) {
      response.body = found->dump();
    } else {
      response.status = 404;
      response.body = R"({"error_code":40403,"message":"Schema not found"})";
    }
    return response;
  });
}

}  // namespace kc::convert
