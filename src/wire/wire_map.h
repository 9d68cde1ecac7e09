// The protocol's maps: a std::map with text keys that knows in which order a message brought them,
// so that a message that is read and written again has the same bytes. Order means nothing else.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace kc::wire {

template <typename T>
class WireMap : public std::map<std::string, T> {
 public:
  using Base = std::map<std::string, T>;
  using Base::Base;
  WireMap() = default;
  WireMap(Base entries) : Base(std::move(entries)) {}

  // The keys as they were read; empty for a map that was made here.
  std::vector<std::string> arrival;

  // The entries in the order of arrival while that still names exactly them, otherwise by key.
  // Pointers are valid until the map changes.
  std::vector<const typename Base::value_type*> in_order() const {
    std::vector<const typename Base::value_type*> entries;
    entries.reserve(this->size());
    if (arrival.size() == this->size()) {
      for (const std::string& key : arrival) {
        const auto entry = this->find(key);
        if (entry == this->end()) break;
        entries.push_back(&*entry);
      }
      if (entries.size() == this->size()) return entries;
      entries.clear();
    }
    for (const auto& entry : *this) entries.push_back(&entry);
    return entries;
  }
};

}  // namespace kc::wire
