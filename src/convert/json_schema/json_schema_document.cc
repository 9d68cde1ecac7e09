#include "convert/json_schema/json_schema_document.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include "base/error.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using Json = JsonSchemaDocument::Json;
using Place = JsonSchemaDocument::Place;

struct Uri {
  std::string path;  // without the fragment
  std::string fragment;
};

Uri split(const std::string& uri) {
  const size_t hash = uri.find('#');
  if (hash == std::string::npos) return {uri, {}};
  return {uri.substr(0, hash), uri.substr(hash + 1)};
}

// Where the path of `uri` begins; nothing when it has no scheme.
std::optional<size_t> path_begin(std::string_view uri) {
  const size_t colon = uri.find(':');
  if (colon == std::string_view::npos || uri.find('/') < colon) return std::nullopt;
  if (!uri.substr(colon + 1).starts_with("//")) return colon + 1;
  return std::min(uri.find('/', colon + 3), uri.size());
}

// `uri` relative to `base`, both without fragment. (RFC 3986, 5.2, without the query.)
std::string resolved(const std::string& base, std::string uri) {
  if (uri.empty()) return base;
  if (path_begin(uri)) return uri;
  const size_t begin = path_begin(base).value_or(0);
  if (uri.front() == '/') return base.substr(0, begin) + uri;
  std::string folder = base.substr(0, std::max(begin, base.rfind('/') + 1));
  while (true) {
    if (uri.starts_with("./")) {
      uri.erase(0, 2);
    } else if (uri.starts_with("../")) {
      uri.erase(0, 3);
      const size_t slash = folder.size() > 1 ? folder.rfind('/', folder.size() - 2) : 0;
      if (slash != std::string::npos && slash >= begin) folder.resize(slash + 1);
    } else {
      return folder + uri;
    }
  }
}

// A step of a JSON pointer in a URI: %25 and ~1 undone.
std::string unescaped(std::string_view step) {
  std::string text;
  for (size_t i = 0; i < step.size(); ++i) {
    if (step[i] == '%' && i + 2 < step.size()) {
      const std::string digits(step.substr(i + 1, 2));
      char* end = nullptr;
      const long byte = std::strtol(digits.c_str(), &end, 16);
      if (*end == '\0') {
        text.push_back(static_cast<char>(byte));
        i += 2;
        continue;
      }
    }
    text.push_back(step[i]);
  }
  for (size_t i = text.find('~'); i != std::string::npos; i = text.find('~', i + 1)) {
    if (text.compare(i, 2, "~0") == 0) text.replace(i, 2, "~");
    if (text.compare(i, 2, "~1") == 0) text.replace(i, 2, "/");
  }
  return text;
}

const std::string* text_member(const Json& json, const char* name) {
  const auto found = json.is_object() ? json.find(name) : json.end();
  return found == json.end() ? nullptr : found->get_ptr<const Json::string_t*>();
}

// "id" is draft 4's; elsewhere it may be a property that is called so.
const std::string* id_of(const Json& json) {
  if (const std::string* id = text_member(json, "$id")) return id;
  return text_member(json, "id");
}

// The step from `json` to its member or element; nullptr when there is none.
const Json* step_into(const Json& json, const std::string& name) {
  if (json.is_object()) {
    const auto found = json.find(name);
    return found == json.end() ? nullptr : &*found;
  }
  if (!json.is_array() || name.empty() || name.size() > 9 ||
      name.find_first_not_of("0123456789") != std::string::npos) {
    return nullptr;
  }
  const size_t index = std::stoul(name);
  return index < json.size() ? &json[index] : nullptr;
}

// What the JSON pointer `pointer` ("/definitions/X") leads to.
std::optional<Place> follow(Place place, std::string_view pointer) {
  while (!pointer.empty()) {
    pointer.remove_prefix(1);
    const size_t end = std::min(pointer.find('/'), pointer.size());
    const Json* next = step_into(*place.json, unescaped(pointer.substr(0, end)));
    if (next == nullptr) return std::nullopt;
    place = JsonSchemaDocument::inner(place, *next);
    pointer.remove_prefix(end);
  }
  return place;
}

}  // namespace

JsonSchemaDocument::JsonSchemaDocument(std::span<const Text> texts) {
  texts_.reserve(texts.size());
  for (const Text& text : texts) {
    Json json = Json::parse(text.text, nullptr, false);
    if (!json.is_object() && !json.is_boolean()) {
      throw Error(Reaction::skip_record, "Not a JSON schema{}{}: it is no JSON object",
                  text.name.empty() ? "" : ", the referenced ", text.name);
    }
    texts_.push_back(std::move(json));
    root_ = inner({nullptr, split(text.name).path}, texts_.back());
    named_[split(text.name).path] = root_;
    learn_names(root_, 0);
  }
}

Place JsonSchemaDocument::inner(const Place& place, const Json& json) {
  Place result{&json, place.base};
  if (const std::string* id = id_of(json)) {
    Uri uri = split(*id);
    if (!uri.path.empty()) result.base = resolved(place.base, std::move(uri.path));
  }
  return result;
}

void JsonSchemaDocument::learn_names(const Place& place, int depth) {
  if (depth > depth_max) {
    throw Error(Reaction::skip_record, "The JSON schema is nested deeper than {}", depth_max);
  }
  const Json& json = *place.json;
  if (const std::string* id = id_of(json)) {
    const Uri uri = split(*id);
    named_.try_emplace(uri.fragment.empty() ? place.base : place.base + "#" + uri.fragment, place);
  }
  if (const std::string* anchor = text_member(json, "$anchor")) {
    named_.try_emplace(place.base + "#" + *anchor, place);
  }
  if (!json.is_structured()) return;
  for (const Json& child : json) {
    if (child.is_structured()) learn_names(inner(place, child), depth + 1);
  }
}

Place JsonSchemaDocument::resolve(const Place& place, const std::string& reference) const {
  const Uri uri = split(reference);
  const bool pointer = uri.fragment.empty() || uri.fragment.front() == '/';
  const std::string anchor = pointer ? std::string() : "#" + uri.fragment;
  // A reference's name in the registry may be the URI or what the schema has written.
  for (const std::string& path : {resolved(place.base, uri.path), uri.path}) {
    const auto found = named_.find(path + anchor);
    if (found == named_.end()) continue;
    const auto target = follow(found->second, pointer ? uri.fragment : std::string());
    if (target) return *target;
  }
  throw Error(Reaction::skip_record,
              "The reference {} of the JSON schema leads nowhere. Hint: name the schema it means "
              "among the references that are registered with this one",
              reference);
}

}  // namespace kc::convert
