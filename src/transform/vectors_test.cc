// Every line of smt.txt: what Kafka's own transformations made of records.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

#include "transform/transform_testing.h"

namespace kc::transform {
namespace {

std::string schema_text(const Schema& schema) {
  const std::string name = schema.name() ? *schema.name() + ":" : "";
  return "Schema{" +
         (schema.type() == Type::structure && schema.name()
              ? *schema.name() + ":STRUCT"
              : name + std::string(data::type_name(schema.type()))) +
         "}";
}

std::string describe(const Schema* schema) {
  if (schema == nullptr) return "null";
  std::string out =
      std::string(data::type_name(schema->type())) + ":" + schema->name().value_or("null");
  if (schema->type() != Type::structure) return out;
  out += "[";
  for (const data::Field& field : schema->fields()) {
    if (field.index != 0) out += ", ";
    out += "Field{name=" + field.name + ", index=" + std::to_string(field.index) +
           ", schema=" + schema_text(*field.schema) + "}";
  }
  return out + "]";
}

std::string describe_headers(const Record& record) {
  std::string out;
  for (const data::Header& header : record.headers) {
    out += out.empty() ? "[" : ", ";
    out += "ConnectHeader(key=" + std::string(header.name) +
           ", value=" + text(header.schema, header.value) +
           ", schema=" + (header.schema ? schema_text(*header.schema) : "null") + ")";
  }
  return "ConnectHeaders(headers=" + (out.empty() ? out : out + "]") + ")";
}

// The entries of a printed map in the order of their names: the order of Java's HashMap is no
// property of the data.
std::string with_sorted_maps(std::string line) {
  const size_t begin = line.find("value={");
  if (begin == std::string::npos) return line;
  const size_t first = begin + 7;
  const size_t end = line.find('}', first);
  std::vector<std::string> entries;
  for (size_t at = first; at < end;) {
    const size_t comma = std::min(line.find(", ", at), end);
    entries.push_back(line.substr(at, comma - at));
    at = comma + 2;
  }
  std::ranges::sort(entries);
  std::string sorted;
  for (const auto& entry : entries) sorted += (sorted.empty() ? "" : ", ") + entry;
  return line.replace(first, end - first, sorted);
}

// The records and settings that the lines were made with.
struct Case {
  std::string transformation;
  Properties settings;
  enum Input { structure, null_structure, map, nested_map, nothing } input;
};

const std::map<std::string, Case>& cases() {
  static const std::map<std::string, Case> all = {
      {"cast ts int64", {"Cast$Value", {{"spec", "ts:int64"}}, Case::structure}},
      {"cast bad", {"Cast$Value", {{"spec", "b:int32"}}, Case::map}},
      {"cast null", {"Cast$Value", {{"spec", "a:int32"}}, Case::nothing}},
      {"mask null", {"MaskField$Value", {{"fields", "a"}}, Case::nothing}},
      {"flatten map", {"Flatten$Value", {{"delimiter", "_"}}, Case::nested_map}},
      {"insert ml", {"InsertField$Value", {{"timestamp.field", "tsx"}}, Case::map}},
      {"replace",
       {"ReplaceField$Value", {{"exclude", "n"}, {"renames", "a:aa,b:bb"}}, Case::structure}},
      {"tsconv",
       {"TimestampConverter$Value",
        {{"field", "ts"}, {"target.type", "string"}, {"format", "yyyy-MM-dd'T'HH:mm:ss.SSSX"}},
        Case::structure}},
      {"tsrouter", {"TimestampRouter", {{"timestamp.format", "yyyyMMdd'T'HH"}}, Case::structure}},
      {"regex part", {"RegexRouter", {{"regex", "topic"}, {"replacement", "x"}}, Case::structure}},
      {"v2k null", {"ValueToKey", {{"fields", "a"}}, Case::nothing}},
      {"extract", {"ExtractField$Value", {{"field", "a"}}, Case::null_structure}},
      {"extract missing", {"ExtractField$Value", {{"field", "zz"}}, Case::structure}},
      {"hoist null", {"HoistField$Value", {{"field", "h"}}, Case::nothing}},
      {"headerfrom null",
       {"HeaderFrom$Value",
        {{"fields", "a"}, {"headers", "h"}, {"operation", "copy"}},
        Case::nothing}},
      {"headerfrom",
       {"HeaderFrom$Value",
        {{"fields", "a"}, {"headers", "h"}, {"operation", "move"}},
        Case::structure}},
      {"ssm schemaless", {"SetSchemaMetadata$Value", {{"schema.name", "S"}}, Case::map}},
      {"filter", {"Filter", {}, Case::map}},
      {"insertheader", {"InsertHeader", {{"header", "h"}, {"value.literal", "300"}}, Case::map}},
  };
  return all;
}

Record make_record(World& world, Case::Input input) {
  const SchemaPtr nested =
      SchemaBuilder(Type::structure).field("x", World::schema(Type::int32)).optional().build();
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .name("R")
                               .field("a", World::schema(Type::int32))
                               .field("b", World::optional(Type::string))
                               .field("n", nested)
                               .field("ts", SchemaBuilder::timestamp().build())
                               .build();
  const Value plain =
      world.map({Value::string("a"), Value::int64(1), Value::string("b"), Value::string("x")});
  switch (input) {
    case Case::structure:
      return world.record(
          schema, world.structure({Value::int32(300), {}, {}, Value::timestamp(1700000000123)}));
    case Case::null_structure:
      return world.record(schema, {});
    case Case::map:
      return world.record(plain);
    case Case::nested_map:
      return world.record(world.map({Value::string("o"), plain}));
    case Case::nothing:
      break;
  }
  return world.record(Value());
}

std::string run(const std::string& name) {
  World world;
  const Case& what = cases().at(name);
  Record record = make_record(world, what.input);
  const std::string result = apply(what.transformation, what.settings, record, world.batch);
  if (result == "dropped") return name + " -> DROPPED";
  if (result.starts_with("!!")) return name + " " + result;
  return name + " -> topic=" + std::string(record.topic) + " key=" + key_text(record) +
         " schema=" + describe(record.value_schema) + " value=" + result +
         " hdrs=" + describe_headers(record);
}

TEST(SmtVectors, EveryLineIsWhatKafkaPrinted) {
  std::ifstream file(std::filesystem::path(KC_VECTORS_DIR) / "connect" / "smt.txt");
  size_t lines = 0;
  for (std::string line; std::getline(file, line); ++lines) {
    const std::string name = line.substr(0, std::min(line.find(" -> "), line.find(" !! ")));
    ASSERT_TRUE(cases().contains(name)) << line;
    EXPECT_EQ(with_sorted_maps(run(name)), with_sorted_maps(line));
  }
  EXPECT_EQ(lines, cases().size());
}

}  // namespace
}  // namespace kc::transform
