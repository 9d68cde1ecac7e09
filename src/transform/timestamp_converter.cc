// TimestampConverter: times as texts, numbers and Connect's logical types.
#include <chrono>
#include <limits>

#include "transform/declarations.h"
#include "transform/java_calendar.h"
#include "transform/java_date_format.h"
#include "transform/plugins.h"
#include "transform/record_part.h"
#include "transform/schema_plans.h"

namespace kc::transform {
namespace {

using base::Arena;
using config::Config;
using config::ConfigDef;
using config::Importance;
using config::PropertyType;
using data::Field;
using data::Kind;
using data::Logical;
using data::Schema;
using data::SchemaBuilder;
using data::SchemaPtr;
using data::Type;
using data::Value;

constexpr std::string_view purpose = "converting timestamp formats";

enum class Form { string, unix_time, date, time, timestamp };

Form form_of_name(const std::string& name) {
  if (name == "string") return Form::string;
  if (name == "unix") return Form::unix_time;
  if (name == "Date") return Form::date;
  return name == "Time" ? Form::time : Form::timestamp;
}

// So many units are so many milliseconds; one of the two is 1.
struct Precision {
  int64_t units;
  int64_t milliseconds;
};

Precision precision_of(const std::string& name) {
  if (name == "seconds") return {1, 1000};
  if (name == "microseconds") return {1000, 1};
  if (name == "nanoseconds") return {1'000'000, 1};
  return {1, 1};
}

// As java.util.concurrent.TimeUnit: towards zero, the nearest when it does not fit.
int64_t scale(int64_t value, int64_t multiplier, int64_t divisor) {
  int64_t product = 0;
  if (__builtin_mul_overflow(value, multiplier, &product)) {
    return value < 0 ? std::numeric_limits<int64_t>::min() : std::numeric_limits<int64_t>::max();
  }
  return product / divisor;
}

Form form_of(const Schema& schema) {
  if (schema.name() == data::timestamp_name) return Form::timestamp;
  if (schema.name() == data::date_name) return Form::date;
  if (schema.name() == data::time_name) return Form::time;
  if (schema.type() == Type::string) return Form::string;
  if (schema.type() == Type::int64) return Form::unix_time;
  const std::string_view separator = schema.name() ? ":" : "";
  fail_as("org.apache.kafka.connect.errors.ConnectException",
          "Schema Schema{{{}{}{}}} does not correspond to a known timestamp type format",
          schema.name().value_or(""), separator, data::type_name(schema.type()));
}

Form form_of(const Value& value) {
  if (value.kind() >= Kind::date) return Form::timestamp;
  if (value.kind() == Kind::int64) return Form::unix_time;
  if (value.kind() == Kind::string) return Form::string;
  fail("TimestampConverter does not support {} objects as timestamps", class_of(value));
}

std::string_view form_name(Form form) {
  static constexpr std::string_view names[] = {"string", "Unix", "Date", "Time", "Timestamp"};
  return names[static_cast<size_t>(form)];
}

SchemaPtr make_form_schema(Form form, bool optional) {
  switch (form) {
    case Form::string:
      return SchemaBuilder(Type::string).optional(optional).build();
    case Form::unix_time:
      return SchemaBuilder(Type::int64).optional(optional).build();
    case Form::date:
      return SchemaBuilder::date().optional(optional).build();
    case Form::time:
      return SchemaBuilder::time().optional(optional).build();
    case Form::timestamp:
      break;
  }
  return SchemaBuilder::timestamp().optional(optional).build();
}

std::optional<JavaDateFormat> read_format(const Config& config) {
  const std::string& pattern = config.string("format");
  if (pattern.empty()) {
    if (config.string("target.type") == "string") {
      throw base::Error(base::Reaction::fix_config,
                        "TimestampConverter requires format option to be specified when using "
                        "string timestamps");
    }
    return std::nullopt;
  }
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  return JavaDateFormat(pattern, now.count());
}

std::optional<std::string> validate_format(std::string_view text) {
  try {
    JavaDateFormat format(text);
    return std::nullopt;
  } catch (const base::Error& error) {
    return fmt::format(
        "TimestampConverter requires a SimpleDateFormat-compatible pattern for string timestamps: "
        "{}",
        error.what());
  }
}

class TimestampConverter : public connect::Transformation {
 public:
  TimestampConverter(Part part, const Config& config)
      : part_(part),
        name_(config.string("field")),
        target_(form_of_name(config.string("target.type"))),
        format_(read_format(config)),
        precision_(precision_of(config.string("unix.precision"))),
        replace_null_(config.boolean("replace.null.with.default")),
        required_schema_(make_form_schema(target_, false)),
        optional_schema_(make_form_schema(target_, true)) {}

  static const ConfigDef& properties() {
    static const ConfigDef def = make_properties();
    return def;
  }

  bool apply(data::Record& record, data::RecordBatch& batch) override {
    const PartOfRecord part = part_of(record, part_);
    if (part.schema == nullptr) {
      part.value = convert_without_schema(part.value, batch.arena());
      return true;
    }
    const Schema& schema = *part.schema;
    if (name_.empty()) {
      part.value = converted(part.value, form_of(schema), batch.arena());
      part.schema = batch.retain(target_schema(schema.optional()));
      return true;
    }
    if (!part.value.is_null()) require_structure(schema, part.value, purpose);
    const SchemaPtr& updated =
        plans_.get(schema, [this](const Schema& from) { return make_schema(from); });
    part.value = convert_field(schema, part.value, batch.arena());
    part.schema = batch.retain(updated);
    return true;
  }

