// InsertField: metadata of the record, or a constant, as fields.
#include "transform/declarations.h"
#include "transform/plugins.h"
#include "transform/record_part.h"
#include "transform/schema_plans.h"

namespace kc::transform {
namespace {

using base::Arena;
using base::Error;
using base::Reaction;
using config::Config;
using config::ConfigDef;
using config::Importance;
using config::PropertyType;
using data::Record;
using data::Schema;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;

constexpr std::string_view purpose = "field insertion";

enum class Source { topic, partition, offset, timestamp, constant };

struct Insertion {
  Source source;
  std::string name;
  SchemaPtr schema;
};

config::Property field_property(std::string name, std::string_view doc) {
  return optional(std::move(name), PropertyType::string, "", Importance::medium,
                  fmt::format("{} Suffix with ! to make this a required field, or ? to keep it "
                              "optional (the default).",
                              doc));
}

SchemaPtr schema_of(Source source, bool optional) {
  switch (source) {
    case Source::partition:
      return SchemaBuilder(Type::int32).optional(optional).build();
    case Source::offset:
      return SchemaBuilder(Type::int64).optional(optional).build();
    case Source::timestamp:
      return SchemaBuilder::timestamp().optional(optional).build();
    default:
      return SchemaBuilder(Type::string).optional(optional).build();
  }
}

// Of the names as they are written, with ! or ? at the end.
std::vector<Insertion> insertions_of(const Config& config) {
  static constexpr std::pair<const char*, Source> properties[] = {
      {"topic.field", Source::topic},
      {"partition.field", Source::partition},
      {"offset.field", Source::offset},
      {"timestamp.field", Source::timestamp},
      {"static.field", Source::constant}};
  std::vector<Insertion> insertions;
  for (const auto& [property, source] : properties) {
    if (!config.given(property)) continue;
    std::string name = config.string(property);
    const bool required = name.ends_with('!');
    if (required || name.ends_with('?')) name.pop_back();
    insertions.push_back({source, std::move(name), schema_of(source, !required)});
  }
  return insertions;
}

class InsertField : public connect::Transformation {
 public:
  InsertField(Part part, const Config& config)
      : part_(part),
        insertions_(insertions_of(config)),
        constant_(config.string("static.value")),
        replace_null_(config.boolean("replace.null.with.default")) {
    if (insertions_.empty()) {
      throw Error(Reaction::fix_config,
                  "No field insertion configured. Set topic.field, partition.field, offset.field, "
                  "timestamp.field or static.field");
    }
    if (config.given("static.field") && !config.given("static.value")) {
      throw Error(Reaction::fix_config,
                  "Invalid value null for configuration static.value: No value specified for "
                  "static field: {}",
                  insertions_.back().name);
    }
  }

  static const ConfigDef& properties() {
    static const ConfigDef def =
        ConfigDef()
            .add(field_property("topic.field", "Field name for Kafka topic."))
            .add(field_property("partition.field", "Field name for Kafka partition."))
            .add(field_property("offset.field",
                                "Field name for Kafka offset - only applicable to sink "
                                "connectors."))
            .add(field_property("timestamp.field", "Field name for record timestamp."))
            .add(field_property("static.field", "Field name for static data field."))
            .add(optional("static.value", PropertyType::string, "", Importance::medium,
                          "Static field value, if field name configured."))
            .add(replace_null_with_default());
    return def;
  }

  bool apply(Record& record, data::RecordBatch& batch) override {
    const PartOfRecord part = part_of(record, part_);
    if (part.value.is_null()) return true;
    Arena& arena = batch.arena();
    if (part.schema == nullptr) {
      require_map(part.value, purpose);
      MapCopy copy(part.value, insertions_.size(), arena);
      for (const Insertion& insertion : insertions_) {
        const Value value = value_of(insertion.source, record, arena);
        if (value.is_null()) continue;
        // A java.util.Date only where a schema says so.
        copy.put(
            insertion.name,
            as_kind(value, value.kind() == data::Kind::timestamp ? data::Kind::int64 : value.kind(),
                    0));
      }
      part.value = copy.value();
      return true;
    }
    insert_in_structure(part, record, batch);
    return true;
  }

 private:
  void insert_in_structure(const PartOfRecord& part, const Record& record,
                           data::RecordBatch& batch) {
    require_structure(*part.schema, part.value, purpose);
    const auto& fields = part.schema->fields();
    const SchemaPtr& extended =
        plans_.get(*part.schema, [this](const Schema& from) { return make_schema(from); });
    const size_t count = fields.size() + insertions_.size();
    Value* const items = batch.arena().allocate_array<Value>(count);
    Value* next = items;
    for (const data::Field& field : fields) {
      *next++ = field_value(field, part.value, replace_null_);
    }
    for (const Insertion& insertion : insertions_) {
      *next++ = value_of(insertion.source, record, batch.arena());
    }
    part.value = Value::structure({items, count});
    part.schema = batch.retain(extended);
  }

  // Null when the record has no such thing.
  Value value_of(Source source, const Record& record, Arena& arena) const {
    switch (source) {
      case Source::topic:
        return Value::string(record.topic);
      case Source::partition:
        return record.partition < 0 ? Value() : Value::int32(record.partition);
      case Source::offset:
        if (record.offset < 0) {
          fail("Only SinkRecord supported for [{}], found: {}", purpose,
               "org.apache.kafka.connect.source.SourceRecord");
        }
        return Value::int64(record.offset);
      case Source::timestamp:
        return record.timestamp < 0 ? Value() : Value::timestamp(record.timestamp);
      case Source::constant:
        break;
    }
    return Value::string(arena.copy(constant_));
  }

  SchemaPtr make_schema(const Schema& schema) const {
    SchemaBuilder builder = copy_basics(schema, SchemaBuilder(Type::structure));
    for (const data::Field& field : schema.fields()) builder.field(field.name, field.schema);
    for (const Insertion& insertion : insertions_) builder.field(insertion.name, insertion.schema);
    return builder.build();
  }

  const Part part_;
  const std::vector<Insertion> insertions_;
  const std::string constant_;
  const bool replace_null_;
  SchemaPlans<SchemaPtr> plans_;
};

}  // namespace

void add_insert_field(TransformationPlugins& plugins) {
  add_for_key_and_value<InsertField>("InsertField", plugins);
}

}  // namespace kc::transform
