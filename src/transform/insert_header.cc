// InsertHeader: a header of one value on every record.
#include "convert/header/header_text.h"
#include "transform/declarations.h"
#include "transform/plugins.h"
#include "transform/record_part.h"

namespace kc::transform {
namespace {

using config::Config;
using config::ConfigDef;
using config::Importance;
using config::PropertyType;

class InsertHeader : public connect::Transformation {
 public:
  explicit InsertHeader(const Config& config)
      : name_(config.string("header")), literal_(config.string("value.literal")) {}

  static const ConfigDef& properties() {
    static const ConfigDef def =
        ConfigDef()
            .add(required("header", PropertyType::string, Importance::high,
                          "The name of the header."))
            .add(required(
                "value.literal", PropertyType::string, Importance::high,
                "The literal value that is to be set as the header value on all records."));
    return def;
  }

  bool apply(data::Record& record, data::RecordBatch& batch) override {
    base::Arena& arena = batch.arena();
    const auto value = reader_.read(arena.copy(literal_), batch);
    if (!value) fail("The value of the header {} is nested too deep", name_);
    const data::Header header{arena.copy(name_), value->schema, value->value};
    record.headers = append_headers(record.headers, {&header, 1}, arena);
    return true;
  }

 private:
  const std::string name_;
  const std::string literal_;
  const convert::HeaderTextReader reader_;
};

}  // namespace

void add_insert_header(TransformationPlugins& plugins) {
  add_for_record<InsertHeader>("InsertHeader", plugins);
}

}  // namespace kc::transform
