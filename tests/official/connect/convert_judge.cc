// convert_judge: our converters, transformations, predicates and offset store, a case a line, so
// that they can be compared with Kafka's. ConvertJudge.java reads and writes the same lines.
//
//   {"op":"to_connect","class":C,"role":"key|value|header","settings":{},"bytes":BASE64|null}
//        -> {"schema":S,"value":V}
//   {"op":"from_connect","class":C,"role":R,"settings":{},"schema":S,"value":V}
//        -> {"bytes":BASE64|null}
//   {"op":"transform","class":C,"settings":{},"record":R}   -> {"record":R|null}
//   {"op":"predicate","class":C,"settings":{},"record":R}   -> {"result":true|false}
//   {"op":"write_offsets","file":F,"entries":[[KEY,VALUE|null],...]} -> {}
//   {"op":"read_offsets","file":F,"keys":[KEY,...]}          -> {"entries":[[KEY,VALUE|null],...]}
//
//   failures   {"error":JAVA_CLASS,"message":M}; of a configuration {"configure":JAVA_CLASS,...}
//   S  null or {"type":"INT32","optional":B,"name":N,"version":N,"doc":D,"parameters":[[K,V],...],
//       "default":V,"fields":[[NAME,S],...],"keys":S,"values":S}
//   V  null or [KIND,...]: ["int8",1], ["float64","bits in hexadecimal"], ["bytes",BASE64],
//      ["decimal","unscaled",SCALE], ["date",DAYS], ["time",MS], ["timestamp",MS] (all three are
//      written as ["instant",MS]), ["array",[V,...]], ["map",[[V,V],...]], ["struct",[V,...]]
//   R  {"topic":T,"partition":P,"offset":O,"timestamp":MS|null,"key_schema":S,"key":V,
//       "value_schema":S,"value":V,"headers":[[NAME,S,V],...]}
#include <bit>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "base/base64.h"
#include "base/error.h"
#include "convert/converters.h"
#include "convert/decimal.h"
#include "transform/built_in.h"
#include "worker/offset_store.h"

