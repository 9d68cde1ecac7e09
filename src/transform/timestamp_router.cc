// TimestampRouter: a topic made of the topic and the record's timestamp.
#include "transform/declarations.h"
#include "transform/java_date_format.h"
#include "transform/plugins.h"
#include "transform/record_part.h"

namespace kc::transform {
namespace {

using config::Config;
using config::ConfigDef;
using config::Importance;
using config::PropertyType;

std::optional<std::string> validate_format(std::string_view text) {
  try {
    JavaDateFormat format(text);
    return std::nullopt;
  } catch (const base::Error& error) {
    return error.what();
  }
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

class TimestampRouter : public connect::Transformation {
 public:
  explicit TimestampRouter(const Config& config)
      : topic_format_(config.string("topic.format")),
        timestamp_format_(config.string("timestamp.format")) {}

  static const ConfigDef& properties() {
    static const ConfigDef def =
        ConfigDef()
            .add(optional("topic.format", PropertyType::string, "${topic}-${timestamp}",
                          Importance::high,
                          "Format string which can contain ${topic} and ${timestamp} as "
                          "placeholders for the topic and timestamp, respectively."))
            .add(with_validator(
                optional("timestamp.format", PropertyType::string, "yyyyMMdd", Importance::high,
                         "Format string for the timestamp that is compatible with "
                         "java.text.SimpleDateFormat."),
                validate_format));
    return def;
  }

  bool apply(data::Record& record, data::RecordBatch& batch) override {
    if (record.timestamp < 0) {
      fail(
          "Timestamp missing on record: ConnectRecord{{topic='{}', kafkaPartition={}, "
          "timestamp=null}}",
          record.topic, record.partition);
    }
    std::string timestamp;
    timestamp_format_.format(record.timestamp, timestamp);
    std::string topic = topic_format_;
    replace_all(topic, "${topic}", record.topic);
    replace_all(topic, "${timestamp}", timestamp);
    record.topic = batch.arena().copy(topic);
    return true;
  }

 private:
  const std::string topic_format_;
  const JavaDateFormat timestamp_format_;
};

}  // namespace

void add_timestamp_router(TransformationPlugins& plugins) {
  add_for_record<TimestampRouter>("TimestampRouter", plugins);
}

}  // namespace kc::transform
