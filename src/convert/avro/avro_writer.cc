#include "convert/avro/avro_writer.h"

#include <algorithm>

#include "base/error.h"
#include "convert/avro/avro_reader.h"
#include "convert/avro/avro_schema_writer.h"
#include "wire/avro.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Kind;
using data::Logical;
using data::Schema;
using data::Type;
using data::Value;

// Whether values of `connect` can be written as `avro`, children apart.
bool holds(const AvroSchema& avro, const Schema& connect) {
  switch (avro.type) {
    case AvroType::boolean:
      return connect.type() == Type::boolean;
    case AvroType::int32:
      return connect.type() <= Type::int32;
    case AvroType::int64:
      return connect.type() <= Type::int64;
    case AvroType::float32:
      return connect.type() == Type::float32;
    case AvroType::float64:
      return connect.type() == Type::float32 || connect.type() == Type::float64;
    case AvroType::bytes:
    case AvroType::fixed:
      return connect.type() == Type::bytes;
    case AvroType::string:
    case AvroType::enumeration:
      return connect.type() == Type::string;
    case AvroType::array:
      return connect.type() == Type::array || connect.type() == Type::map;
    case AvroType::map:
      return connect.type() == Type::map;
    case AvroType::record:
      return connect.type() == Type::structure && !is_avro_union(connect);
    default:
      return false;
  }
}

bool same_logical_type(const AvroSchema& avro, const Schema& connect) {
  switch (connect.logical()) {
    case Logical::none:
      return true;
    case Logical::decimal:
      return avro.logical_type == "decimal";
    case Logical::date:
      return avro.logical_type == "date";
    case Logical::time:
      return avro.logical_type == "time-millis";
    case Logical::timestamp:
      return avro.logical_type == "timestamp-millis";
  }
  return false;
}

[[noreturn]] void mismatch(const AvroSchema& avro, const Schema& connect) {
  throw Error(Reaction::skip_record, "A Connect {} cannot be written as the Avro type {}{}",
              data::type_name(connect.type()), avro_type_name(avro.type),
              avro.full_name.empty() ? "" : " " + avro.full_name);
}

[[noreturn]] void misfit(const AvroWritePlan& plan, const Value& value) {
  throw Error(Reaction::skip_record, "Invalid type for {}: {}",
              data::type_name(plan.connect->type()), data::kind_name(value.kind()));
}

// The field that is written as `avro_name`.
const data::Field* field_of(const Schema& schema, const std::string& avro_name) {
  if (const data::Field* field = schema.find_field(avro_name)) return field;
  const auto& fields = schema.fields();
  const auto scrubbed = std::ranges::find_if(fields, [&](const data::Field& field) {
    return scrubbed_avro_name(field.name) == avro_name;
  });
  return scrubbed == fields.end() ? nullptr : &*scrubbed;
}

}  // namespace

