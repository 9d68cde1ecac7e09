// Filter: drops every record; meant to stand under a predicate.
#include "transform/plugins.h"

namespace kc::transform {
namespace {

using config::Config;
using config::ConfigDef;

class Filter : public connect::Transformation {
 public:
  explicit Filter(const Config&) {}

  static const ConfigDef& properties() {
    static const ConfigDef def;
    return def;
  }

  bool apply(data::Record&, data::RecordBatch&) override { return false; }
};

}  // namespace

void add_filter(TransformationPlugins& plugins) { add_for_record<Filter>("Filter", plugins); }

}  // namespace kc::transform
