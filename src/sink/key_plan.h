// How keys of records become primary keys of a table: by the same conversions as a row's values.
//
//   structure, map    a field for each column of the key, by name; other fields are ignored
//   any other value   the one column of the key
//
// One thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "data/record.h"
#include "sink/primary_key.h"
#include "sink/row_plan.h"

namespace kc::sink {

class KeyPlan {
 public:
  KeyPlan(std::string table, std::shared_ptr<const PrimaryKey> key);

  // The key as a row of PrimaryKey::type(), valid until the next call. Throws Error(skip_record)
  // that names the record, the field and the value, and says what is wanted.
  std::string_view encode(const data::Record& record);

 private:
  void encode_fields(const data::Record& record);
  void encode_single(const data::Record& record);
  void refuse_unless_finite(const data::Record& record, std::string_view key);
  [[noreturn]] void fail(const data::Record& record, std::string_view reason) const;
  RowPlan compile(const data::Schema* schema) const;

  const std::string table_;
  const std::shared_ptr<const PrimaryKey> key_;  // shared with the table's writer and its batches
  RowPlan map_plan_;
  data::SchemaPtr schema_;  // kept, so that its address means nothing else
  std::optional<RowPlan> structure_plan_;
  bool has_reals_ = false;
  wire::InsertBody encoded_;  // reused
};

}  // namespace kc::sink
