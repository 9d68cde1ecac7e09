// How a table follows its records (kinetica.allow_schema_evolution): what a record asks for that
// its table does not have, and the changes of columns that give it.
//
//   kinetica.add_new_fields_as_columns    a field without a column gets the one that a new table
//                                         would have, but nullable
//   kinetica.make_missing_field_nullable  a column that takes no null becomes nullable when a
//                                         record has no value for it, and keeps its properties
//
// Nothing else is changed: not the type of a column, no key column (a database refuses that), and
// no column goes away. Nested fields, which no column can hold, ask for nothing. Pure rules, no
// I/O.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/record.h"
#include "kinetica/client.h"
#include "sink/decimal_column.h"
#include "wire/table_type.h"

namespace kc::sink {

struct EvolutionRules {
  bool enabled = false;  // without it the others mean nothing
  bool add_columns = false;
  bool make_nullable = false;

  bool alter() const { return enabled && (add_columns || make_nullable); }
};

// Whether a record asks for a change of its table: compiled, like a RowPlan, for one schema and one
// table type. What structures ask for is known by then, except for nulls; maps are looked at one by
// one. One thread; keeps no pointer to the schema.
class EvolutionCheck {
 public:
  // `schema` is null for schemaless records; it is a structure otherwise.
  EvolutionCheck(const EvolutionRules& rules, const wire::TableType& type,
                 const data::Schema* schema);

  bool asks(const data::Record& record) { return active_ && look(record.value); }

 private:
  struct Column {
    std::string name;
    bool required = false;  // takes no null, and could
    uint32_t seen_in = 0;   // the number of the last map with a value for it
  };

  bool look(const data::Value& value);
  bool look_at_map(std::span<const data::Value> entries);
  Column* find(size_t position, std::string_view name);

  bool active_ = false;
  bool always_ = false;                // whatever values the structure has
  std::vector<uint32_t> null_fields_;  // of the structure, whose nulls have no place
  bool adds_ = false;                  // fields of maps
  std::vector<Column> columns_;
  std::vector<size_t> order_;  // the column that stood at this position of the last map
  size_t required_ = 0;        // columns
  uint32_t maps_ = 0;          // so far
};

// What all of `records`, structures and maps, ask of a table of the type; empty when nothing. The
// changes are to be made at once.
std::vector<kinetica::ColumnChange> changes_for(const EvolutionRules& rules,
                                                const wire::TableType& type,
                                                std::span<const data::Record* const> records,
                                                Decimals decimals);

// "column x (int, nullable) added, column y made nullable", for messages.
std::string describe(std::span<const kinetica::ColumnChange> changes);

}  // namespace kc::sink
