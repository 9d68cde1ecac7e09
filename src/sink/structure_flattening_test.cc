#include "sink/structure_flattening.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <initializer_list>

#include "base/error.h"
#include "sink/column_target.h"
#include "sink/table_columns.h"

namespace kc::sink {
namespace {

using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;
using testing::ElementsAre;
using testing::HasSubstr;

using Fields = std::initializer_list<std::pair<const char*, SchemaPtr>>;

SchemaPtr of(Type type, bool optional = false) {
  return SchemaBuilder(type).optional(optional).build();
}
SchemaPtr structure(Fields fields, bool optional = false) {
  SchemaBuilder builder(Type::structure);
  // As Avro names records: not as the field that holds them.
  builder.name("com.example.Nested").optional(optional);
  for (const auto& [name, schema] : fields) builder.field(name, schema);
  return builder.build();
}
SchemaPtr array(SchemaPtr items, bool optional = false) {
  return SchemaBuilder::array(std::move(items)).optional(optional).build();
}
SchemaPtr map(SchemaPtr values, bool optional = false) {
  return SchemaBuilder::map(of(Type::string), std::move(values)).optional(optional).build();
}

const FlatteningRules take_first{"_", ",", ArrayFlattening::take_first_value};

// "name type, properties" of each column of a table made for the schema.
std::vector<std::string> columns(const SchemaPtr& schema, FlatteningRules rules = {}) {
  const StructureFlattening flattening(*schema, std::move(rules));
  const wire::TableType type = table_type_of(*flattening.schema());
  std::vector<std::string> result;
  for (const wire::Column& column : type.columns()) {
    result.push_back(column.name + " " + describe(column));
  }
  return result;
}

std::string refusal(const SchemaPtr& schema, FlatteningRules rules = {}) {
  try {
    const StructureFlattening flattening(*schema, std::move(rules));
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::skip_record);
    return error.what();
  }
  return "accepted";
}

class StructureFlatteningTest : public testing::Test {
 protected:
  Value list(std::initializer_list<Value> items) {
    Value* const copied = arena_.allocate_array<Value>(items.size());
    std::ranges::copy(items, copied);
    return Value::structure({copied, items.size()});
  }
  Value items(std::initializer_list<Value> values) { return Value::array(list(values).items()); }

  std::vector<Value> flat(const SchemaPtr& schema, const Value& value, FlatteningRules rules = {}) {
    const StructureFlattening flattening(*schema, std::move(rules));
    const Value result = flattening.flatten(value, arena_, text_);
    EXPECT_EQ(result.size(), flattening.schema()->fields().size());
    return {result.items().begin(), result.items().end()};
  }
  std::string value_refusal(const SchemaPtr& schema, const Value& value) {
    try {
      flat(schema, value, take_first);
    } catch (const base::Error& error) {
      EXPECT_EQ(error.reaction(), base::Reaction::skip_record);
      return error.what();
    }
    return "accepted";
  }

