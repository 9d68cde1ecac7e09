#include "convert/protobuf/protobuf_converter.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.h"
#include "convert/protobuf/protobuf_writer.h"
#include "convert/sum_types.h"

namespace kc::convert {
namespace {

using base::Error;
using base::Reaction;
using data::Value;

constexpr SchemaLanguage protobuf{"PROTOBUF", "Protobuf",
                                  "Failed to deserialize data for topic {} to Protobuf: ",
                                  "Failed to serialize Protobuf data from topic {} : ",
                                  "Failed to access Protobuf data from topic {} : ", true};

// Messages of a file that one topic may have, each with its plan.
constexpr size_t plans_max = 1000;

config::ConfigDef make_properties() {
  config::ConfigDef def;
  declare_registry_converter_properties(def);
  def.add(converter_flag("enhanced.protobuf.schema.support", false,
                         "Keep the package in the names of messages, enums and unions."));
  def.add(converter_flag("scrub.invalid.names", false,
                         "Write names that are no identifiers with other characters."));
  def.add(converter_flag("generate.index.for.unions", true,
                         "Add the oneof's number to the name of its field."));
  def.add(converter_flag("generate.struct.for.nulls", false,
                         "A message that is absent is a structure of defaults, not null."));
  def.add(converter_flag("flatten.unions", false,
                         "The fields of a oneof are fields of the structure itself."));
  def.add(converter_flag("int.for.enums", false, "Enums are numbers, not names."));
  def.add(converter_flag("optional.for.nullables", false,
                         "Optional are the fields that the schema calls so, and no others."));
  def.add(converter_flag("optional.for.proto2", true,
                         "A proto2 field that is optional and absent is null, not its default."));
  def.add(converter_flag("wrapper.for.nullables", false,
                         "Optional fields have wrapper messages, as google.protobuf.StringValue."));
  def.add(
      converter_flag("wrapper.for.raw.primitives", true, "A wrapper message is the value in it."));
  def.add(converter_flag("ignore.default.for.nullables", false,
                         "Null stays null where the field has a default."));
  def.add(converter_flag("skip.known.types", true,
                         "Schemas of known types, as google.protobuf.Timestamp, are not "
                         "registered. Must be true."));
  return def;
}

// Where the bytes of the message itself begin: before them stands its place in the file, as the
// count of numbers and the numbers, zigzag varints. No numbers: the first message.
std::vector<int32_t> take_indexes(std::string_view& body) {
  constexpr int64_t depth_max = 100;
  ProtobufInput input(body);
  const int64_t count = zigzag_value(input.varint());
  if (count < 0 || count > depth_max) {
    throw Error(Reaction::skip_record, "Invalid message indexes: there are {}", count);
  }
  std::vector<int32_t> indexes;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t index = zigzag_value(input.varint());
    indexes.push_back(static_cast<int32_t>(std::clamp<int64_t>(index, -1, INT32_MAX)));
  }
  if (indexes.empty()) indexes.push_back(0);
  body = input.rest();
  return indexes;
}

std::string indexes_header(const std::vector<int32_t>& indexes) {
  std::string header;
  if (indexes.size() == 1 && indexes[0] == 0) return std::string(1, '\0');
  append_varint(zigzag_bits(static_cast<int64_t>(indexes.size())), header);
  for (const int32_t index : indexes) append_varint(zigzag_bits(index), header);
  return header;
}

}  // namespace

// The messages of one schema; most topics have one kind.
class ProtobufConverter::Reader : public BodyReader {
 public:
  Reader(const SchemaSource& source, const ProtobufReadOptions& options, VersionOf version_of,
         ProtobufValueReader& values)
      : document_(document_of(source)),
        options_(options),
        version_of_(std::move(version_of)),
        values_(values) {}

  static ProtobufDocument document_of(const SchemaSource& source) {
    std::vector<ProtobufDocument::Import> imports;
    for (const auto& [name, schema] : source.references) imports.push_back({name, schema.text});
    return ProtobufDocument(source.schema.text, imports);
  }

  connect::SchemaAndValue read(std::string_view body, data::RecordBatch& batch) override {
    const ProtobufReadPlan& plan = plan_of(body);
    return {batch.retain(plan.schema), values_.read(body, plan, batch.arena())};
  }

 private:
  struct Known {
    std::string prefix;  // of the body: the indexes as they stand there
    std::unique_ptr<const ProtobufReadPlan> plan;
    std::string failure;  // without a plan: why there is none, ever
  };

  // Takes the indexes from the body.
  const ProtobufReadPlan& plan_of(std::string_view& body) {
    const auto starts = [&](const Known& known) { return body.starts_with(known.prefix); };
    auto found = std::ranges::find_if(known_, starts);
    if (found == known_.end()) {
      if (known_.size() >= plans_max) known_.clear();
      known_.push_back(make_plan(body));
      found = known_.end() - 1;
    }
    if (found->plan == nullptr) throw Error(Reaction::skip_record, "{}", found->failure);
    body.remove_prefix(found->prefix.size());
    return *found->plan;
  }

