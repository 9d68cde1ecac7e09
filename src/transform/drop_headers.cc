// DropHeaders: headers of certain names are removed.
#include <algorithm>

#include "transform/declarations.h"
#include "transform/plugins.h"
#include "transform/record_part.h"

namespace kc::transform {
namespace {

using config::Config;
using config::ConfigDef;
using config::Importance;
using config::PropertyType;

class DropHeaders : public connect::Transformation {
 public:
  explicit DropHeaders(const Config& config) : names_(config.list("headers")) {}

  static const ConfigDef& properties() {
    static const ConfigDef def =
        ConfigDef().add(with_validator(required("headers", PropertyType::list, Importance::high,
                                                "The name of the headers to be removed."),
                                       non_empty_list()));
    return def;
  }

  bool apply(data::Record& record, data::RecordBatch& batch) override {
    const auto dropped = [this](const data::Header& header) {
      return std::ranges::find(names_, header.name) != names_.end();
    };
    if (std::ranges::none_of(record.headers, dropped)) return true;
    auto* const kept = batch.arena().allocate_array<data::Header>(record.headers.size());
    const auto end = std::ranges::remove_copy_if(record.headers, kept, dropped).out;
    record.headers = {kept, end};
    return true;
  }

 private:
  const std::vector<std::string> names_;
};

}  // namespace

void add_drop_headers(TransformationPlugins& plugins) {
  add_for_record<DropHeaders>("DropHeaders", plugins);
}

}  // namespace kc::transform