  base::Arena arena_;
  std::string text_;
};

TEST_F(StructureFlatteningTest, FlatSchemaAndItsValuesStayAsTheyAre) {
  const SchemaPtr schema = structure({{"a", of(Type::int32)}});
  const StructureFlattening flattening(*schema, {});
  EXPECT_EQ(flattening.schema(), schema);
  const Value value = list({Value::int32(1)});
  EXPECT_EQ(flattening.flatten(value, arena_, text_).items().data(), value.items().data());
}

TEST_F(StructureFlatteningTest, NestedFieldsAreNamedByTheFieldsThatLeadToThem) {
  const SchemaPtr schema =
      structure({{"property_ts", of(Type::int64)},
                 {"property_desc", of(Type::string)},
                 {"property_message", of(Type::string)},
                 {"objectA", structure({{"property_num", of(Type::int32)},
                                        {"objectB", structure({{"type", of(Type::string)}})}})}});
  EXPECT_THAT(columns(schema),
              ElementsAre("property_ts long", "property_desc string", "property_message string",
                          "objectA_property_num int", "objectA_objectB_type string"));
  EXPECT_THAT(columns(schema, {.delimiter = "."}).back(), "objectA.objectB.type string");
  EXPECT_THAT(columns(schema, {.delimiter = "$1\\"}).back(), "objectA$1\\objectB$1\\type string");
  EXPECT_THAT(flat(schema, list({Value::int64(1), Value::string("d"), Value::string("m"),
                                 list({Value::int32(7), list({Value::string("t")})})})),
              ElementsAre(Value::int64(1), Value::string("d"), Value::string("m"), Value::int32(7),
                          Value::string("t")));
}

TEST_F(StructureFlatteningTest, FlatSchemaKeepsNameAndVersion) {
  const SchemaPtr schema = SchemaBuilder(Type::structure)
                               .name("com.example.Top")
                               .version(3)
                               .field("a", structure({{"b", of(Type::int32)}}))
                               .build();
  const StructureFlattening flattening(*schema, {});
  EXPECT_EQ(flattening.schema()->name(), "com.example.Top");
  EXPECT_EQ(flattening.schema()->version(), 3);
}

TEST_F(StructureFlatteningTest, OneRecordTypeMayBeUsedByTwoFields) {
  const SchemaPtr point = structure({{"lat", of(Type::float64)}, {"lon", of(Type::float64)}});
  EXPECT_THAT(columns(structure({{"from", point}, {"to", point}})),
              ElementsAre("from_lat double", "from_lon double", "to_lat double", "to_lon double"));
}

// The documents that Elasticsearch's GeoIP processor makes: one place, or several.
TEST_F(StructureFlatteningTest, PlaceInADocumentBecomesColumns) {
  const SchemaPtr geo = structure({{"cc2", of(Type::string, true)},
                                   {"lon", of(Type::float64)},
                                   {"location", of(Type::string)},
                                   {"lat", of(Type::float64)}});
  const SchemaPtr schema = structure({{"property1", of(Type::string)},
                                      {"property_geo", geo},
                                      {"property_ts1", SchemaBuilder::timestamp().build()},
                                      {"n", of(Type::int16, true)},
                                      {"property6", array(of(Type::string))},
                                      {"property_port1", of(Type::int32)}});
  EXPECT_THAT(columns(schema),
              ElementsAre("property1 string", "property_geo_cc2 string, nullable",
                          "property_geo_lon double", "property_geo_location string",
                          "property_geo_lat double", "property_ts1 long, timestamp",
                          "n int, int16, nullable", "property6 string", "property_port1 int"));
  const auto row =
      flat(schema, list({Value::string("p"),
                         list({Value::string("US"), Value::float64(-23.8), Value::string("x"),
                               Value::float64(71.6)}),
                         Value::timestamp(5), Value(),
                         items({Value::string("a"), Value::string("b")}), Value::int32(80)}));
  EXPECT_THAT(row, ElementsAre(Value::string("p"), Value::string("US"), Value::float64(-23.8),
                               Value::string("x"), Value::float64(71.6), Value::timestamp(5),
                               Value(), Value::string("a,b"), Value::int32(80)));
}

TEST_F(StructureFlatteningTest, PlacesInADocumentBecomeATextOrTheColumnsOfTheFirst) {
  const SchemaPtr schema =
      structure({{"property_geo",
                  array(structure({{"cc2", of(Type::string)}, {"lat", of(Type::float64)}}))}});
  EXPECT_THAT(columns(schema), ElementsAre("property_geo string"));
  EXPECT_THAT(columns(schema, take_first), ElementsAre("property_geo_cc2 string, nullable",
                                                       "property_geo_lat double, nullable"));
  const Value value = list({items({list({Value::string("Structure"), Value::float64(71.6)}),
                                   list({Value::string("DE"), Value::float64(50)})})});
  EXPECT_THAT(
      flat(schema, value, {.separator = "|"}),
      ElementsAre(Value::string(R"({"cc2":"Structure","lat":71.6}|{"cc2":"DE","lat":50.0})")));
  EXPECT_THAT(flat(schema, value, take_first),
              ElementsAre(Value::string("Structure"), Value::float64(71.6)));
}

TEST_F(StructureFlatteningTest, EverythingInADeepDocumentBecomesAColumn) {
  const SchemaPtr groups = structure({{"subGroupsD", array(of(Type::string))}});
  const SchemaPtr schema = structure(
      {{"top_object",
        structure(
            {{"id", of(Type::string)},
             {"details",
              structure({{"objectA", structure({{"propertyA1", of(Type::boolean)}})},
                         {"objectB", structure({{"objectBcollection", array(of(Type::int32))}})},
                         {"objectD", structure({{"subObjectD", groups}})},
                         {"objectF", array(structure({{"f", of(Type::string)}}))}})}})}});
  EXPECT_THAT(columns(schema),
              ElementsAre("top_object_id string", "top_object_details_objectA_propertyA1 int",
                          "top_object_details_objectB_objectBcollection string",
                          "top_object_details_objectD_subObjectD_subGroupsD string",
                          "top_object_details_objectF string"));
}

TEST_F(StructureFlatteningTest, FieldIsNullableWhenItOrWhatIsAroundItIs) {
  const SchemaPtr leaves = structure({{"need", of(Type::int32)}, {"may", of(Type::int32, true)}});
  const SchemaPtr optional_leaves =
      structure({{"need", of(Type::int32)}, {"list", array(of(Type::int32))}}, true);
  const SchemaPtr schema = structure({{"a", leaves},
                                      {"b", optional_leaves},
                                      {"c", structure({{"d", leaves}}, true)},
                                      {"m", map(of(Type::int32))},
                                      {"l", array(of(Type::int32), true)}});
  EXPECT_THAT(columns(schema),
              ElementsAre("a_need int", "a_may int, nullable", "b_need int, nullable",
                          "b_list string, nullable", "c_d_need int, nullable",
                          "c_d_may int, nullable", "m string", "l string, nullable"));
}

TEST_F(StructureFlatteningTest, NullStructureMakesItsFieldsNullWhateverTheirDefaults) {
  const SchemaPtr with_default = SchemaBuilder(Type::int32).default_value(Value::int32(7)).build();
  const SchemaPtr inner = structure({{"d", with_default}, {"x", of(Type::string)}}, true);
  const SchemaPtr schema = structure({{"a", inner}, {"b", of(Type::int32)}});
  EXPECT_THAT(flat(schema, list({Value(), Value::int32(1)})),
              ElementsAre(Value(), Value(), Value::int32(1)));
  const StructureFlattening flattening(*schema, {});
  EXPECT_FALSE(flattening.schema()->fields()[0].schema->default_value());
  // The structure is there, the value is not.
  EXPECT_THAT(flat(schema, list({list({Value(), Value::string("s")}), Value::int32(1)})),
              ElementsAre(Value::int32(7), Value::string("s"), Value::int32(1)));
}

TEST_F(StructureFlatteningTest, DefaultOfAStructureStandsForItsNull) {
  const Value default_items[] = {Value::int32(5), Value::string("d")};
  const SchemaPtr inner = SchemaBuilder(Type::structure)
                              .field("a", of(Type::int32))
                              .field("b", of(Type::string))
                              .optional()
                              .default_value(Value::structure(default_items))
                              .build();
  EXPECT_THAT(flat(structure({{"s", inner}}), list({Value()})),
              ElementsAre(Value::int32(5), Value::string("d")));
}

TEST_F(StructureFlatteningTest, LogicalTypesKeepWhatTheyAre) {
  const SchemaPtr price =
      SchemaBuilder::decimal(2).parameter("connect.decimal.precision", "10").build();
  const SchemaPtr inner = structure({{"price", price},
                                     {"day", SchemaBuilder::date().build()},
                                     {"at", SchemaBuilder::time().build()},
                                     {"when", SchemaBuilder::timestamp().build()}},
                                    true);
  EXPECT_THAT(columns(structure({{"o", inner}})),
              ElementsAre("o_price string, decimal(10,2), nullable", "o_day string, date, nullable",
                          "o_at string, time, nullable", "o_when long, timestamp, nullable"));
}

TEST_F(StructureFlatteningTest, MapsAreJson) {
  const SchemaPtr schema = structure(
      {{"m", map(structure({{"k", of(Type::int32)}}))}, {"o", map(of(Type::int32), true)}});
  for (const auto& rules : {FlatteningRules{}, take_first}) {
    EXPECT_THAT(columns(schema, rules), ElementsAre("m string", "o string, nullable"));
    const Value entries[] = {Value::string("x"), list({Value::int32(1)})};
    EXPECT_THAT(flat(schema, list({Value::map(entries), Value()}), rules),
                ElementsAre(Value::string(R"({"x":{"k":1}})"), Value()));
  }
}

TEST_F(StructureFlatteningTest, ArraysAreTextsAndOnlyNullIsNull) {
  const SchemaPtr schema =
      structure({{"a", array(of(Type::float64), true)}, {"s", array(of(Type::string, true))}});
  EXPECT_THAT(flat(schema, list({items({Value::float64(1), Value::float64(-0.5)}),
                                 items({Value::string("x"), Value()})})),
              ElementsAre(Value::string("1.0,-0.5"), Value::string("x,null")));
  EXPECT_THAT(flat(schema, list({Value(), items({})})), ElementsAre(Value(), Value::string("")));
}

TEST_F(StructureFlatteningTest, FirstElementKeepsItsType) {
  const SchemaPtr schema = structure({{"n", array(of(Type::int64))},
                                      {"deep", array(array(SchemaBuilder::date().build()))},
                                      {"in", structure({{"tags", array(of(Type::string))}})}});
  EXPECT_THAT(
      columns(schema, take_first),
      ElementsAre("n long, nullable", "deep string, date, nullable", "in_tags string, nullable"));
  EXPECT_THAT(flat(schema,
                   list({items({Value::int64(1), Value::int64(2)}),
                         items({items({Value::date(3)}), Value()}),
                         list({items({Value::string("first"), Value::string("x")})})}),
                   take_first),
              ElementsAre(Value::int64(1), Value::date(3), Value::string("first")));
  EXPECT_THAT(
      flat(schema, list({items({}), items({items({})}), list({items({Value()})})}), take_first),
      ElementsAre(Value(), Value(), Value()));
}

TEST_F(StructureFlatteningTest, TwoFieldsOfOneColumnAreRefusedByTheirPaths) {
  const SchemaPtr schema = structure(
      {{"a", structure({{"b_c", of(Type::int32)}})}, {"a_b", structure({{"c", of(Type::int32)}})}});
  EXPECT_THAT(refusal(schema), HasSubstr("fields 'a'.'b_c' and 'a_b'.'c' would both be column "
                                         "a_b_c"));
  EXPECT_EQ(refusal(schema, {.delimiter = "."}), "accepted");
}

TEST_F(StructureFlatteningTest, LimitsAreRefusals) {
  const std::string long_name(flat_name_bytes_max, 'n');
  EXPECT_THAT(refusal(structure({{"a", structure({{long_name.c_str(), of(Type::int32)}})}})),
              HasSubstr("202 bytes, 200 are allowed"));
  SchemaPtr many = of(Type::int32);
  for (int depth = 0; depth < 14; ++depth) many = structure({{"l", many}, {"r", many}});
  EXPECT_THAT(refusal(many), HasSubstr("more than 10000 fields"));
}

TEST_F(StructureFlatteningTest, MapsStandForStructures) {
  const SchemaPtr schema =
      structure({{"a", structure({{"x", of(Type::int32, true)}, {"y", of(Type::int32)}})},
                 {"b", of(Type::int32)}});
  const Value inner[] = {Value::string("y"), Value::int32(2), Value::string("z"), Value::int32(9)};
  const Value outer[] = {Value::string("b"), Value::int32(3), Value::string("a"),
                         Value::map(inner)};
  EXPECT_THAT(flat(schema, Value::map(outer)),
              ElementsAre(Value(), Value::int32(2), Value::int32(3)));
}

TEST_F(StructureFlatteningTest, ValueThatIsNotAsItsSchemaSaysIsRefusedByItsPath) {
  const SchemaPtr schema =
      structure({{"a", structure({{"b", structure({{"c", of(Type::int32)}})}})},
                 {"l", array(of(Type::int8))}});
  EXPECT_THAT(value_refusal(schema, list({list({Value::int32(1)}), items({})})),
              HasSubstr("Field 'a'.'b': the value is a INT32, its schema says STRUCT"));
  EXPECT_THAT(value_refusal(schema, list({list({}), items({})})),
              HasSubstr("Field 'a': the structure has 0 values, its schema 1 fields"));
  EXPECT_THAT(value_refusal(schema, list({Value(), Value::int8(1)})),
              HasSubstr("Field 'l': the value is a INT8, its schema says ARRAY"));
  EXPECT_THAT(value_refusal(schema, list({})), HasSubstr("has 0 values"));
}

}  // namespace
}  // namespace kc::sink
