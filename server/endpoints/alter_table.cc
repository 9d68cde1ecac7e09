// /alter/table and /alter/table/columns. Columns are added, changed, renamed and dropped with the
// rows converted, all changes of a request at once or none. Left out, with an error that says so:
// partitions, materialized views and external tables, subscriptions, owners. Indexes, foreign keys
// and storage policies are remembered and shown; they change nothing here.
#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <span>

#include "base/error.h"
#include "server/catalog/column_changes.h"
#include "server/catalog/names.h"
#include "server/catalog/table_options.h"
#include "server/endpoint.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using TablePointer = std::shared_ptr<Table>;

// As additional_info.attribute_indexes lists it.
std::string index_text(const ColumnAlteration& alteration) {
  const std::string type = option(alteration.options, "index_type");
  constexpr std::array types = {"column",     "low_cardinality", "chunk_skip",
                                "geospatial", "cagra",           "hnsw"};
  if (type.empty() || type == "column") return alteration.column;
  if (std::ranges::find(types, type) == types.end()) {
    throw Error(Reaction::fail_task, "Index type `{}` is not known", type);
  }
  return type + "@" + alteration.column;
}

// False for another action.
bool alter_index(const ColumnAlteration& alteration, const ColumnChanges& changes,
                 wire::Strings& indexes) {
  const bool create = alteration.action == "create_index";
  if (!create && alteration.action != "delete_index") return false;
  if (!changes.has_column(alteration.column)) {
    throw Error(Reaction::fail_task, "Column not found: {}", alteration.column);
  }
  const std::string index = index_text(alteration);
  const bool is_there = std::ranges::find(indexes, index) != indexes.end();
  if (is_there == create) {
    throw Error(Reaction::fail_task, "Column `{}` {} such an index", alteration.column,
                create ? "has already" : "does not have");
  }
  if (create) {
    indexes.push_back(index);
  } else {
    std::erase(indexes, index);
  }
  return true;
}

// Indexes and comments go with their column, or go away with it.
void follow_column(const ColumnAlteration& alteration, TableDescription& description) {
  const std::string new_name = option(alteration.options, "rename_column");
  const bool gone = alteration.action == "delete_column";
  if (!gone && new_name.empty()) return;
  const auto is_of_column = [&](const std::string& index) {
    return index == alteration.column || index.ends_with("@" + alteration.column);
  };
  if (gone) std::erase_if(description.indexes, is_of_column);
  for (std::string& index : description.indexes) {
    if (is_of_column(index)) index.replace(index.rfind(alteration.column), index.npos, new_name);
  }
  if (auto comment = description.comments.extract(alteration.column); comment && !gone) {
    description.comments[new_name] = comment.mapped();
  }
}

void change_type(Call& call, const TablePointer& table, const ColumnChanges& changes) {
  const auto type = changes.type();
  const auto convert = changes.conversion();
  table->change_type(
      call.database.catalog.create_type(type.definition(), table->type()->label, type.properties()),
      convert);
}

// Called with alterations held.
void alter_columns(Call& call, const TablePointer& table,
                   std::span<const ColumnAlteration> alterations) {
  ColumnChanges changes(table->type()->type, call.database.options.kinetica.release);
  TableDescription description = table->description();
  for (const ColumnAlteration& alteration : alterations) {
    if (alter_index(alteration, changes, description.indexes)) continue;
    if (!changes.apply(alteration)) {
      throw Error(Reaction::fail_task,
                  "Action `{}` on a column is not known; there are add_column, change_column, "
                  "rename_column, delete_column, set_default, delete_default, create_index and "
                  "delete_index",
                  alteration.action);
    }
    follow_column(alteration, description);
  }
  if (changes.any()) change_type(call, table, changes);
  call.database.catalog.describe_table(table, [&](TableDescription& current) {
    current.indexes = description.indexes;
    current.comments = description.comments;
  });
}

void remove_property(Call& call, const TablePointer& table, std::string_view property) {
  ColumnChanges changes(table->type()->type, call.database.options.kinetica.release);
  changes.remove_property(property);
  if (changes.any()) change_type(call, table, changes);
}

void rename_table(Call& call, const TablePointer& table, const std::string& value) {
  const bool schemas = call.database.options.kinetica.schemas;
  TableName to{"", value};
  if (schemas) to = split_table_name(value);
  if (to.schema.empty()) to.schema = table->schema();
  call.database.catalog.move_table(table, to.schema, to.table, false);
}

void move_to_schema(Call& call, const TablePointer& table, const std::string& schema,
                    bool create_missing) {
  const bool is_default = schema.empty() && call.database.options.kinetica.schemas;
  call.database.catalog.move_table(table, is_default ? std::string(default_schema) : schema,
                                   table->name(), create_missing);
}