AvroWritePlan::AvroWritePlan(const AvroSchema& type, const Schema& of) : avro(&type), connect(&of) {
  if (type.type == AvroType::union_of) {
    in_union = true;
    for (size_t i = 0; i < type.types.size(); ++i) {
      if (type.types[i]->type == AvroType::null) null_branch = static_cast<int64_t>(i);
    }
    if (is_avro_union(of)) {
      // The fields stand in the order of the branches that are not null.
      size_t branch = 0;
      for (const data::Field& field : of.fields()) {
        if (static_cast<int64_t>(branch) == null_branch) ++branch;
        if (branch >= type.types.size()) mismatch(type, of);
        fields.push_back({field.name, field.index, static_cast<int64_t>(branch),
                          AvroWritePlan(*type.types[branch], *field.schema)});
        ++branch;
      }
      return;
    }
    const auto branch =
        std::ranges::find_if(type.types, [&](const AvroSchema* one) { return holds(*one, of); });
    if (branch == type.types.end()) mismatch(type, of);
    value_branch = branch - type.types.begin();
    avro = *branch;
  }
  if (!holds(*avro, of) || !same_logical_type(*avro, of)) mismatch(*avro, of);
  if (avro->type == AvroType::record) {
    for (const AvroField& field : avro->fields) {
      const data::Field* source = field_of(of, field.name);
      if (source == nullptr) {
        throw Error(Reaction::skip_record,
                    "The Avro record {} has the field {}, which the Connect schema has not",
                    avro->full_name, field.name);
      }
      fields.push_back(
          {field.name, source->index, 0, AvroWritePlan(*field.schema, *source->schema)});
    }
  } else if (avro->type == AvroType::map) {
    children.emplace_back(*avro->types[0], *of.value_schema());
  } else if (avro->type == AvroType::array && of.type() == Type::map) {
    const AvroSchema& entry = *avro->types[0];
    if (entry.fields.size() != 2) mismatch(*avro, of);
    children.emplace_back(*entry.fields[0].schema, *of.key_schema());
    children.emplace_back(*entry.fields[1].schema, *of.value_schema());
  } else if (avro->type == AvroType::array) {
    children.emplace_back(*avro->types[0], *of.value_schema());
  }
  for (size_t i = 0; i < avro->symbols.size(); ++i) {
    symbols.emplace(avro->symbols[i], static_cast<int64_t>(i));
  }
}
AvroWritePlan::AvroWritePlan(AvroWritePlan&&) noexcept = default;
AvroWritePlan::~AvroWritePlan() = default;

namespace {

void write_chosen(const AvroWritePlan& plan, const Value& value, wire::AvroWriter& writer,
                  std::string& out) {
  if (value.kind() != Kind::structure) misfit(plan, value);
  const auto is_set = [&](const AvroWritePlan::Field& field) {
    return !value.items()[field.index].is_null();
  };
  const auto field = std::ranges::find_if(plan.fields, is_set);
  if (field == plan.fields.end()) {
    throw Error(Reaction::skip_record, "Found no non-null field in union.");
  }
  if (std::any_of(field + 1, plan.fields.end(), is_set)) {
    throw Error(Reaction::skip_record, "Found several non-null fields in union; it can have one");
  }
  writer.write_long(field->branch);
  write_avro(field->plan, value.items()[field->index], out);
}

void write_array(const AvroWritePlan& plan, const Value& value, wire::AvroWriter& writer,
                 std::string& out) {
  const bool map = plan.connect->type() == Type::map;
  if (value.kind() != (map ? Kind::map : Kind::array)) misfit(plan, value);
  if (value.size() > 0) {
    writer.write_long(value.size());
    if (map) {
      for (size_t i = 0; i < value.entries().size(); i += 2) {
        write_avro(plan.children[0], value.entries()[i], out);
        write_avro(plan.children[1], value.entries()[i + 1], out);
      }
    } else {
      for (const Value& item : value.items()) write_avro(plan.children[0], item, out);
    }
  }
  writer.write_long(0);
}

void write_map(const AvroWritePlan& plan, const Value& value, wire::AvroWriter& writer,
               std::string& out) {
  if (value.kind() != Kind::map) misfit(plan, value);
  if (value.size() > 0) {
    writer.write_long(value.size());
    for (size_t i = 0; i < value.entries().size(); i += 2) {
      const Value& key = value.entries()[i];
      if (key.kind() != Kind::string) misfit(plan, key);
      writer.write_string(key.as_text());
      write_avro(plan.children[0], value.entries()[i + 1], out);
    }
  }
  writer.write_long(0);
}

void write_bytes(const AvroWritePlan& plan, const Value& value, wire::AvroWriter& writer,
                 std::string& out) {
  if (value.kind() != plan.connect->value_kind()) misfit(plan, value);
  if (value.kind() == Kind::decimal && value.scale() != plan.connect->scale()) {
    throw Error(Reaction::skip_record,
                "Decimal value has mismatching scale for given Decimal schema: {} and {}",
                value.scale(), plan.connect->scale());
  }
  if (plan.avro->type == AvroType::bytes) {
    writer.write_bytes(value.as_text());
    return;
  }
  const std::string_view bytes = value.as_text();
  const size_t size = plan.avro->size;
  const bool decimal = value.kind() == Kind::decimal;
  if (bytes.size() > size || (bytes.size() < size && !decimal)) {
    throw Error(Reaction::skip_record, "{} bytes do not fit the Avro fixed {} of {} bytes",
                bytes.size(), plan.avro->full_name, size);
  }
  const bool negative = !bytes.empty() && (bytes.front() & 0x80) != 0;
  out.append(size - bytes.size(), negative ? '\xFF' : '\0');
  out.append(bytes);
}

void write_symbol(const AvroWritePlan& plan, const Value& value, wire::AvroWriter& writer) {
  if (value.kind() != Kind::string) misfit(plan, value);
  const auto found = plan.symbols.find(value.as_text());
  if (found == plan.symbols.end()) {
    throw Error(Reaction::skip_record, "The Avro enum {} has no symbol {}", plan.avro->full_name,
                value.as_text());
  }
  writer.write_long(found->second);
}

bool is_whole(const Value& value) {
  return value.is_integer() || value.kind() == Kind::date || value.kind() == Kind::time ||
         value.kind() == Kind::timestamp;
}

}  // namespace