namespace {

using Json = nlohmann::ordered_json;
using kc::base::Error;
using kc::data::Kind;
using kc::data::Record;
using kc::data::RecordBatch;
using kc::data::Schema;
using kc::data::SchemaBuilder;
using kc::data::SchemaPtr;
using kc::data::Type;
using kc::data::Value;

constexpr std::string_view type_names[] = {"INT8",    "INT16",   "INT32",   "INT64",
                                           "FLOAT32", "FLOAT64", "BOOLEAN", "STRING",
                                           "BYTES",   "ARRAY",   "MAP",     "STRUCT"};

std::string decoded(const std::string& base64) {
  std::string bytes(base64.size(), '\0');
  bytes.resize(kc::base::base64_decode(base64, bytes.data()).value());
  return bytes;
}

bool given(const Json& json, const char* member) {
  return json.contains(member) && !json[member].is_null();
}

Value value_in(const Json& json, RecordBatch& batch);

Value list_in(const Json& items, RecordBatch& batch, Value (*make)(std::span<const Value>)) {
  std::vector<Value> values;
  for (const Json& item : items) values.push_back(value_in(item, batch));
  return kc::data::deep_copy(make(values), batch.arena());
}

Value map_in(const Json& entries, RecordBatch& batch) {
  std::vector<Value> values;
  for (const Json& entry : entries) {
    values.push_back(value_in(entry[0], batch));
    values.push_back(value_in(entry[1], batch));
  }
  return kc::data::deep_copy(Value::map(values), batch.arena());
}

Value decimal_in(const Json& json, RecordBatch& batch) {
  std::string digits = json[1];
  const bool negative = digits.starts_with('-');
  if (negative) digits.erase(0, 1);
  return Value::decimal(kc::convert::unscaled_of_digits(digits, negative, batch.arena()), json[2]);
}

Value value_in(const Json& json, RecordBatch& batch) {
  if (json.is_null()) return {};
  const std::string kind = json[0];
  const Json& of = json[1];
  if (kind == "boolean") return Value::boolean(of);
  if (kind == "int8") return Value::int8(of);
  if (kind == "int16") return Value::int16(of);
  if (kind == "int32") return Value::int32(of);
  if (kind == "int64") return Value::int64(of);
  if (kind == "float32") {
    const auto bits = static_cast<uint32_t>(std::stoul(of.get<std::string>(), nullptr, 16));
    return Value::float32(std::bit_cast<float>(bits));
  }
  if (kind == "float64") {
    return Value::float64(std::bit_cast<double>(
        static_cast<uint64_t>(std::stoull(of.get<std::string>(), nullptr, 16))));
  }
  if (kind == "string") return Value::string(batch.arena().copy(of.get<std::string>()));
  if (kind == "bytes") return Value::bytes(batch.arena().copy(decoded(of)));
  if (kind == "decimal") return decimal_in(json, batch);
  if (kind == "date") return Value::date(of);
  if (kind == "time") return Value::time(of);
  if (kind == "timestamp") return Value::timestamp(of);
  if (kind == "array") return list_in(of, batch, &Value::array);
  if (kind == "struct") return list_in(of, batch, &Value::structure);
  return map_in(of, batch);
}

std::string hexadecimal(float value) {
  return fmt::format("{:08x}", value != value ? 0x7fc00000u : std::bit_cast<uint32_t>(value));
}
std::string hexadecimal(double value) {
  return fmt::format("{:016x}",
                     value != value ? 0x7ff8000000000000u : std::bit_cast<uint64_t>(value));
}

Json value_out(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
      return nullptr;
    case Kind::boolean:
      return Json::array({"boolean", value.as_boolean()});
    case Kind::int8:
      return Json::array({"int8", value.as_integer()});
    case Kind::int16:
      return Json::array({"int16", value.as_integer()});
    case Kind::int32:
      return Json::array({"int32", value.as_integer()});
    case Kind::int64:
      return Json::array({"int64", value.as_integer()});
    case Kind::float32:
      return Json::array({"float32", hexadecimal(static_cast<float>(value.as_real()))});
    case Kind::float64:
      return Json::array({"float64", hexadecimal(value.as_real())});
    case Kind::string:
      return Json::array({"string", value.as_text()});
    case Kind::bytes:
      return Json::array({"bytes", kc::base::base64_encode(value.as_text())});
    case Kind::decimal:
      return Json::array(
          {"decimal", kc::convert::digits_of_unscaled(value.as_text()), value.scale()});
    case Kind::date:
      return Json::array({"instant", value.as_integer() * 86'400'000});
    case Kind::time:
    case Kind::timestamp:
      return Json::array({"instant", value.as_integer()});
    case Kind::array:
    case Kind::structure: {
      Json items = Json::array();
      for (const Value& item : value.items()) items.push_back(value_out(item));
      return Json::array({value.kind() == Kind::array ? "array" : "struct", std::move(items)});
    }
    case Kind::map: {
      Json entries = Json::array();
      for (size_t i = 0; i < value.entries().size(); i += 2) {
        entries.push_back(
            Json::array({value_out(value.entries()[i]), value_out(value.entries()[i + 1])}));
      }
      return Json::array({"map", std::move(entries)});
    }
  }
  return nullptr;
}

SchemaPtr schema_in(const Json& json) {
  if (json.is_null()) return nullptr;
  const auto* name = std::ranges::find(type_names, json["type"].get<std::string>());
  const auto type = static_cast<Type>(name - type_names);
  SchemaBuilder builder =
      type == Type::array ? SchemaBuilder::array(schema_in(json["values"]))
      : type == Type::map ? SchemaBuilder::map(schema_in(json["keys"]), schema_in(json["values"]))
                          : SchemaBuilder(type);
  builder.optional(json["optional"]);
  if (given(json, "name")) builder.name(json["name"]);
  if (given(json, "version")) builder.version(json["version"]);
  if (given(json, "doc")) builder.doc(json["doc"]);
  if (given(json, "parameters")) {
    for (const Json& entry : json["parameters"]) builder.parameter(entry[0], entry[1]);
  }
  if (given(json, "fields")) {
    for (const Json& field : json["fields"]) builder.field(field[0], schema_in(field[1]));
  }
  if (given(json, "default")) {
    RecordBatch batch;
    builder.default_value(value_in(json["default"], batch));
  }
  return builder.build();
}

