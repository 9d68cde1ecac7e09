// A sink task whose table follows its records, with an embedded server, for its tests: the versions
// of the schema SchemaTest that the product document's data pump writes.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "server/server_testing.h"
#include "sink/sink_task_fixture_test.h"

namespace kc::sink {

inline constexpr int per_version = 10;

inline data::SchemaPtr of(data::Type type, bool optional = false) {
  return data::SchemaBuilder(type).optional(optional).build();
}

// Version 3 lacks test_float, and requires numbers that the others may leave out.
inline data::SchemaPtr schema_test(int version) {
  const bool optional = version != 3;
  data::SchemaBuilder builder(data::Type::structure);
  builder.name("com.kinetica.kafka.SchemaTest").version(version);
  builder.field("name", of(data::Type::string)).field("timestamp", of(data::Type::int64));
  builder.field("test_int", of(data::Type::int32, optional));
  builder.field("test_long", of(data::Type::int64, optional));
  if (version != 3) builder.field("test_float", of(data::Type::float32, true));
  builder.field("test_double", of(data::Type::float64, optional));
  builder.field("test_bytes", of(data::Type::bytes, true))
      .field("test_string", of(data::Type::string, true));
  if (version == 2 || version == 4) {
    builder.field("test_int2", of(data::Type::int32, true))
        .field("test_long2", of(data::Type::int64, true));
  }
  if (version == 4) {
    builder.field("test_float2", of(data::Type::float32, true));
    builder.field("test_double2", of(data::Type::float64, true));
  }
  return builder.build();
}

class SinkEvolutionTest : public SinkTaskTest {
 protected:
  std::unique_ptr<KineticaSinkTask> start_evolving(connect::SinkTaskContext& context, bool add,
                                                   bool nullable) {
    const auto text = [](bool flag) { return flag ? "true" : "false"; };
    return start(context, gate_,
                 {{"kinetica.allow_schema_evolution", "true"},
                  {"kinetica.add_new_fields_as_columns", text(add)},
                  {"kinetica.make_missing_field_nullable", text(nullable)},
                  {"kinetica.linger_ms", "60000"},
                  {"kinetica.single_table_per_topic", "true"},
                  {"kinetica.dest_table_override", "T,T"}});
  }
  std::unique_ptr<KineticaSinkTask> start_evolving(bool add, bool nullable) {
    return start_evolving(context_, add, nullable);
  }

  // A record of that version, all of whose values follow from `number`; or whose optional ones are
  // null.
  void add_version(data::RecordBatch& batch, int version, int64_t number,
                   std::string_view topic = "t", bool nulls = false) {
    const data::SchemaPtr& schema = schemas_.at(static_cast<size_t>(version));
    const auto& fields = schema->fields();
    data::Value* items = batch.arena().allocate_array<data::Value>(fields.size());
    for (const data::Field& field : fields) {
      const bool is_null = nulls && field.schema->optional();
      items[field.index] = is_null ? data::Value() : value_of(*field.schema, number);
    }
    add_value(batch, topic, data::Value::structure({items, fields.size()}));
    batch.records().back().value_schema = batch.retain(schema);
  }
  static data::Value value_of(const data::Schema& schema, int64_t number) {
    switch (schema.type()) {
      case data::Type::int32:
        return data::Value::int32(static_cast<int32_t>(number));
      case data::Type::int64:
        return data::Value::int64(number);
      case data::Type::float32:
        return data::Value::float32(static_cast<float>(number));
      case data::Type::float64:
        return data::Value::float64(static_cast<double>(number));
      case data::Type::bytes:
        return data::Value::bytes("bytes");
      default:
        return data::Value::string("text");
    }
  }

  // Ten records of each version, a batch a version.
  void put_versions(KineticaSinkTask& task, const std::vector<int>& versions) {
    for (const int version : versions) {
      data::RecordBatch batch;
      for (int i = 0; i < per_version; ++i) add_version(batch, version, next_++);
      put(task, batch);
    }
    EXPECT_EQ(committed(task), positions_);
  }

  const wire::TableType& type() { return (found_ = reader_.find_table("T"))->type; }
  size_t columns() { return type().columns().size(); }
  // Of one column, in the order of the column timestamp, which has the records' numbers.
  std::vector<data::Value> values(const std::string& column) {
    auto all = rows("T");
    const size_t number = *type().find("timestamp");
    const size_t index = *type().find(column);
    std::ranges::sort(all, {}, [&](const auto& row) { return row[number].as_integer(); });
    std::vector<data::Value> result;
    for (const auto& row : all) result.push_back(row[index]);
    return result;
  }
  std::vector<int64_t> numbers() {
    std::vector<int64_t> result;
    for (const data::Value& value : values("timestamp")) result.push_back(value.as_integer());
    return result;
  }
  static std::vector<int64_t> first_numbers(int64_t count) {
    std::vector<int64_t> result(static_cast<size_t>(count));
    std::iota(result.begin(), result.end(), 0);
    return result;
  }

  // How often tables have got another type than any before, their first ones not counted.
  size_t alterations() {
    server::TestClient client(server_.url());
    return client.ask<wire::ShowTypesResponse>(wire::ShowTypesRequest{}).type_ids.size() - 1;
  }
  static size_t metric(const RecordingContext& context, const std::string& name) {
    const std::string text = context.registry_.text();
    const size_t at = text.find("\nkinetica_connect_sink_" + name + "{");
    return at == text.npos ? 0 : std::strtoul(&text[text.find("} ", at) + 2], nullptr, 10);
  }
  static size_t retries(const RecordingContext& context) {
    return metric(context, "insert_retries_total");
  }
  static size_t inserts(const RecordingContext& context) {
    return metric(context, "inserts_total");
  }
  size_t inserts() { return inserts(context_); }

  void alter(const kinetica::ColumnChange& change) { reader_.alter_columns("T", {change}); }

  const std::vector<data::SchemaPtr> schemas_ = {nullptr, schema_test(1), schema_test(2),
                                                 schema_test(3), schema_test(4)};
  std::optional<kinetica::Table> found_;
  int64_t next_ = 0;
};

}  // namespace kc::sink