  Known make_plan(std::string_view body) {
    Known known;
    std::string_view rest = body;
    const std::vector<int32_t> indexes = take_indexes(rest);
    known.prefix = body.substr(0, body.size() - rest.size());
    const ProtobufMessage* message = document_.message_at(indexes);
    if (message == nullptr) {
      known.failure =
          "The message's place is none that the schema has. Hint: the bytes were "
          "written with another schema";
      return known;
    }
    const auto version = version_of_(message->full_name);
    try {
      known.plan = compile_protobuf(*message, options_, version);
    } catch (const Error& error) {
      known.failure = error.what();
    }
    return known;
  }

  ProtobufDocument document_;
  const ProtobufReadOptions& options_;
  VersionOf version_of_;
  ProtobufValueReader& values_;
  std::vector<Known> known_;
};

class ProtobufConverter::Writer : public BodyWriter {
 public:
  Writer(ProtobufDocument document, const std::string& message_name, const data::Schema& schema,
         const ProtobufWriteOptions& options)
      : document_(std::move(document)) {
    const ProtobufMessage* message = document_.find_message(message_name);
    if (message == nullptr) {
      throw Error(Reaction::skip_record,
                  "The schema in the registry has no message {}. Hint: give the Connect schema the "
                  "name of one, as SetSchemaMetadata does",
                  message_name);
    }
    indexes_ = indexes_header(document_.indexes_of(*message));
    plan_ = std::make_unique<const ProtobufWritePlan>(*message, schema, options);
  }

  std::string_view indexes() const override { return indexes_; }
  void write(const Value& value, std::string& out) override { write_protobuf(*plan_, value, out); }

 private:
  ProtobufDocument document_;
  std::string indexes_;
  std::unique_ptr<const ProtobufWritePlan> plan_;
};

const config::ConfigDef& ProtobufConverter::properties() {
  static const config::ConfigDef def = make_properties();
  return def;
}

std::unique_ptr<connect::Converter> ProtobufConverter::create(const config::Properties& settings,
                                                              connect::ConverterRole role) {
  const config::Config config = properties().parse(settings);
  if (!config.boolean("skip.known.types")) {
    throw Error(Reaction::fix_config,
                "skip.known.types = false is not supported in this version. Remove it");
  }
  ProtobufReadOptions read;
  read.enhanced_schema_support = config.boolean("enhanced.protobuf.schema.support");
  read.generalized_sum_types = config.boolean(generalized_sum_types_property);
  read.generate_index_for_unions = config.boolean("generate.index.for.unions");
  read.generate_struct_for_nulls = config.boolean("generate.struct.for.nulls");
  read.flatten_unions = config.boolean("flatten.unions");
  read.int_for_enums = config.boolean("int.for.enums");
  read.optional_for_nullables = config.boolean("optional.for.nullables");
  read.optional_for_proto2 = config.boolean("optional.for.proto2");
  read.wrapper_for_nullables = config.boolean("wrapper.for.nullables");
  read.wrapper_for_raw_primitives = config.boolean("wrapper.for.raw.primitives");
  ProtobufWriteOptions write;
  write.scrub_invalid_names = config.boolean("scrub.invalid.names");
  write.optional_for_nullables = read.optional_for_nullables;
  write.wrapper_for_nullables = read.wrapper_for_nullables;
  write.ignore_default_for_nullables = config.boolean("ignore.default.for.nullables");
  static const base::Clock clock;
  return std::make_unique<ProtobufConverter>(read, write, registry_converter_options(config, role),
                                             clock);
}

ProtobufConverter::ProtobufConverter(const ProtobufReadOptions& read,
                                     const ProtobufWriteOptions& write,
                                     const RegistryConverterOptions& options,
                                     const base::Clock& clock)
    : RegistryConverter(protobuf, options, clock), read_(read), write_(write) {}

std::unique_ptr<RegistryConverter::BodyReader> ProtobufConverter::compile_reader(
    const SchemaSource& source, const VersionOf& version_of) {
  return std::make_unique<Reader>(source, read_, version_of, values_);
}

RegistryConverter::WriterSchema ProtobufConverter::writer_schema(const data::Schema* schema) {
  if (schema == nullptr) {
    throw Error(Reaction::skip_record,
                "Values without a schema cannot be written as Protobuf. Hint: use JsonConverter "
                "with schemas.enable=false");
  }
  ProtobufSchemaText file = protobuf_schema_text(*schema, write_);
  ProtobufDocument(file.text, {});  // what does not compile is not registered
  return {{"PROTOBUF", std::move(file.text)}, std::move(file.message)};
}

std::unique_ptr<RegistryConverter::BodyWriter> ProtobufConverter::compile_writer(
    const SchemaSource& source, const data::Schema* schema) {
  return std::make_unique<Writer>(Reader::document_of(source),
                                  protobuf_schema_text(*schema, write_).message, *schema, write_);
}

bool ProtobufConverter::null_is_tombstone(const data::Schema* /*schema*/) const { return true; }

}  // namespace kc::convert