Json schema_out(const Schema* schema) {
  if (schema == nullptr) return nullptr;
  Json json;
  json["type"] = type_names[static_cast<size_t>(schema->type())];
  json["optional"] = schema->optional();
  json["name"] = schema->name() ? Json(*schema->name()) : Json();
  json["version"] = schema->version() ? Json(*schema->version()) : Json();
  json["doc"] = schema->doc() ? Json(*schema->doc()) : Json();
  json["parameters"] = Json::array();
  for (const auto& [key, value] : schema->parameters()) {
    json["parameters"].push_back(Json::array({key, value}));
  }
  json["default"] = value_out(schema->default_value().value_or(Value()));
  if (schema->type() == Type::structure) {
    json["fields"] = Json::array();
    for (const auto& field : schema->fields()) {
      json["fields"].push_back(Json::array({field.name, schema_out(field.schema.get())}));
    }
  }
  if (schema->key_schema()) json["keys"] = schema_out(schema->key_schema().get());
  if (schema->value_schema()) json["values"] = schema_out(schema->value_schema().get());
  return json;
}

Record record_in(const Json& json, RecordBatch& batch) {
  Record record;
  record.topic = batch.arena().copy(json["topic"].get<std::string>());
  record.original_topic = record.topic;
  record.partition = record.original_partition = json["partition"];
  record.offset = json["offset"];
  if (!json["timestamp"].is_null()) {
    record.timestamp = json["timestamp"];
    record.timestamp_type = kc::data::TimestampType::create_time;
  }
  record.key_schema = batch.retain(schema_in(json["key_schema"]));
  record.key = value_in(json["key"], batch);
  record.value_schema = batch.retain(schema_in(json["value_schema"]));
  record.value = value_in(json["value"], batch);
  const Json& headers = json["headers"];
  auto* list = batch.arena().allocate_array<kc::data::Header>(headers.size());
  for (size_t i = 0; i < headers.size(); ++i) {
    list[i] = {batch.arena().copy(headers[i][0].get<std::string>()),
               batch.retain(schema_in(headers[i][1])), value_in(headers[i][2], batch)};
  }
  record.headers = {list, headers.size()};
  return record;
}

Json record_out(const Record& record) {
  Json json;
  json["topic"] = record.topic;
  json["partition"] = record.partition;
  json["offset"] = record.offset;
  json["timestamp"] = record.timestamp < 0 ? Json() : Json(record.timestamp);
  json["key_schema"] = schema_out(record.key_schema);
  json["key"] = value_out(record.key);
  json["value_schema"] = schema_out(record.value_schema);
  json["value"] = value_out(record.value);
  json["headers"] = Json::array();
  for (const auto& header : record.headers) {
    json["headers"].push_back(
        Json::array({header.name, schema_out(header.schema), value_out(header.value)}));
  }
  return json;
}

class Judge {
 public:
  Json answer(const Json& request) {
    const std::string op = request["op"];
    if (op == "to_connect") return to_connect(request);
    if (op == "from_connect") return from_connect(request);
    if (op == "transform") return transform(request);
    if (op == "predicate") return predicate(request);
    if (op == "write_offsets") return write_offsets(request);
    return read_offsets(request);
  }

 private:
  static kc::config::Properties settings(const Json& request) {
    kc::config::Properties settings;
    for (const auto& [name, value] : request["settings"].items()) settings.set(name, value);
    return settings;
  }

