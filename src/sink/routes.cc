#include "sink/routes.h"

#include "sink/table_naming.h"

namespace kc::sink {

// topic NUL schema's address, or topic NUL 'k' key.
void Routes::set_name(const data::Record& record) {
  name_.assign(record.topic);
  name_.push_back('\0');
  if (record.value_schema != nullptr) {
    const auto address = reinterpret_cast<std::uintptr_t>(record.value_schema);
    name_.append(reinterpret_cast<const char*>(&address), sizeof address);
  } else if (const auto key = TableNaming::key_name(record); by_key_ && key) {
    name_.push_back('k');
    name_.append(*key);
  }
}

Route* Routes::search(const data::Record& record) {
  set_name(record);
  const auto found = routes_.find(name_);
  // The name of a schemaless key could read as an address.
  if (found == routes_.end() || !matches(*found->second, record)) return nullptr;
  return last_ = found->second.get();
}

Route* Routes::add(const data::Record& record, TableWriter::Table& table, Conversion conversion) {
  set_name(record);
  std::optional<std::string> key;
  if (record.value_schema == nullptr) key = TableNaming::key_name(record);
  auto route = std::make_unique<Route>(
      Route{std::string(record.topic),
            record.value_schema == nullptr ? nullptr : record.value_schema->shared_from_this(),
            std::move(key), &table, std::move(conversion)});
  last_ = route.get();
  routes_.insert_or_assign(name_, std::move(route));
  return last_;
}

void Routes::each_to(const TableWriter::Table& table, const std::function<void(Route&)>& visit) {
  for (const auto& [name, route] : routes_) {
    if (route->table == &table) visit(*route);
  }
}

void Routes::trim() {
  if (routes_.size() < routes_max) return;
  last_ = nullptr;
  routes_.clear();
}

}  // namespace kc::sink
