// Every message against the recorded field lists and sessions of Kinetica's official clients.
#include "wire/messages.h"

#include <gtest/gtest.h>
#include <snappy.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <set>

#include "wire/envelope.h"

namespace kc::wire {
namespace {

const std::string vectors = KC_VECTORS_DIR "/kinetica/";

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

template <typename T>
struct AvroName;
#define AVRO_NAME(type, text)                 \
  template <>                                 \
  struct AvroName<type> {                     \
    static std::string get() { return text; } \
  }
AVRO_NAME(bool, "boolean");
AVRO_NAME(int32_t, "int");
AVRO_NAME(int64_t, "long");
AVRO_NAME(float, "float");
AVRO_NAME(double, "double");
AVRO_NAME(std::string, "string");
AVRO_NAME(std::string_view, "bytes");
AVRO_NAME(std::optional<std::string>, "string|null");
#undef AVRO_NAME
template <typename T>
struct AvroName<std::vector<T>> {
  static std::string get() { return "array<" + AvroName<T>::get() + ">"; }
};
template <typename T>
struct AvroName<WireMap<T>> {
  static std::string get() { return "map<" + AvroName<T>::get() + ">"; }
};

template <typename Message>
Json field_list() {
  Json list = Json::array();
  const Message message;
  Message::fields(message, [&](std::string_view name, const auto& value) {
    list.push_back({name, AvroName<std::remove_cvref_t<decltype(value)>>::get()});
  });
  return list;
}

// Decodes and encodes again: as it should come back, and as it does.
struct Codec {
  Json request_fields;
  Json response_fields;
  std::string response_name;
  std::function<std::string(std::string_view)> request_again;
  std::function<std::string(std::string_view)> response_again;
  std::function<std::string(std::string_view)> request_json;
  std::function<std::string(std::string_view)> response_json;
};

template <typename Message>
std::string through_avro(std::string_view data) {
  const auto message = decode<Message>(data);
  const std::string again = encode(message);
  EXPECT_EQ(message, decode<Message>(again));
  return again;
}

template <typename Message>
std::string to_json(std::string_view data) {
  return encode_json(decode<Message>(data));
}

template <typename Request, typename Response>
void add(std::map<std::string, Codec>& codecs) {
  codecs[std::string(Request::endpoint)] = {
      field_list<Request>(), field_list<Response>(), std::string(Response::name),
      through_avro<Request>, through_avro<Response>, to_json<Request>,
      to_json<Response>};
}

std::map<std::string, Codec> all_codecs() {
  std::map<std::string, Codec> codecs;
  add<ShowSystemStatusRequest, ShowSystemStatusResponse>(codecs);
  add<ShowSystemPropertiesRequest, ShowSystemPropertiesResponse>(codecs);
  add<ShowSystemTimingRequest, ShowSystemTimingResponse>(codecs);
  add<AdminShowShardsRequest, AdminShowShardsResponse>(codecs);
  add<HasPermissionRequest, HasPermissionResponse>(codecs);
  add<ShowSecurityRequest, ShowSecurityResponse>(codecs);
  add<GrantPermissionRequest, GrantPermissionResponse>(codecs);
  add<GrantPermissionTableRequest, GrantPermissionTableResponse>(codecs);
  add<GrantPermissionSystemRequest, GrantPermissionSystemResponse>(codecs);
  add<GrantRoleRequest, GrantRoleResponse>(codecs);
  add<RevokePermissionRequest, RevokePermissionResponse>(codecs);
  add<RevokePermissionTableRequest, RevokePermissionTableResponse>(codecs);
  add<RevokePermissionSystemRequest, RevokePermissionSystemResponse>(codecs);
  add<RevokeRoleRequest, RevokeRoleResponse>(codecs);
  add<CreateTypeRequest, CreateTypeResponse>(codecs);
  add<ShowTypesRequest, ShowTypesResponse>(codecs);
  add<HasTypeRequest, HasTypeResponse>(codecs);
  add<HasSchemaRequest, HasSchemaResponse>(codecs);
  add<CreateSchemaRequest, CreateSchemaResponse>(codecs);
  add<DropSchemaRequest, DropSchemaResponse>(codecs);
  add<ShowSchemaRequest, ShowSchemaResponse>(codecs);
  add<AlterSchemaRequest, AlterSchemaResponse>(codecs);
  add<GetRecordsByColumnRequest, GetRecordsByColumnResponse>(codecs);
  add<InsertRecordsFromPayloadRequest, InsertRecordsFromPayloadResponse>(codecs);
  add<UpdateRecordsRequest, UpdateRecordsResponse>(codecs);
  add<AggregateStatisticsRequest, AggregateStatisticsResponse>(codecs);
  add<AggregateMinMaxRequest, AggregateMinMaxResponse>(codecs);
  add<AggregateUniqueRequest, AggregateUniqueResponse>(codecs);
  add<AggregateGroupByRequest, AggregateGroupByResponse>(codecs);
  add<AlterTableRequest, AlterTableResponse>(codecs);
  add<AlterTableColumnsRequest, AlterTableColumnsResponse>(codecs);
  add<HasTableRequest, HasTableResponse>(codecs);
  add<ShowTableRequest, ShowTableResponse>(codecs);
  add<CreateTableRequest, CreateTableResponse>(codecs);
  add<ClearTableRequest, ClearTableResponse>(codecs);
  add<InsertRecordsRequest, InsertRecordsResponse>(codecs);
  add<GetRecordsRequest, GetRecordsResponse>(codecs);
  add<DeleteRecordsRequest, DeleteRecordsResponse>(codecs);
  add<ExecuteSqlRequest, ExecuteSqlResponse>(codecs);
  add<CreateTableMonitorRequest, CreateTableMonitorResponse>(codecs);
  add<ClearTableMonitorRequest, ClearTableMonitorResponse>(codecs);
  add<AlterTableMonitorRequest, AlterTableMonitorResponse>(codecs);
  add<ShowTableMonitorsRequest, ShowTableMonitorsResponse>(codecs);
  return codecs;
}

TEST(Messages, EveryFieldHasTheNameOrderAndTypeOfItsEndpoint) {
  const Json endpoints = Json::parse(std::ifstream(vectors + "endpoint_schemas.json"))["endpoints"];
  for (const auto& [endpoint, codec] : all_codecs()) {
    const Json& expected = endpoints.at(endpoint);
    EXPECT_EQ(codec.request_fields, expected["request"]["fields"]) << endpoint;
    EXPECT_EQ(codec.response_fields, expected["response"]["fields"]) << endpoint;
    EXPECT_EQ(codec.response_name, expected["response"]["name"]) << endpoint;
  }
  EXPECT_EQ(field_list<Envelope>(), endpoints["gpudb_response"]["response"]["fields"]);
}

// A message that is not in the list above would go unchecked.
TEST(Messages, EveryEndpointOfTheHeadersIsChecked) {
  const auto codecs = all_codecs();
  for (const auto& header :
       std::filesystem::directory_iterator(KC_VECTORS_DIR "/../../../src/wire/messages")) {
    std::ifstream file(header.path());
    for (std::string line; std::getline(file, line);) {
      constexpr std::string_view sign = "endpoint = \"";
      const size_t begin = line.find(sign);
      if (begin == std::string::npos) continue;
      const size_t path = begin + sign.size();
      EXPECT_TRUE(codecs.contains(line.substr(path, line.find('"', path) - path))) << line;
    }
  }
}

// JSON without the parts that have no JSON form.
bool has_bytes(const Json& json) {
  if (json.is_object() && json.contains("hex")) return true;
  for (const auto& item : json) {
    if (item.is_structured() && has_bytes(item)) return true;
  }
  return false;
}

std::string content_type(const Json& exchange) {
  for (const auto& [name, value] : exchange["headers"].items()) {
    if (name == "Content-type" || name == "Content-Type") return value;
  }
  return "";
}

// The bytes again, and the JSON that the recording says they are.
void expect_same_request(const Codec& codec, const Json& exchange, const std::string& where) {
  const std::string type = content_type(exchange);
  if (type == "application/json") return;
  std::string request = from_hex(exchange["request_hex"]);
  if (type == "application/x-snappy") {
    std::string opened;
    ASSERT_TRUE(snappy::Uncompress(request.data(), request.size(), &opened)) << where;
    request = opened;
  }
  EXPECT_EQ(request, codec.request_again(request)) << where;
  if (has_bytes(exchange["request"])) return;
  EXPECT_EQ(nlohmann::json::parse(codec.request_json(request)),
            nlohmann::json::parse(exchange["request"].dump()))
      << where;
}

void expect_same_response(const Codec& codec, const Json& exchange, const std::string& where) {
  if (content_type(exchange) == "application/json") return;
  const std::string body = from_hex(exchange["response_hex"]);
  const Envelope envelope = decode_envelope(body);
  EXPECT_EQ(encode(envelope), body) << where;
  if (!envelope.ok()) return;
  EXPECT_EQ(envelope.data_type, codec.response_name) << where;
  EXPECT_EQ(envelope.data, codec.response_again(envelope.data)) << where;
}

std::vector<std::filesystem::path> transcripts() {
  const std::filesystem::directory_iterator files(vectors + "transcripts");
  return {begin(files), end(files)};
}

class Transcripts : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Transcripts, RequestsAndResponsesAreReadAndWrittenAsTheClientsDo) {
  const auto codecs = all_codecs();
  std::ifstream file(GetParam());
  ASSERT_TRUE(file);
  size_t messages = 0;
  for (std::string line; std::getline(file, line);) {
    const Json exchange = Json::parse(line);
    // A ping and the endpoints that take plain JSON have no message.
    if (!exchange.contains("request_hex")) continue;
    const std::string where = exchange["path"].get<std::string>() + " " + line.substr(0, 200);
    const auto codec = codecs.find(exchange["path"]);
    ASSERT_NE(codec, codecs.end()) << where;
    expect_same_request(codec->second, exchange, where);
    expect_same_response(codec->second, exchange, where);
    ++messages;
  }
  EXPECT_GT(messages, 10u);
}

INSTANTIATE_TEST_SUITE_P(OfficialClients, Transcripts, testing::ValuesIn(transcripts()),
                         [](const auto& param) {
                           std::string name = param.param.stem();
                           std::erase_if(name, [](char c) { return std::isalnum(c) == 0; });
                           return name;
                         });

TEST(Messages, BytesAreViewsIntoTheBody) {
  const std::string row = "row";
  const std::string body = encode(InsertRecordsRequest{.table_name = "t", .list = {row}});
  const auto request = decode<InsertRecordsRequest>(body);
  ASSERT_EQ(request.list.size(), 1u);
  EXPECT_EQ(request.list[0], "row");
  EXPECT_GE(request.list[0].data(), body.data());
  EXPECT_LT(request.list[0].data(), body.data() + body.size());
}

TEST(Messages, NegativeBlockCountsAreRead) {
  // table_name "t"; list: one block of -1 items and 2 bytes: "r"; then nothing.
  const std::string body("\2t\1\4\2r\0\0\14binary\0", 16);
  const auto request = decode<InsertRecordsRequest>(body);
  ASSERT_EQ(request.list.size(), 1u);
  EXPECT_EQ(request.list[0], "r");
  EXPECT_EQ(request.list_encoding, "binary");
}

TEST(Messages, TruncatedBodiesAreRefusedAtEveryLength) {
  const std::string body = encode(InsertRecordsRequest{
      .table_name = "t", .list = {"a", "b"}, .list_str = {"c"}, .options = {{"k", "v"}}});
  for (size_t size = 0; size < body.size(); ++size) {
    EXPECT_THROW(decode<InsertRecordsRequest>(body.substr(0, size)), base::Error) << size;
  }
  EXPECT_NO_THROW(decode<InsertRecordsRequest>(body));
}

TEST(Messages, HostileBlockCountDoesNotAllocate) {
  std::string body("\2t", 2);
  AvroWriter(body).write_long(int64_t{1} << 60);
  EXPECT_THROW(decode<InsertRecordsRequest>(body), base::Error);
}

TEST(MessageJson, NumbersAreWholeOnesInRange) {
  EXPECT_EQ(decode_json<GetRecordsRequest>(R"({"limit":7.0})").limit, 7);
  EXPECT_THROW(decode_json<GetRecordsRequest>(R"({"limit":1e300})"), base::Error);
}

TEST(MessageJson, AbsentFieldsKeepTheirDefaultsAndOthersAreIgnored) {
  const auto request = decode_json<GetRecordsRequest>(R"({"table_name":"t","more":1})");
  EXPECT_EQ(request.table_name, "t");
  EXPECT_EQ(request.limit, end_of_set);
}

TEST(MessageJson, RecordsAreJsonUnlessAskedForOtherwise) {
  EXPECT_EQ(decode_json<GetRecordsRequest>(R"({"table_name":"t"})").encoding, "json");
  EXPECT_EQ(decode_json<GetRecordsRequest>(R"({"encoding":"binary"})").encoding, "binary");
  EXPECT_EQ(decode_json<InsertRecordsRequest>("{}").list_encoding, "json");
  EXPECT_EQ(decode_json<UpdateRecordsRequest>("{}").record_encoding, "json");
}

TEST(MessageJson, BytesAreACharacterEach) {
  EXPECT_EQ(to_json_value(GetRecordsResponse{.records_binary = {"a\xff"}})["records_binary"],
            Json({"a\u00ff"}));
}

TEST(MessageJson, ErrorNamesTheField) {
  try {
    decode_json<GetRecordsRequest>(R"({"table_name":"t","offset":"x"})");
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_NE(std::string(e.what()).find("`offset`"), std::string::npos) << e.what();
    EXPECT_EQ(std::string(e.what()).find("json.exception"), std::string::npos) << e.what();
  }
  EXPECT_THROW(decode_json<GetRecordsRequest>("[1"), base::Error);
}

TEST(MessageJson, InsertRowsTravelAsText) {
  const auto request = decode_json<InsertRecordsRequest>(
      R"({"table_name":"t","list":[],"list_str":["{\"a\":1}"],"list_encoding":"json"})");
  EXPECT_EQ(request.list_str, Strings{R"({"a":1})"});
  EXPECT_THROW(decode_json<InsertRecordsRequest>(R"({"list":["x"]})"), base::Error);
}

TEST(Envelope, ErrorHasTheTextAndNoData) {
  const std::string body = error_body("no such table");
  const Envelope envelope = decode_envelope(body);
  EXPECT_FALSE(envelope.ok());
  EXPECT_EQ(envelope.message, "no such table");
  EXPECT_EQ(envelope.data_type, "none");
  EXPECT_TRUE(envelope.data.empty());
}

TEST(Envelope, JsonModeCarriesTheResponseAsText) {
  const std::string body =
      encode_ok_json(HasTableResponse{.table_name = "t", .table_exists = true});
  const Envelope envelope = decode_envelope_json(body);
  EXPECT_TRUE(envelope.ok());
  EXPECT_EQ(envelope.data_type, "has_table_response");
  const auto response = decode_json<HasTableResponse>(envelope.data_str);
  EXPECT_TRUE(response.table_exists);
  EXPECT_EQ(decode_envelope_json(error_body_json("bad")).message, "bad");
}

}  // namespace
}  // namespace kc::wire