  // The plugin of the request's class and settings, made once, as a task does.
  template <typename Plugins, typename Map, typename... Arguments>
  static auto& plugin(const Plugins& plugins, Map& made, const Json& request,
                      Arguments... arguments) {
    const std::string class_name = request["class"];
    auto& instance = made[class_name + request["settings"].dump() + request.value("role", "")];
    for (const auto& plugin : plugins) {
      if (!instance && plugin.class_name == class_name) {
        instance = plugin.create(settings(request), arguments...);
      }
    }
    if (!instance) throw std::logic_error("there is no class " + class_name);
    return *instance;
  }

  kc::connect::Converter& converter(const Json& request) {
    using enum kc::connect::ConverterRole;
    const std::string role = request["role"];
    return plugin(kc::convert::built_in_converters(), converters_, request,
                  role == "key"     ? key
                  : role == "value" ? value
                                    : header);
  }

  Json to_connect(const Json& request) {
    RecordBatch batch;
    std::optional<std::string> bytes;
    if (!request["bytes"].is_null()) bytes = decoded(request["bytes"]);
    const auto read = converter(request).to_connect("t", bytes, batch);
    return {{"schema", schema_out(read.schema)}, {"value", value_out(read.value)}};
  }

  Json from_connect(const Json& request) {
    RecordBatch batch;
    const SchemaPtr schema = schema_in(request["schema"]);
    const Value value = value_in(request["value"], batch);
    std::string bytes;
    if (!converter(request).from_connect("t", schema.get(), value, bytes)) {
      return {{"bytes", nullptr}};
    }
    return {{"bytes", kc::base::base64_encode(bytes)}};
  }

  Json transform(const Json& request) {
    RecordBatch batch;
    Record record = record_in(request["record"], batch);
    kc::connect::Transformation* step = nullptr;
    try {
      step = &plugin(kc::transform::built_in_transformations(), transformations_, request);
    } catch (const Error& error) {
      return {{"configure", error.java_class()}, {"message", error.what()}};
    }
    return {{"record", step->apply(record, batch) ? record_out(record) : Json()}};
  }

  Json predicate(const Json& request) {
    RecordBatch batch;
    const Record record = record_in(request["record"], batch);
    kc::connect::Predicate* step = nullptr;
    try {
      step = &plugin(kc::transform::built_in_predicates(), predicates_, request);
    } catch (const Error& error) {
      return {{"configure", error.java_class()}, {"message", error.what()}};
    }
    return {{"result", step->test(record)}};
  }

  // A key of the offset file is ["connector",{partition}].
  static std::pair<std::string, std::string> split_key(const std::string& key) {
    const Json parsed = Json::parse(key);
    return {parsed[0], parsed[1].dump()};
  }

  static Json write_offsets(const Json& request) {
    kc::worker::OffsetStore store(request["file"].get<std::string>());
    for (const Json& entry : request["entries"]) {
      const auto [connector, partition] = split_key(entry[0]);
      store.put(connector, {{partition, entry[1]}});
    }
    return Json::object();
  }

  static Json read_offsets(const Json& request) {
    const kc::worker::OffsetStore store(request["file"].get<std::string>());
    Json entries = Json::array();
    for (const Json& key : request["keys"]) {
      const auto [connector, partition] = split_key(key);
      const auto offset = store.get(connector, partition);
      entries.push_back(Json::array({key, offset ? Json(*offset) : Json()}));
    }
    return {{"entries", std::move(entries)}};
  }

  std::map<std::string, std::unique_ptr<kc::connect::Converter>> converters_;
  std::map<std::string, std::unique_ptr<kc::connect::Transformation>> transformations_;
  std::map<std::string, std::unique_ptr<kc::connect::Predicate>> predicates_;
};

}  // namespace

int main() {
  Judge judge;
  for (std::string line; std::getline(std::cin, line);) {
    Json answer;
    try {
      answer = judge.answer(Json::parse(line));
    } catch (const Error& error) {
      answer = {{"error", error.java_class()}, {"message", error.what()}};
    }
    std::cout << answer.dump(-1, ' ', true, Json::error_handler_t::replace) << std::endl;
  }
  return 0;
}
