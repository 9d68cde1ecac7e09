// Where records of one shape go, and how they become rows: found again for every record at the
// cost of a few comparisons. A shape is the topic with the value's schema, or, for schemaless
// records, with the text key that names their table.
//
// One thread. Bounded: keys may be of any number.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "data/record.h"
#include "sink/row_plan.h"
#include "sink/table_evolution.h"
#include "sink/table_writer.h"

namespace kc::sink {

// What is compiled for a value schema and a table type.
struct Conversion {
  // `schema` is null or a structure's.
  Conversion(const kinetica::Table& table, const data::Schema* schema, const EvolutionRules& rules)
      : plan(table.name, table.type, schema), evolution(rules, table.type, schema) {}

  RowPlan plan;
  EvolutionCheck evolution;
};

struct Route {
  std::string topic;
  data::SchemaPtr schema;  // kept, so that its address means nothing else
  std::optional<std::string> key;
  TableWriter::Table* table;
  Conversion conversion;
};

class Routes {
 public:
  static constexpr size_t routes_max = 10'000;

  // `by_key`: whether the keys of schemaless records tell routes apart.
  explicit Routes(bool by_key) : by_key_(by_key) {}

  // nullptr when the shape is new.
  Route* find(const data::Record& record) {
    if (last_ != nullptr && matches(*last_, record)) [[likely]]
      return last_;
    return search(record);
  }
  Route* add(const data::Record& record, TableWriter::Table& table, Conversion conversion);
  // All that go to the table.
  void each_to(const TableWriter::Table& table, const std::function<void(Route&)>& visit);

  // Forgets everything when there are too many. Ends the life of all routes.
  void trim();

 private:
  bool matches(const Route& route, const data::Record& record) const {
    if (route.schema.get() != record.value_schema || route.topic != record.topic) return false;
    if (record.value_schema != nullptr || !by_key_) return true;
    const bool has_key = record.key.kind() == data::Kind::string;
    return has_key == route.key.has_value() && (!has_key || record.key.as_text() == *route.key);
  }
  Route* search(const data::Record& record);
  void set_name(const data::Record& record);

  const bool by_key_;
  Route* last_ = nullptr;
  std::unordered_map<std::string, std::unique_ptr<Route>> routes_;
  std::string name_;  // reused
};

}  // namespace kc::sink
