// /show/table: a table, a schema or collection, the tables in it, or all there is: an empty name
// means every table, `*` every schema as well. additional_info says what is not as usual: a key
// that would have the documented default is not there, but for the schema, which clients need.
// Left out: who used a table and when (get_access_data), views.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "server/endpoint.h"
#include "wire/avro.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;

struct ShowOptions {
  explicit ShowOptions(const wire::Options& options)
      : sizes(flag(options, "get_sizes") || flag(options, "get_cached_sizes")),
        children(flag(options, "show_children", true)),
        info(!flag(options, "skip_additional_info")),
        column_info(flag(options, "get_column_info")),
        temporary(!flag(options, "skip_temp_schemas")) {}
  bool sizes;
  bool children;
  bool info;
  bool column_info;
  bool temporary;
};

void skip_value(wire::AvroReader& in, const wire::Column& column) {
  if (column.nullable() && in.read_long() != 0) return;
  switch (column.type) {
    case wire::BaseType::int_:
    case wire::BaseType::long_:
      in.read_long();
      break;
    case wire::BaseType::float_:
      in.read_float();
      break;
    case wire::BaseType::double_:
      in.read_double();
      break;
    case wire::BaseType::string:
    case wire::BaseType::bytes:
      in.read_bytes();
      break;
  }
}

// The bytes that each column's values take, as JSON.
std::string describe_columns(const Table& table) {
  const Table::Reading reading = table.read();
  const auto type = reading.type();
  const auto& columns = type->type.columns();
  std::vector<size_t> bytes(columns.size());
  reading.each(0, [&](std::string_view row) {
    wire::AvroReader in(row);
    for (size_t i = 0; i < columns.size(); ++i) {
      const size_t begin = in.position();
      skip_value(in, columns[i]);
      bytes[i] += in.position() - begin;
    }
    return true;
  });
  wire::Json info = wire::Json::object();
  for (size_t i = 0; i < columns.size(); ++i) {
    info[columns[i].name] = {{"memory_usage", std::to_string(bytes[i])}};
  }
  return info.dump(-1, ' ', false, wire::Json::error_handler_t::replace);
}

std::string join(const wire::Strings& items) { return fmt::format("{}", fmt::join(items, ";")); }

wire::Options additional_info(Table& table, const ShowOptions& show, bool schemas) {
  const TableDescription is = table.description();
  // Python's client needs collection_names.
  wire::Options info = {{"collection_names", is.schema}};
  if (schemas) info["schema_name"] = is.schema;
  if (is.ttl != TimeToLive::never) {
    info["table_ttl"] = std::to_string(is.ttl);
    info["remaining_table_ttl"] =
        std::to_string(table.time_to_live().remaining_minutes(TimeToLive::Clock::now()));
  }
  if (is.access_mode != "read_write") info["global_access_mode"] = is.access_mode;
  if (!is.indexes.empty()) info["attribute_indexes"] = join(is.indexes);
  if (!is.foreign_keys.empty()) info["foreign_keys"] = join(is.foreign_keys);
  for (const auto& [name, value] : is.storage_options) {
    info[name.starts_with("chunk_") ? "user_" + name : name] = value;
  }
  if (show.column_info) info["column_info"] = describe_columns(table);
  return info;
}

class Shown {
 public:
  Shown(const wire::ShowTableRequest& request, const ShowOptions& show, bool schemas)
      : show_(show), schemas_(schemas) {
    response_.table_name = request.table_name;
    response_.total_size = response_.total_full_size = show.sizes ? 0 : -1;
  }

  void add_table(const std::string& name, Table& table) {
    const auto type = table.type();
    const TableDescription is = table.description();
    wire::Strings descriptions;
    if (is.replicated) descriptions.emplace_back("REPLICATED");
    if (is.result_table) descriptions.emplace_back("RESULT_TABLE");
    add(name, std::move(descriptions), *type);
    if (show_.info) response_.additional_info.back() = additional_info(table, show_, schemas_);
    if (show_.sizes) add_size(static_cast<int64_t>(table.read().size()));
  }

  // COLLECTION is what clients of 7.0 look for.
  void add_schema(const std::string& name) {
    wire::Strings descriptions{"COLLECTION"};
    if (schemas_) descriptions.emplace_back("SCHEMA");
    add(name, std::move(descriptions), TypeEntry{"", "", "<collection>", {}, {}});
    if (show_.info) {
      response_.additional_info.back() = {{"collection_names", ""}};
      if (schemas_) response_.additional_info.back()["schema_name"] = name;
    }
    if (show_.sizes) add_size(0);
  }

  wire::ShowTableResponse take() { return std::move(response_); }

 private:
  void add(const std::string& name, wire::Strings descriptions, const TypeEntry& type) {
    response_.table_names.push_back(name);
    response_.table_descriptions.push_back(std::move(descriptions));
    response_.type_ids.push_back(type.id);
    response_.type_schemas.push_back(type.definition);
    response_.type_labels.push_back(type.label);
    response_.properties.push_back(type.properties);
    response_.additional_info.emplace_back();
  }

  void add_size(int64_t rows) {
    response_.sizes.push_back(rows);
    response_.full_sizes.push_back(rows);
    response_.join_sizes.push_back(static_cast<double>(rows));
    response_.total_size += rows;
    response_.total_full_size += rows;
  }

  const ShowOptions& show_;
  const bool schemas_;
  wire::ShowTableResponse response_;
};

bool is_temporary(const std::string& schema) { return schema == "sys_temp"; }

void add_everything(Catalog& catalog, const ShowOptions& show, bool with_schemas,
                    bool top_level_only, Shown& shown) {
  for (const auto& schema : with_schemas ? catalog.schemas() : wire::Strings()) {
    if (show.temporary || !is_temporary(schema)) shown.add_schema(schema);
  }
  if (!show.children) return;
  for (const auto& table : top_level_only ? catalog.tables("") : catalog.tables()) {
    if (!show.temporary && is_temporary(table->schema())) continue;
    shown.add_table(catalog.name_of(*table), *table);
  }
}

wire::ShowTableResponse show_table(Call& call, const wire::ShowTableRequest& request) {
  Catalog& catalog = call.database.catalog;
  const bool schemas = call.database.options.kinetica.schemas;
  const ShowOptions show(request.options);
  Shown shown(request, show, schemas);
  const std::string& name = request.table_name;
  if (name == "*") {
    add_everything(catalog, show, true, false, shown);
  } else if (name.empty()) {
    // 7.0 shows the collections and what is in none.
    add_everything(catalog, show, !schemas || !show.children, !schemas, shown);
  } else if (const auto table = catalog.find_table(name)) {
    // By its own name: JDBC looks for it, with the schema in additional_info.
    shown.add_table(table->name(), *table);
  } else if (catalog.has_schema(name) && !show.children) {
    shown.add_schema(name);
  } else if (catalog.has_schema(name)) {
    for (const auto& child : catalog.tables(name)) {
      shown.add_table(catalog.name_of(*child), *child);
    }
  } else if (!flag(request.options, "no_error_if_not_exists")) {
    throw Error(Reaction::fail_task, "Table not found: {}", name);
  }
  return shown.take();
}

}  // namespace

std::vector<Endpoint> show_table_endpoints() { return {endpoint<show_table>}; }

}  // namespace kc::server
