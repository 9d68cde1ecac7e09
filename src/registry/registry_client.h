// A client of a Schema Registry, over Confluent's REST API (also spoken by Apicurio, Karapace and
// Redpanda).
//
// Errors, in Confluent's words where it has some:
//   retry        no endpoint answered (NetworkException), or all with 408, 429 or 5xx
//   fix_config   401, 403, a token that the OAuth provider refuses, and what http::Client calls a
//   fault of the configuration skip_record  any other refusal: an unknown id or subject, an
//   incompatible schema
// No text holds a credential.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/lru_cache.h"
#include "http/client.h"
#include "oauth/token_cache.h"
#include "registry/registry_settings.h"
#include "registry/wire_format.h"

namespace kc::registry {

// Another schema whose definitions a schema uses.
struct SchemaReference {
  std::string name;  // how the schema calls it
  std::string subject;
  int32_t version = 0;
};

struct RegisteredSchema {
  std::string type = "AVRO";  // or JSON, PROTOBUF
  std::string text;
  std::vector<SchemaReference> references{};
  // 16 bytes, where the registry has told it; older ones have none.
  std::string guid{};
};

struct SubjectVersion {
  int32_t id = 0;
  int32_t version = 0;
  RegisteredSchema schema;
};

// One thread. Each call ends within the endpoints' timeouts; an endpoint that fails is followed by
// the next, each asked at most once a call.
class RegistryClient {
 public:
  // The most references, direct and indirect, that a schema may have.
  static constexpr size_t references_max = 1000;
  static constexpr size_t missing_max = 10'000;

  // `clock` outlives the client.
  RegistryClient(const RegistrySettings& settings, const base::Clock& clock);

  // Cached. Valid until the next call.
  const RegisteredSchema& schema(const SchemaId& id);
  const RegisteredSchema& schema(int32_t id) { return schema(SchemaId{id}); }
  // The version that `schema` has under `subject`, with its GUID; nothing when it is not registered
  // there.
  std::optional<SubjectVersion> find(const std::string& subject, const RegisteredSchema& schema);
  SubjectVersion latest(const std::string& subject);
  // The id of `schema`, which is registered under `subject` when it is not yet, and gets its GUID.
  int32_t register_schema(const std::string& subject, RegisteredSchema& schema);
  // How new schemas of `subject` must fit those before: "NONE", "BACKWARD" ...
  void set_compatibility(const std::string& subject, std::string_view level);
  // All schemas that `schema` refers to, each after those that it refers to itself, with the names
  // they are referred to by.
  struct Referenced {
    std::string name;
    RegisteredSchema schema;
  };
  std::vector<Referenced> resolve(const RegisteredSchema& schema);

 private:
  struct Server {
    std::string url;
    http::Client client;
  };

  enum class Method { get, post, put };
  // The answer of the first endpoint that has one; with another token where it is a 401.
  http::ClientResponse ask(Method method, const std::string& path, std::string_view body = {});
  http::ClientResponse ask_once(Method method, const std::string& path, std::string_view body);
  void resolve(const RegisteredSchema& schema, int depth, std::vector<std::string>& seen,
               std::vector<Referenced>& found);

  std::vector<Server> servers_;
  size_t current_ = 0;
  std::optional<oauth::TokenCache> tokens_;
  std::chrono::milliseconds missing_kept_;
  std::string normalize_;
  const base::Clock& clock_;
  base::LruCache<std::string, RegisteredSchema> schemas_;  // by their paths

  struct Missing {
    base::Clock::steady_time until;
    std::string reason;
  };
  std::unordered_map<std::string, Missing> missing_;
};

}  // namespace kc::registry