 private:
  static ConfigDef make_properties() {
    return ConfigDef()
        .add(optional("field", PropertyType::string, "", Importance::high,
                      "The field containing the timestamp, or empty if the entire value is a "
                      "timestamp"))
        .add(with_validator(
            required("target.type", PropertyType::string, Importance::high,
                     "The desired timestamp representation: string, unix, Date, Time, or "
                     "Timestamp"),
            config::one_of({"string", "unix", "Date", "Time", "Timestamp"})))
        .add(with_validator(
            optional("format", PropertyType::string, "", Importance::medium,
                     "A SimpleDateFormat-compatible format for the timestamp. Used to generate the "
                     "output when type=string or used to parse the input if the input is a "
                     "string."),
            validate_format))
        .add(with_validator(
            optional("unix.precision", PropertyType::string, "milliseconds", Importance::low,
                     "The desired Unix precision for the timestamp: seconds, milliseconds, "
                     "microseconds, or nanoseconds. Used to generate the output when type=unix or "
                     "used to parse the input if the input is a Long. Note: This SMT will cause "
                     "precision loss during conversions from, and to, values with sub-millisecond "
                     "components."),
            config::one_of({"nanoseconds", "microseconds", "milliseconds", "seconds"})))
        .add(replace_null_with_default());
  }

  const SchemaPtr& target_schema(bool optional) const {
    return optional ? optional_schema_ : required_schema_;
  }

  Value convert_without_schema(const Value& value, Arena& arena) const {
    if (value.is_null()) return value;
    if (name_.empty()) return converted(value, form_of(value), arena);
    require_map(value, purpose);
    const Value field = find_in_map(value, name_);
    MapCopy copy(value, 1, arena);
    copy.put(name_, field.is_null() ? field : converted(field, form_of(field), arena));
    return copy.value();
  }

  // Of a structure, or null.
  Value convert_field(const Schema& schema, const Value& value, Arena& arena) const {
    if (value.is_null()) return value;
    const auto& fields = schema.fields();
    Value* const items = arena.allocate_array<Value>(fields.size());
    for (size_t i = 0; i < fields.size(); ++i) {
      items[i] = field_value(fields[i], value, replace_null_);
    }
    if (const Field* const field = schema.find_field(name_)) {
      Value& item = items[field->index];
      item = converted(item, form_of(*field->schema), arena);
    }
    return Value::structure({items, fields.size()});
  }

  SchemaPtr make_schema(const Schema& schema) const {
    require_fields(schema);
    SchemaBuilder builder = copy_basics(schema, SchemaBuilder(Type::structure));
    for (const Field& field : schema.fields()) {
      builder.field(field.name,
                    field.name == name_ ? target_schema(field.schema->optional()) : field.schema);
    }
    builder.optional(schema.optional());
    if (schema.default_value()) {
      Arena arena;
      builder.default_value(convert_field(schema, *schema.default_value(), arena));
    }
    return builder.build();
  }

  Value converted(const Value& value, Form form, Arena& arena) const {
    if (value.is_null()) return value;
    return written(milliseconds_of(value, form), arena);
  }

  int64_t milliseconds_of(const Value& value, Form form) const {
    switch (form) {
      case Form::string:
        if (value.kind() != Kind::string) {
          fail("Expected string timestamp to be a String, but found {}", class_of(value));
        }
        return parsed(value.as_text());
      case Form::unix_time:
        if (value.kind() != Kind::int64) {
          fail("Expected Unix timestamp to be a Long, but found {}", class_of(value));
        }
        return scale(value.as_integer(), precision_.milliseconds, precision_.units);
      default:
        if (value.kind() < Kind::date) {
          fail("Expected {} to be a java.util.Date, but found {}", form_name(form),
               class_of(value));
        }
        return value.as_integer() * (value.kind() == Kind::date ? day_milliseconds : 1);
    }
  }

  int64_t parsed(std::string_view text) const {
    if (!format_) {
      fail_as("java.lang.NullPointerException",
              "The string timestamp ({}) cannot be read: the option format is not set", text);
    }
    const auto milliseconds = format_->parse(text);
    if (!milliseconds) {
      fail("Could not parse timestamp: value ({}) does not match pattern ({})", text,
           format_->pattern());
    }
    return *milliseconds;
  }

  Value written(int64_t milliseconds, Arena& arena) const {
    int64_t days = milliseconds / day_milliseconds;
    if (milliseconds % day_milliseconds < 0) --days;
    if (target_ == Form::date && days != static_cast<int32_t>(days)) {
      fail("The timestamp of {} ms is beyond what a Date holds", milliseconds);
    }
    switch (target_) {
      case Form::string: {
        std::string text;
        format_->format(milliseconds, text);
        return Value::string(arena.copy(text));
      }
      case Form::unix_time:
        return Value::int64(scale(milliseconds, precision_.units, precision_.milliseconds));
      case Form::date:
        return Value::date(static_cast<int32_t>(days));
      case Form::time:
        return Value::time(static_cast<int32_t>(milliseconds - days * day_milliseconds));
      case Form::timestamp:
        break;
    }
    return Value::timestamp(milliseconds);
  }

  const Part part_;
  const std::string name_;  // empty: the whole key or value
  const Form target_;
  const std::optional<JavaDateFormat> format_;
  const Precision precision_;
  const bool replace_null_;
  const SchemaPtr required_schema_;
  const SchemaPtr optional_schema_;
  SchemaPlans<SchemaPtr> plans_;
};

}  // namespace

void add_timestamp_converter(TransformationPlugins& plugins) {
  add_for_key_and_value<TimestampConverter>("TimestampConverter", plugins);
}

}  // namespace kc::transform
