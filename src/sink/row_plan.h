// How records of one shape become rows of one table: compiled once per (value schema, table type),
// then used for every record. A record is written straight into the request body that is being
// built, without an object in between.
//
// Each column has one step: where its value stands in the record, of which kind it is expected to
// be, and what to write. The structure's fields are found by their index; a map's by the position
// at which the key stood in the previous record, with a search when it has moved. What is
// unexpected takes the long way through put_converted(), and the plan remembers the kind.
//
// One thread. Keeps no pointer to the schema; the default values of its fields live as long as the
// schema does, which the owner of the plan keeps.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/record.h"
#include "sink/column_target.h"
#include "wire/insert_body.h"
#include "wire/table_type.h"

namespace kc::sink {

class RowPlan {
 public:
  // `schema` is null for schemaless records (maps); it is a structure otherwise, and its values may
  // then be structures or maps.
  RowPlan(std::string table, const wire::TableType& type, const data::Schema* schema);

  // Appends the record's row to `body`, or throws Error(skip_record), naming the record, the field
  // and the value, and leaves `body` as it was. Columns that the record lacks become null; fields
  // without a column are left out, which is logged once.
  void encode(const data::Record& record, wire::InsertBody& body);

  // From here on no line in the log says that fields have no column.
  void ignore_other_fields() { ignored_reported_ = true; }
  // Values of fields without a column, so far.
  uint64_t ignored_fields() const { return ignored_fields_; }

 private:
  enum class Step : uint8_t { other, integer, float_, double_, double_of_integer, text };

  struct Op {
    data::Kind expected = data::Kind::null;
    Step step = Step::other;
    bool nullable = false;
    bool absent = false;     // the structure has no such field
    uint32_t field = 0;      // index in the structure
    uint32_t position = 0;   // where the key stood in the last map
    uint32_t bytes_max = 0;  // text: what fits without counting characters
    const data::Value* default_value = nullptr;
    int64_t min = 0;  // integer
    int64_t max = 0;
    std::string_view name;  // points into columns_
  };

  static Step step_for(const ColumnTarget& target, data::Kind kind);
  static char* put_step(const Op& op, const data::Value& value, char* out);
  char* put(size_t column, Op& op, const data::Value& value, const data::Record& record, char* out);
  char* put_other(size_t column, Op& op, const data::Value& value, const data::Record& record,
                  char* out);
  char* put_absent(const Op& op, const data::Record& record, char* out) const;
  void encode_structure(const data::Record& record, wire::InsertBody& body);
  void encode_map(const data::Record& record, wire::InsertBody& body);
  const data::Value* find(Op& op, std::span<const data::Value> entries) const;
  bool has_extra_values(std::span<const data::Value> entries) const;
  void report_ignored(const data::Record& record);
  [[noreturn]] void fail(const data::Record& record, std::string_view text) const;

  std::string table_;
  std::vector<wire::Column> columns_;
  std::vector<ColumnTarget> targets_;
  std::vector<Op> ops_;
  size_t fixed_bytes_ = 0;
  size_t structure_fields_ = 0;
  size_t structure_extra_ = 0;
  uint64_t ignored_fields_ = 0;
  bool ignored_reported_ = false;
};

}  // namespace kc::sink
