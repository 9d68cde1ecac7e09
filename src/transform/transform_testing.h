// What the tests of the transformations share.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "convert/string_converter.h"
#include "transform/built_in.h"

namespace kc::transform {

using config::Properties;
using data::Kind;
using data::Record;
using data::RecordBatch;
using data::Schema;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;

inline std::unique_ptr<connect::Transformation> create(std::string_view name,
                                                       const Properties& settings) {
  for (const auto& plugin : built_in_transformations()) {
    if (plugin.class_name == "org.apache.kafka.connect.transforms." + std::string(name)) {
      return plugin.create(settings);
    }
  }
  throw std::logic_error("there is no transformation " + std::string(name));
}

inline std::unique_ptr<connect::Predicate> create_predicate(std::string_view name,
                                                            const Properties& settings) {
  for (const auto& plugin : built_in_predicates()) {
    if (plugin.class_name.ends_with("." + std::string(name))) return plugin.create(settings);
  }
  throw std::logic_error("there is no predicate " + std::string(name));
}

// Records and what they are made of, all alive as long as this.
class World {
 public:
  RecordBatch batch;

  static SchemaPtr schema(Type type) { return SchemaBuilder(type).build(); }
  static SchemaPtr optional(Type type) { return SchemaBuilder(type).optional().build(); }

  Value list(std::vector<Value> items) {
    return data::deep_copy(Value::array(items), batch.arena());
  }
  Value structure(std::vector<Value> items) {
    return data::deep_copy(Value::structure(items), batch.arena());
  }
  Value map(std::vector<Value> entries) {
    return data::deep_copy(Value::map(entries), batch.arena());
  }

  // A record of a sink.
  Record record(const SchemaPtr& schema, const Value& value) {
    Record record;
    record.topic = "my.topic";
    record.partition = 2;
    record.offset = 7;
    record.timestamp = 1'700'000'000'123;
    record.value = value;
    record.value_schema = batch.retain(schema);
    return record;
  }
  Record record(const Value& value) { return record(nullptr, value); }
};

inline std::string text(const Schema* schema, const Value& value) {
  std::string out;
  convert::append_java_string(schema, value, out);
  return out;
}
inline std::string value_text(const Record& record) {
  return text(record.value_schema, record.value);
}
inline std::string key_text(const Record& record) { return text(record.key_schema, record.key); }

// The value after the transformation: "Struct{a=1}"; "dropped"; "!! java.lang.Class: text".
inline std::string apply(connect::Transformation& transformation, Record& record,
                         RecordBatch& batch) {
  try {
    return transformation.apply(record, batch) ? value_text(record) : "dropped";
  } catch (const base::Error& error) {
    return "!! " + std::string(error.java_class()) + ": " + error.what();
  }
}
inline std::string apply(std::string_view name, const Properties& settings, Record& record,
                         RecordBatch& batch) {
  return apply(*create(name, settings), record, batch);
}

// What is wrong with the settings, "" when nothing is.
inline std::string fault(std::string_view name, const Properties& settings) {
  try {
    create(name, settings);
    return "";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    return error.what();
  }
}

}  // namespace kc::transform