// `value` is the key's name or all of its text.
void delete_foreign_key(TableDescription& description, const std::string& value) {
  const auto removed = std::erase_if(description.foreign_keys, [&](const std::string& key) {
    return key == value || key.ends_with(" as " + value);
  });
  if (removed == 0) throw Error(Reaction::fail_task, "Foreign key not found: {}", value);
}

// Actions that change the description alone; nothing for another.
using DescriptionChange = std::function<void(TableDescription&)>;
std::optional<DescriptionChange> description_change(const wire::AlterTableRequest& request) {
  const std::string& action = request.action;
  const std::string& value = request.value;
  if (action == "ttl") return [ttl = read_ttl(value)](auto& is) { is.ttl = ttl; };
  if (action == "protected") return [](auto&) {};
  if (action == "set_global_access_mode") {
    check_access_mode(value);
    return [&](auto& is) { is.access_mode = value; };
  }
  if (action == "add_comment") {
    const std::string column = option(request.options, "column_name");
    return [&, column](auto& is) { is.comments[column] = value; };
  }
  if (action == "set_strategy_definition") {
    return [&](auto& is) { is.storage_options["strategy_definition"] = value; };
  }
  if (action == "set_load_vectors_policy" || action == "set_build_pk_index_policy") {
    const std::string name = action.substr(4);
    check_policy(name, value);
    return [&, name](auto& is) { is.storage_options[name] = value; };
  }
  if (action == "create_foreign_key") {
    return [&](auto& is) { is.foreign_keys.push_back(value); };
  }
  if (action == "delete_foreign_key") {
    return [&](auto& is) { delete_foreign_key(is, value); };
  }
  return std::nullopt;
}

bool is_column_action(const std::string& action) {
  return action.ends_with("_column") || action.ends_with("_default") || action == "create_index" ||
         action == "delete_index";
}

void alter(Call& call, const TablePointer& table, const wire::AlterTableRequest& request) {
  const auto& [name, action, value, options] = request;
  if (is_column_action(action)) {
    const ColumnAlteration alteration{action, value, options};
    alter_columns(call, table, {&alteration, 1});
  } else if (action == "rename_table") {
    rename_table(call, table, value);
  } else if (action == "move_to_schema" || action == "move_to_collection") {
    move_to_schema(call, table, value, action == "move_to_collection");
  } else if (action == "remove_shard_keys") {
    remove_property(call, table, "shard_key");
  } else if (action == "remove_text_search_attributes") {
    remove_property(call, table, "text_search");
  } else if (const auto change = description_change(request)) {
    call.database.catalog.describe_table(table, *change);
  } else {
    throw Error(Reaction::fail_task,
                "Action `{}` on table {} is not known to this server, which has neither "
                "partitions, views, external tables, subscriptions nor owners",
                action, name);
  }
}

wire::AlterTableResponse alter_table(Call& call, const wire::AlterTableRequest& request) {
  const auto held = call.database.catalog.hold_alterations();
  const auto table = call.database.catalog.table(request.table_name);
  alter(call, table, request);
  const auto type = table->type();
  return {.table_name = request.table_name,
          .action = request.action,
          .value = request.value,
          .type_id = type->id,
          .type_definition = type->definition,
          .properties = type->properties,
          .label = type->label};
}

// The Kafka connector sends column_properties for the whole request as well.
std::vector<ColumnAlteration> read_alterations(const wire::AlterTableColumnsRequest& request) {
  std::vector<ColumnAlteration> alterations;
  for (const wire::Options& given : request.column_alterations) {
    ColumnAlteration alteration{option(given, "action"), option(given, "column_name"), given};
    const std::string properties = option(request.options, "column_properties");
    if (!properties.empty() && !given.contains("properties") && given.contains("column_type")) {
      alteration.options.emplace("column_properties", properties);
    }
    alterations.push_back(std::move(alteration));
  }
  return alterations;
}

wire::AlterTableColumnsResponse alter_table_columns(Call& call,
                                                    const wire::AlterTableColumnsRequest& request) {
  const auto held = call.database.catalog.hold_alterations();
  const auto table = call.database.catalog.table(request.table_name);
  alter_columns(call, table, read_alterations(request));
  const auto type = table->type();
  return {.table_name = request.table_name,
          .type_id = type->id,
          .type_definition = type->definition,
          .properties = type->properties,
          .label = type->label,
          .column_alterations = request.column_alterations};
}

}  // namespace

std::vector<Endpoint> alter_table_endpoints() {
  return {endpoint<alter_table>, endpoint<alter_table_columns>};
}

}  // namespace kc::server