void write_avro(const AvroWritePlan& plan, const Value& given, std::string& out) {
  wire::AvroWriter writer(out);
  const std::optional<Value>& otherwise = plan.connect->default_value();
  const Value& value = given.is_null() && otherwise ? *otherwise : given;
  if (value.is_null()) {
    if (plan.null_branch < 0) {
      throw Error(Reaction::skip_record, "null used for required schema of type {}",
                  data::type_name(plan.connect->type()));
    }
    writer.write_long(plan.null_branch);
    return;
  }
  if (plan.in_union) {
    if (plan.avro->type == AvroType::union_of) return write_chosen(plan, value, writer, out);
    writer.write_long(plan.value_branch);
  }
  switch (plan.avro->type) {
    case AvroType::boolean:
      if (value.kind() != Kind::boolean) misfit(plan, value);
      return writer.write_boolean(value.as_boolean());
    case AvroType::int32:
    case AvroType::int64:
      if (!is_whole(value)) misfit(plan, value);
      return writer.write_long(value.as_integer());
    case AvroType::float32:
      if (value.kind() != Kind::float32) misfit(plan, value);
      return writer.write_float(static_cast<float>(value.as_real()));
    case AvroType::float64:
      if (value.kind() != Kind::float32 && value.kind() != Kind::float64) misfit(plan, value);
      return writer.write_double(value.as_real());
    case AvroType::string:
      if (value.kind() != Kind::string) misfit(plan, value);
      return writer.write_string(value.as_text());
    case AvroType::bytes:
    case AvroType::fixed:
      return write_bytes(plan, value, writer, out);
    case AvroType::enumeration:
      return write_symbol(plan, value, writer);
    case AvroType::array:
      return write_array(plan, value, writer, out);
    case AvroType::map:
      return write_map(plan, value, writer, out);
    default:
      break;
  }
  if (value.kind() != Kind::structure || value.size() != plan.connect->fields().size()) {
    misfit(plan, value);
  }
  for (const AvroWritePlan::Field& field : plan.fields) {
    const Value& item = value.items()[field.index];
    if (item.is_null() && field.plan.null_branch < 0 && !field.plan.connect->default_value()) {
      throw Error(Reaction::skip_record,
                  "Invalid value: null used for required field: \"{}\", schema type: {}",
                  field.name, data::type_name(field.plan.connect->type()));
    }
    write_avro(field.plan, item, out);
  }
}

}  // namespace kc::convert
