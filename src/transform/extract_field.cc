// ExtractField: a field becomes the whole key or value.
#include <algorithm>

#include "transform/declarations.h"
#include "transform/field_path.h"
#include "transform/plugins.h"
#include "transform/record_part.h"

namespace kc::transform {
namespace {

using config::Config;
using config::ConfigDef;
using config::Importance;
using config::PropertyType;
using data::Field;
using data::Schema;

constexpr std::string_view purpose = "field extraction";

std::optional<std::string> validate_syntax(std::string_view text) {
  if (text == "V1" || text == "v1" || text == "V2" || text == "v2") return std::nullopt;
  return "String must be one of (case insensitive): V1, V2";
}

FieldPath path_of(const Config& config) {
  return FieldPath(config.string("field"), config.string("field.syntax.version").ends_with('1')
                                               ? FieldPath::Syntax::v1
                                               : FieldPath::Syntax::v2);
}

class ExtractField : public connect::Transformation {
 public:
  ExtractField(Part part, const Config& config)
      : part_(part),
        written_path_(config.string("field")),
        path_(path_of(config)),
        replace_null_(config.boolean("replace.null.with.default")) {}

  static const ConfigDef& properties() {
    static const ConfigDef def =
        ConfigDef()
            .add(required("field", PropertyType::string, Importance::medium,
                          "Field name to extract."))
            .add(replace_null_with_default())
            .add(with_validator(
                optional("field.syntax.version", PropertyType::string, "V1", Importance::high,
                         "Defines the version of the syntax to access fields. V1: the name of a "
                         "field of the record. V2: names with dots between lead to a nested field; "
                         "backticks stand around a name that contains dots."),
                validate_syntax));
    return def;
  }

  bool apply(data::Record& record, data::RecordBatch& batch) override {
    const PartOfRecord part = part_of(record, part_);
    if (part.schema == nullptr) {
      if (part.value.is_null()) return true;
      require_map(part.value, purpose);
      part.value = path_.find_value(part.value);
      return true;
    }
    const Schema& schema = *part.schema;
    if (!part.value.is_null()) require_structure(schema, part.value, purpose);
    const Field* const field = path_.find_field(schema);
    if (field == nullptr) {
      fail_as("java.lang.IllegalArgumentException", "Unknown field: {}", written_path_);
    }
    part.value = path_.find_value(schema, part.value, replace_null_);
    part.schema = batch.retain(field->schema);
    return true;
  }

 private:
  const Part part_;
  const std::string written_path_;
  const FieldPath path_;
  const bool replace_null_;
};

}  // namespace

void add_extract_field(TransformationPlugins& plugins) {
  add_for_key_and_value<ExtractField>("ExtractField", plugins);
}

}  // namespace kc::transform
