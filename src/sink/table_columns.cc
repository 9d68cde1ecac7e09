#include "sink/table_columns.h"

#include <algorithm>
#include <optional>

#include "base/error.h"

namespace kc::sink {
namespace {

using data::Kind;
using wire::BaseType;

// Nothing for kinds that have no column.
std::optional<wire::Column> column_for(Kind kind) {
  switch (kind) {
    case Kind::boolean:
    case Kind::int32:
      return wire::Column{"", BaseType::int_, {}};
    case Kind::int8:
      return wire::Column{"", BaseType::int_, {"int8"}};
    case Kind::int16:
      return wire::Column{"", BaseType::int_, {"int16"}};
    case Kind::int64:
      return wire::Column{"", BaseType::long_, {}};
    case Kind::float32:
      return wire::Column{"", BaseType::float_, {}};
    case Kind::float64:
      return wire::Column{"", BaseType::double_, {}};
    case Kind::string:
    case Kind::decimal:
      return wire::Column{"", BaseType::string, {}};
    case Kind::bytes:
      return wire::Column{"", BaseType::bytes, {}};
    case Kind::date:
      return wire::Column{"", BaseType::string, {"date"}};
    case Kind::time:
      return wire::Column{"", BaseType::string, {"time"}};
    case Kind::timestamp:
      return wire::Column{"", BaseType::long_, {"timestamp"}};
    case Kind::null:
    case Kind::array:
    case Kind::map:
    case Kind::structure:
      break;
  }
  return std::nullopt;
}

[[noreturn]] void refuse(std::string_view field, Kind kind) {
  throw base::Error(base::Reaction::skip_record,
                    "Unsupported type for field {}: {} has no column type in Kinetica. Set "
                    "kinetica.flatten_source.enabled=true, or send flat records.",
                    field, kind_name(kind));
}

bool is_whole(Kind kind) { return kind >= Kind::int8 && kind <= Kind::int64; }
bool is_fraction(Kind kind) { return kind == Kind::float32 || kind == Kind::float64; }
bool is_number(Kind kind) { return is_whole(kind) || is_fraction(kind); }

// The kind whose column takes values of both.
Kind common_kind(Kind left, Kind right) {
  if (left == right) return left;
  if (is_whole(left) && is_whole(right)) return std::max(left, right);
  if (is_number(left) && is_number(right)) return Kind::float64;
  if (left == Kind::boolean && is_number(right)) return right;
  if (right == Kind::boolean && is_number(left)) return left;
  // Bytes have no text form: what does not fit the first kind is refused record by record.
  if (left == Kind::bytes || right == Kind::bytes) return left;
  return Kind::string;
}

}  // namespace

wire::TableType table_type_of(const data::Schema& schema, Decimals decimals) {
  if (schema.type() != data::Type::structure) {
    throw base::Error(base::Reaction::skip_record,
                      "A value of type {} has no columns: send structures (or maps without schema)",
                      type_name(schema.type()));
  }
  if (schema.fields().empty()) {
    throw base::Error(base::Reaction::skip_record, "Schema {} has no fields",
                      schema.name().value_or("without a name"));
  }
  std::vector<wire::Column> columns;
  columns.reserve(schema.fields().size());
  for (const data::Field& field : schema.fields()) {
    const Kind kind = field.schema->value_kind();
    auto column =
        kind == Kind::decimal ? decimal_column(*field.schema, decimals) : column_for(kind);
    if (!column) refuse(field.name, kind);
    column->name = field.name;
    if (field.schema->optional()) column->properties.push_back("nullable");
    columns.push_back(*std::move(column));
  }
  return wire::TableType(std::move(columns));
}

void ColumnInference::add(const data::Value& map, bool refuse_nested) {
  const auto entries = map.entries();
  for (size_t i = 0; i < entries.size(); i += 2) {
    const Kind kind = entries[i + 1].kind();
    if (kind == Kind::null || entries[i].kind() != Kind::string) continue;
    if (column_for(kind)) {
      add_field(entries[i].as_text(), kind);
    } else if (refuse_nested) {
      refuse(entries[i].as_text(), kind);
    }
  }
}

void ColumnInference::add_field(std::string_view name, Kind kind) {
  const auto found = std::ranges::find(fields_, name, &Seen::name);
  if (found == fields_.end()) {
    fields_.push_back({std::string(name), kind});
  } else {
    found->kind = common_kind(found->kind, kind);
  }
}

wire::TableType ColumnInference::table_type() const {
  std::vector<wire::Column> columns;
  columns.reserve(fields_.size());
  for (const Seen& field : fields_) {
    auto column = *column_for(field.kind);
    column.name = field.name;
    column.properties.push_back("nullable");
    columns.push_back(std::move(column));
  }
  return wire::TableType(std::move(columns));
}

}  // namespace kc::sink
