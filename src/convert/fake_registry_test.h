// A Schema Registry in this process, for the tests of the converters that have one: registers and
// finds schemas as a registry does, with ids and versions from 1 on, and tells what it was asked.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/guarded.h"
#include "http/server.h"

namespace kc::convert {

class FakeRegistry {
 public:
  FakeRegistry();

  // `body`: {"schema":"...","schemaType":"...","references":[...]}. Returns the schema's id.
  int32_t add(const std::string& subject, const std::string& body);
  // Answers everything with this status; with 200, properly again.
  void fail_with(int status);
  // Answers as a registry without GUIDs.
  void forget_guids();
  // The GUID of the schema with this id: 16 bytes.
  static std::string guid(int32_t id) { return std::string(15, '\0') + static_cast<char>(id); }
  // "GET /schemas/ids/1".
  std::vector<std::string> requests() const { return state_.copy().requests; }
  // The text of the schema with this id.
  std::string schema(int32_t id) const;
  const std::string& url() const { return server_.url(); }

 private:
  struct Entry {
    std::string subject;
    nlohmann::json body;
  };
  struct State {
    std::vector<Entry> entries;
    std::vector<std::string> requests;
    int status = 200;
    bool guids = true;

    int32_t add(const std::string& subject, const std::string& body);
    // `more`, with the GUID of the schema at `i`.
    nlohmann::json named(size_t i, nlohmann::json more) const;
    nlohmann::json described(size_t i) const;
    std::optional<nlohmann::json> answer(const http::ServerRequest& request);
  };

  http::ServerResponse answer(const http::ServerRequest& request);

  base::Guarded<State> state_;
  http::Server server_;
};

}  // namespace kc::convert
