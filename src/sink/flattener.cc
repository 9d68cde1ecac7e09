#include "sink/flattener.h"

namespace kc::sink {

using data::Kind;

void Flattener::add(const data::Record& record, data::RecordBatch& batch) {
  data::Record flat = record;
  const data::Schema* const schema = record.value_schema;
  const Kind kind = record.value.kind();
  if (schema == nullptr) {
    if (kind == Kind::map) flat.value = maps_.flatten(record.value, batch.arena(), text_);
  } else if (schema->type() == data::Type::structure &&
             (kind == Kind::structure || kind == Kind::map)) {
    const StructureFlattening& flattening = flattening_of(*schema);
    flat.value = flattening.flatten(record.value, batch.arena(), text_);
    flat.value_schema = batch.retain(flattening.schema());
  }
  batch.records().push_back(flat);
}

const StructureFlattening& Flattener::flattening_of(const data::Schema& schema) {
  if (last_schema_ == &schema) return *last_;
  auto* known = structures_.find(&schema);
  if (known == nullptr) {
    auto made = std::make_unique<const StructureFlattening>(schema, rules_);
    known = &structures_.insert(&schema, std::move(made));
  }
  last_schema_ = &schema;
  return *(last_ = known->get());
}

}  // namespace kc::sink
