// Which types this database takes: base types, column properties and how they go together.
// (Kinetica documentation, "Types" / "Column Properties"; what a release lacks is refused.)
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/kinetica_version.h"
#include "wire/table_type.h"

namespace kc::server {

// A type as it is kept and shown: for an Avro record what the client wrote, for a list of columns
// the record and the properties that it stands for.
struct TypeText {
  std::string definition;
  wire::TableType::ColumnProperties properties;
  wire::TableType type;
};

// From the fields of /create/type. `definition` is an Avro record or, as the documentation of 7.2
// has it, a list of columns: [["id","long","primary_key"],["name","char32","nullable"]], each with
// a base type or a property that implies one. Throws Error(fail_task) naming the column and what is
// wrong.
TypeText read_type(const std::string& definition,
                   const wire::TableType::ColumnProperties& properties, Release release);

// Throws Error(fail_task) naming the column when properties are unknown to the release, do not fit
// the base type, or exclude each other.
void check_type(const wire::TableType& type, Release release);

// A column from its name and a type as alterations and column lists write it: "long", "char16",
// "decimal(10,2)", "int,null", and "byte", which the Kafka connector writes for bytes. Throws
// Error(fail_task).
wire::Column read_column(std::string name, std::string_view type);

// "char16,default(a,b)" at its commas outside of parentheses; views into `list`, without spaces
// around. Empty for an empty list.
std::vector<std::string_view> split_properties(std::string_view list);

}  // namespace kc::server
