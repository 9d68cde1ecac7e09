// JSON Schemas as their texts declare them, with what their references mean: drafts 4 to 2020-12.
// (JSON Schema Core: "$id", "$anchor", "$ref".)
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kc::convert {

// Immutable, not copied; owns everything its places point to.
class JsonSchemaDocument {
 public:
  using Json = nlohmann::ordered_json;

  // As deep as a text may nest.
  static constexpr int depth_max = 200;

  struct Text {
    std::string name;  // as other schemas refer to it; empty: not at all
    std::string_view text;
  };

  // A schema, and the URI that its references are relative to.
  struct Place {
    const Json* json = nullptr;
    std::string base;
  };

  // `texts`: the last one is the schema itself. Throws Error(skip_record) naming the fault for text
  // that is no schema.
  explicit JsonSchemaDocument(std::span<const Text> texts);
  JsonSchemaDocument(const JsonSchemaDocument&) = delete;
  JsonSchemaDocument& operator=(const JsonSchemaDocument&) = delete;

  const Place& root() const { return root_; }
  // A schema within `place`, which may have an $id of its own.
  static Place inner(const Place& place, const Json& json);
  // What `reference`, which stands in `place`, means. Throws Error(skip_record) naming it when it
  // leads nowhere.
  Place resolve(const Place& place, const std::string& reference) const;

 private:
  void learn_names(const Place& place, int depth);

  std::vector<Json> texts_;
  Place root_;
  std::unordered_map<std::string, Place> named_;  // by URI, with the anchor after # where it is one
};

}  // namespace kc::convert
