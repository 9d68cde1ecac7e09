#include "convert/avro/avro_converter.h"

#include <utility>
#include <vector>

#include "base/error.h"
#include "convert/avro/avro_writer.h"
#include "convert/sum_types.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Value;

constexpr SchemaLanguage avro{"AVRO", "Avro", "Failed to deserialize data for topic {} to Avro: ",
                              "Failed to serialize Avro data from topic {} : ",
                              "Failed to access Avro data from topic {} : "};

config::ConfigDef make_properties() {
  config::ConfigDef def;
  declare_registry_converter_properties(def);
  def.add(converter_flag("enhanced.avro.schema.support", false,
                         "Keep enums as enums, and the namespaces of a union's types."));
  def.add(converter_flag("connect.meta.data", true,
                         "Write what Avro has no word for as connect.* attributes of the schema."));
  def.add(converter_flag("ignore.default.for.nullables", false,
                         "Null stays null where the field has a default."));
  def.add(converter_flag("allow.optional.map.keys", false,
                         "Write maps with optional text keys as maps."));
  def.add(converter_flag("scrub.invalid.names", false,
                         "Write names that Avro does not have with _ for what it does not take."));
  def.add(converter_flag("flatten.singleton.unions", true, "A union of one type is that type."));
  return def;
}

AvroDocument document_of(const std::vector<registry::RegistryClient::Referenced>& references,
                         const registry::RegisteredSchema& schema) {
  std::vector<std::string_view> texts;
  for (const auto& one : references) texts.push_back(one.schema.text);
  texts.push_back(schema.text);
  return AvroDocument(texts);
}

// What a subject may be named for.
std::string record_name(const AvroSchema& schema) {
  return schema.type == AvroType::record ? schema.full_name : std::string();
}

}  // namespace

// A schema of Avro's `bytes` at the top: the body is the value, without a length.
class AvroConverter::Reader : public BodyReader {
 public:
  Reader(AvroReadPlan plan, bool raw, AvroValueReader& values)
      : plan_(std::move(plan)), raw_(raw), values_(values) {}

  connect::SchemaAndValue read(std::string_view body, data::RecordBatch& batch) override {
    connect::SchemaAndValue result{batch.retain(plan_.schema), {}};
    if (!raw_) {
      result.value = values_.read(body, plan_, batch.arena());
    } else if (plan_.step == AvroReadPlan::Step::decimal) {
      result.value = Value::decimal(body, plan_.scale);
    } else {
      result.value = Value::bytes(body);
    }
    return result;
  }

 private:
  AvroReadPlan plan_;
  bool raw_;
  AvroValueReader& values_;
};

class AvroConverter::Writer : public BodyWriter {
 public:
  Writer(const SchemaSource& source, const data::Schema& schema)
      : document_(document_of(source.references, source.schema)),
        plan_(document_.root(), schema),
        raw_(document_.root().type == AvroType::bytes) {}

  void write(const Value& value, std::string& out) override {
    if (!raw_) return write_avro(plan_, value, out);
    const data::Schema& schema = *plan_.connect;
    const Value& bytes = value.is_null() ? *schema.default_value() : value;
    if (bytes.kind() != schema.value_kind()) {
      throw Error(Reaction::skip_record, "Invalid type for BYTES: {}",
                  data::kind_name(bytes.kind()));
    }
    out += bytes.as_text();
  }

 private:
  AvroDocument document_;
  AvroWritePlan plan_;
  bool raw_;
};

const config::ConfigDef& AvroConverter::properties() {
  static const config::ConfigDef def = make_properties();
  return def;
}

std::unique_ptr<connect::Converter> AvroConverter::create(const config::Properties& settings,
                                                          connect::ConverterRole role) {
  const config::Config config = properties().parse(settings);
  AvroReadOptions read;
  read.enhanced_schema_support = config.boolean("enhanced.avro.schema.support");
  read.ignore_default_for_nullables = config.boolean("ignore.default.for.nullables");
  read.flatten_singleton_unions = config.boolean("flatten.singleton.unions");
  read.generalized_sum_types = config.boolean(generalized_sum_types_property);
  AvroWriteOptions write;
  write.enhanced_schema_support = read.enhanced_schema_support;
  write.connect_meta_data = config.boolean("connect.meta.data");
  write.allow_optional_map_keys = config.boolean("allow.optional.map.keys");
  write.scrub_invalid_names = config.boolean("scrub.invalid.names");
  write.generalized_sum_types = read.generalized_sum_types;
  static const base::Clock clock;
  return std::make_unique<AvroConverter>(read, write, registry_converter_options(config, role),
                                         clock);
}

AvroConverter::AvroConverter(const AvroReadOptions& read, const AvroWriteOptions& write,
                             const RegistryConverterOptions& options, const base::Clock& clock)
    : RegistryConverter(avro, options, clock), read_(read), write_(write) {}

std::unique_ptr<RegistryConverter::BodyReader> AvroConverter::compile_reader(
    const SchemaSource& source, const VersionOf& version_of) {
  const AvroDocument document = document_of(source.references, source.schema);
  const AvroSchema& root = document.root();
  AvroReadPlan plan = compile_avro(root, read_, version_of(record_name(root)));
  return std::make_unique<Reader>(std::move(plan), root.type == AvroType::bytes, values_);
}

RegistryConverter::WriterSchema AvroConverter::writer_schema(const data::Schema* schema) {
  if (schema == nullptr) {
    throw Error(Reaction::skip_record,
                "Values without a schema cannot be written as Avro in this version. Hint: use "
                "JsonConverter with schemas.enable=false");
  }
  registry::RegisteredSchema registered{"AVRO", avro_schema_text(*schema, write_)};
  std::string record = record_name(document_of({}, registered).root());
  return {std::move(registered), std::move(record)};
}

std::unique_ptr<RegistryConverter::BodyWriter> AvroConverter::compile_writer(
    const SchemaSource& source, const data::Schema* schema) {
  return std::make_unique<Writer>(source, *schema);
}

}  // namespace kc::convert
