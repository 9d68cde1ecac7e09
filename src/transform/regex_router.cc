// RegexRouter: another topic where the whole topic matches.
#include "config/java_regex.h"
#include "transform/declarations.h"
#include "transform/plugins.h"

namespace kc::transform {
namespace {

using config::Config;
using config::ConfigDef;
using config::Importance;
using config::PropertyType;

class RegexRouter : public connect::Transformation {
 public:
  explicit RegexRouter(const Config& config)
      : regex_(config.string("regex")), replacement_(config.string("replacement")) {}

  static const ConfigDef& properties() {
    static const ConfigDef def =
        ConfigDef()
            .add(with_validator(required("regex", PropertyType::string, Importance::high,
                                         "Regular expression to use for matching."),
                                java_regex()))
            .add(required("replacement", PropertyType::string, Importance::high,
                          "Replacement string."));
    return def;
  }

  bool apply(data::Record& record, data::RecordBatch& batch) override {
    // Records of one topic come in a row.
    if (record.topic != last_topic_ || !known_) {
      known_ = false;
      last_topic_ = record.topic;
      // As Kafka: replaced is what the expression finds first, which need not be all that matches.
      new_topic_ = regex_.matches(last_topic_) ? regex_.replace_first(last_topic_, replacement_)
                                               : last_topic_;
      known_ = true;
    }
    if (new_topic_ != last_topic_) record.topic = batch.arena().copy(new_topic_);
    return true;
  }

 private:
  const config::JavaRegex regex_;
  const std::string replacement_;
  bool known_ = false;
  std::string last_topic_;
  std::string new_topic_;  // of last_topic_, when known_
};

}  // namespace

void add_regex_router(TransformationPlugins& plugins) {
  add_for_record<RegexRouter>("RegexRouter", plugins);
}

}  // namespace kc::transform
