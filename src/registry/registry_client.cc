#include "registry/registry_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"
#include "base/whole_number.h"

namespace kc::registry {
namespace {

using base::Error;
using base::Reaction;
using Json = nlohmann::json;

constexpr std::string_view content_type = "application/vnd.schemaregistry.v1+json";
constexpr std::string_view network_exception = "org.apache.kafka.common.errors.NetworkException";
constexpr int reference_depth_max = 64;

// As it stands in a path: everything but unreserved characters as %XX.
std::string encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    if (plain) {
      result.push_back(c);
    } else {
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return result;
}

bool may_pass(int status) {
  return status == 408 || status == 429 || (status >= 500 && status != 501);
}

// "Schema 5 not found; error code: 40403".
std::string refusal(const http::ClientResponse& response) {
  const Json body = Json::parse(response.body, nullptr, false);
  if (body.is_object() && body.contains("message") && body["message"].is_string()) {
    const auto code = body.find("error_code");
    return fmt::format("{}; error code: {}", body["message"].get<std::string>(),
                       code == body.end()
                           ? response.status
                           : base::as_whole_number<int64_t>(*code).value_or(response.status));
  }
  return fmt::format("HTTP status {}", response.status);
}

[[noreturn]] void refuse(const http::ClientResponse& response) {
  const bool not_allowed = response.status == 401 || response.status == 403;
  throw Error(not_allowed ? Reaction::fix_config : Reaction::skip_record, "{}{}", refusal(response),
              not_allowed ? " (the Schema Registry did not accept the credentials; see "
                            "basic.auth.* and bearer.auth.*)"
                          : "");
}

[[noreturn]] void not_a_registry(std::string_view why) {
  throw Error(Reaction::retry, "The answer from schema.registry.url is not a Schema Registry's: {}",
              why);
}

Json parsed(const http::ClientResponse& response) {
  if (response.status != 200) refuse(response);
  Json body = Json::parse(response.body, nullptr, false);
  if (!body.is_object()) not_a_registry("it is not a JSON object");
  return body;
}

int32_t number_in(const Json& body, const char* name) {
  const auto found = body.find(name);
  const auto number = found == body.end() ? std::nullopt : base::as_whole_number<int32_t>(*found);
  if (!number) not_a_registry(fmt::format("it has no number \"{}\" of 32 bits", name));
  return *number;
}

std::string text_in(const Json& body, const char* name, std::optional<std::string> otherwise = {}) {
  const auto found = body.find(name);
  if (found != body.end() && found->is_string()) return found->get<std::string>();
  if (!otherwise) not_a_registry(fmt::format("it has no text \"{}\"", name));
  return *otherwise;
}

// 16 bytes; empty without one.
std::string guid_in(const Json& body) {
  const std::string text = text_in(body, "guid", "");
  if (text.empty()) return {};
  auto guid = guid_bytes(text);
  if (!guid) not_a_registry("its \"guid\" is not one");
  return std::move(*guid);
}

RegisteredSchema schema_in(const Json& body) {
  RegisteredSchema schema{text_in(body, "schemaType", "AVRO"), text_in(body, "schema")};
  schema.guid = guid_in(body);
  const auto references = body.find("references");
  if (references == body.end() || !references->is_array()) return schema;
  for (const Json& reference : *references) {
    if (!reference.is_object()) not_a_registry("a reference is not an object");
    schema.references.push_back({text_in(reference, "name"), text_in(reference, "subject"),
                                 number_in(reference, "version")});
  }
  return schema;
}

std::string body_of(const RegisteredSchema& schema) {
  Json body{{"schema", schema.text}};
  if (schema.type != "AVRO") body["schemaType"] = schema.type;
  for (const SchemaReference& reference : schema.references) {
    body["references"].push_back(
        {{"name", reference.name}, {"subject", reference.subject}, {"version", reference.version}});
  }
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

RegistryClient::RegistryClient(const RegistrySettings& settings, const base::Clock& clock)
    : missing_kept_(settings.missing_kept),
      normalize_(settings.normalize ? "?normalize=true" : ""),
      clock_(clock),
      schemas_(settings.schemas_max) {
  for (const Endpoint& endpoint : settings.endpoints) {
    servers_.push_back({endpoint.url, http::Client(endpoint.http)});
  }
  if (settings.token) tokens_.emplace(*settings.token, settings.token_renewed_before, clock);
}

http::ClientResponse RegistryClient::ask(Method method, const std::string& path,
                                         std::string_view body) {
  http::ClientResponse response = ask_once(method, path, body);
  if (response.status != 401 || !tokens_) return response;
  tokens_->forget();
  return ask_once(method, path, body);
}

http::ClientResponse RegistryClient::ask_once(Method method, const std::string& path,
                                              std::string_view body) {
  const std::string* const token = tokens_ ? &tokens_->token() : nullptr;
  std::optional<Error> failure;
  for (size_t tried = 0; tried < servers_.size(); ++tried) {
    Server& server = servers_[current_];
    const std::string url = server.url + path;
    if (token != nullptr) server.client.set_bearer_token(*token);
    try {
      http::ClientResponse response;
      if (method == Method::get) {
        response = server.client.get(url);
      } else if (method == Method::put) {
        response = server.client.put(url, content_type, body);
      } else {
        // Registering twice gives the same id.
        response = server.client.post(url, content_type, std::array{body}, http::Repeat::harmless);
      }
      if (!may_pass(response.status)) return response;
      failure =
          Error(Reaction::retry, "The Schema Registry cannot serve now: {}", refusal(response));
    } catch (const Error& error) {
      if (error.reaction() != Reaction::retry) throw;
      failure = Error(Reaction::retry, "{}", error.what()).with_java_class(network_exception);
    }
    current_ = (current_ + 1) % servers_.size();
  }
  throw *failure;
}

const RegisteredSchema& RegistryClient::schema(const SchemaId& id) {
  const std::string path = schema_path(id);
  if (const RegisteredSchema* known = schemas_.find(path)) return *known;
  if (const auto missing = missing_.find(path); missing != missing_.end()) {
    if (clock_.now() < missing->second.until) {
      throw Error(Reaction::skip_record, "{}", missing->second.reason);
    }
    missing_.erase(missing);
  }
  const auto response = ask(Method::get, "/schemas/" + path);
  if (response.status == 404 && missing_kept_.count() > 0) {
    if (missing_.size() >= missing_max) missing_.clear();
    missing_[path] = {clock_.now() + missing_kept_, refusal(response)};
  }
  return schemas_.insert(path, schema_in(parsed(response)));
}

std::optional<SubjectVersion> RegistryClient::find(const std::string& subject,
                                                   const RegisteredSchema& schema) {
  const auto response =
      ask(Method::post, "/subjects/" + encoded(subject) + normalize_, body_of(schema));
  if (response.status == 404) return std::nullopt;
  const Json body = parsed(response);
  SubjectVersion found{number_in(body, "id"), number_in(body, "version"), schema};
  found.schema.guid = guid_in(body);
  return found;
}

SubjectVersion RegistryClient::latest(const std::string& subject) {
  const Json body = parsed(ask(Method::get, "/subjects/" + encoded(subject) + "/versions/latest"));
  return {number_in(body, "id"), number_in(body, "version"), schema_in(body)};
}

int32_t RegistryClient::register_schema(const std::string& subject, RegisteredSchema& schema) {
  const std::string path = "/subjects/" + encoded(subject) + "/versions" + normalize_;
  const Json body = parsed(ask(Method::post, path, body_of(schema)));
  schema.guid = guid_in(body);
  return number_in(body, "id");
}

void RegistryClient::set_compatibility(const std::string& subject, std::string_view level) {
  const Json body{{"compatibility", level}};
  parsed(ask(Method::put, "/config/" + encoded(subject), body.dump()));
}

std::vector<RegistryClient::Referenced> RegistryClient::resolve(const RegisteredSchema& schema) {
  std::vector<std::string> seen;
  std::vector<Referenced> found;
  resolve(schema, 0, seen, found);
  return found;
}

void RegistryClient::resolve(const RegisteredSchema& schema, int depth,
                             std::vector<std::string>& seen, std::vector<Referenced>& found) {
  for (const SchemaReference& reference : schema.references) {
    const std::string path =
        "/subjects/" + encoded(reference.subject) + fmt::format("/versions/{}", reference.version);
    if (std::ranges::find(seen, path) != seen.end()) continue;
    if (depth >= reference_depth_max || seen.size() >= references_max) {
      throw Error(Reaction::skip_record,
                  "The schema refers to more than {} others, or {} deep. Hint: define its types in "
                  "fewer schemas",
                  references_max, reference_depth_max);
    }
    seen.push_back(path);
    const RegisteredSchema referenced = schema_in(parsed(ask(Method::get, path)));
    resolve(referenced, depth + 1, seen, found);
    found.push_back({reference.name, referenced});
  }
}

}  // namespace kc::registry
