// The server over HTTP and ZeroMQ, as a client sees it.
#include "server/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <snappy.h>
#include <zmq.h>

#include <fstream>

#include "base/error.h"
#include "http/client.h"
#include "server/network/faults.h"
#include "wire/envelope.h"
#include "wire/messages.h"

namespace kc::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using wire::Json;

constexpr const char* octet_stream = "application/octet-stream";
const std::string type_definition =
    R"({"type":"record","name":"type_name","fields":[{"name":"id","type":"long"},)"
    R"({"name":"s","type":["string","null"]}]})";
const wire::ColumnProperties type_properties = {{"id", {"primary_key"}}, {"s", {"nullable"}}};

// Row {id, s}.
std::string row(int64_t id, std::string_view text) {
  std::string bytes;
  wire::AvroWriter out(bytes);
  out.write_long(id);
  out.write_long(0);
  out.write_string(text);
  return bytes;
}

class ServerTest : public testing::Test {
 protected:
  http::ClientResponse post(const std::string& path, const char* type, std::string_view body) {
    const std::string_view parts[] = {body};
    return client_.post(server_.url() + path, type, parts);
  }
  // Throws Error(fail_task) with the envelope's message.
  template <typename Response, typename Request>
  Response ask(const Request& request) {
    body_ = post(std::string(Request::endpoint), octet_stream, wire::encode(request)).body;
    const auto envelope = wire::decode_envelope(body_);
    if (!envelope.ok()) throw base::Error(base::Reaction::fail_task, envelope.message);
    EXPECT_EQ(envelope.data_type, Response::name);
    return wire::decode<Response>(envelope.data);
  }
  std::string create_table(const std::string& name, const std::string& collection = "") {
    const auto type = ask<wire::CreateTypeResponse>(wire::CreateTypeRequest{
        .type_definition = type_definition, .label = "label", .properties = type_properties});
    const auto table = ask<wire::CreateTableResponse>(wire::CreateTableRequest{
        .table_name = name,
        .type_id = type.type_id,
        .options = {{"collection_name", collection}, {"unknown", "option"}}});
    return table.info.at("qualified_table_name");
  }
  wire::InsertRecordsResponse insert(const std::string& table, const std::vector<std::string>& rows,
                                     const wire::Options& options = {}) {
    return ask<wire::InsertRecordsResponse>(wire::InsertRecordsRequest{
        .table_name = table, .list = {rows.begin(), rows.end()}, .options = options});
  }
  std::vector<std::string> read(const std::string& table, const std::string& expression = "") {
    wire::GetRecordsRequest request{.table_name = table};
    if (!expression.empty()) request.options["expression"] = expression;
    const auto response = ask<wire::GetRecordsResponse>(request);
    return {response.records_binary.begin(), response.records_binary.end()};
  }

  Server server_;
  http::Client client_{http::ClientOptions{}};
  std::string body_;  // what the latest answer's Bytes point into
};

TEST_F(ServerTest, PingIsAnsweredWithTheExactText) {
  const auto response = client_.get(server_.url() + "/");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "Kinetica is running!");
}

TEST_F(ServerTest, StatusAndPropertiesAreWhatEveryClientNeeds) {
  const auto status = ask<wire::ShowSystemStatusResponse>(wire::ShowSystemStatusRequest{});
  EXPECT_EQ(Json::parse(status.status_map.at("system"))["status"], "running");
  const auto properties =
      ask<wire::ShowSystemPropertiesResponse>(wire::ShowSystemPropertiesRequest{}).property_map;
  EXPECT_EQ(std::ranges::count(properties.at("version.gpudb_core_version"), '.'), 4);
  EXPECT_EQ(properties.at("conf.set_monitor_port"), std::to_string(server_.monitor_port()));
  EXPECT_EQ(properties.at("conf.host0_public_urls"), server_.url());
  EXPECT_EQ(properties.at("conf.enable_worker_http_servers"), "FALSE");
  const auto one = ask<wire::ShowSystemPropertiesResponse>(
      wire::ShowSystemPropertiesRequest{.options = {{"properties", "conf.set_monitor_port"}}});
  EXPECT_EQ(one.property_map.size(), 1u);
  const auto shards = ask<wire::AdminShowShardsResponse>(wire::AdminShowShardsRequest{});
  EXPECT_EQ(shards.rank.size(), shards.tom.size());
  EXPECT_TRUE(
      ask<wire::ShowSystemTimingResponse>(wire::ShowSystemTimingRequest{}).endpoints.empty());
  EXPECT_TRUE(ask<wire::HasPermissionResponse>(wire::HasPermissionRequest{}).has_permission);
}

TEST_F(ServerTest, ErrorsAreHttp400WithAnEnvelope) {
  const auto missing =
      post("/show/table", octet_stream, wire::encode(wire::ShowTableRequest{.table_name = "t"}));
  EXPECT_EQ(missing.status, 400);
  EXPECT_EQ(missing.content_type, octet_stream);
  EXPECT_THAT(wire::decode_envelope(missing.body).message, HasSubstr("Table not found: t"));
  EXPECT_EQ(post("/show/table", octet_stream, "\x7f").status, 400);
  EXPECT_EQ(post("/insert/records", "application/x-snappy", "not snappy").status, 400);
  const auto unknown = post("/no/such", octet_stream, "");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_FALSE(wire::decode_envelope(unknown.body).ok());
}

TEST_F(ServerTest, AbsurdSnappySizeIsRefusedUnopened) {
  const std::string block = "\xff\xff\xff\xff\x0f" + std::string(20, 'x');
  const auto response = post("/insert/records", "application/x-snappy", block);
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(wire::decode_envelope(response.body).message, HasSubstr("claims"));
}

TEST_F(ServerTest, TableIsCreatedShownAndCleared) {
  EXPECT_EQ(create_table("orders", "TEST"), "TEST.orders");
  EXPECT_TRUE(ask<wire::HasSchemaResponse>(wire::HasSchemaRequest{"TEST"}).schema_exists);
  EXPECT_THROW(create_table("orders", "TEST"), base::Error);
  insert("orders", {row(1, "a")});

  const auto shown = ask<wire::ShowTableResponse>(
      wire::ShowTableRequest{.table_name = "orders", .options = {{"get_sizes", "true"}}});
  EXPECT_THAT(shown.table_names, ElementsAre("orders"));
  EXPECT_EQ(shown.type_schemas.at(0), type_definition);
  EXPECT_EQ(shown.properties.at(0), type_properties);
  EXPECT_EQ(shown.type_labels.at(0), "label");
  EXPECT_EQ(shown.additional_info.at(0).at("collection_names"), "TEST");
  EXPECT_EQ(shown.total_full_size, 1);
  const auto types = ask<wire::ShowTypesResponse>(wire::ShowTypesRequest{shown.type_ids.at(0)});
  EXPECT_THAT(types.type_schemas, ElementsAre(type_definition));

  const auto schema = ask<wire::ShowTableResponse>(
      wire::ShowTableRequest{.table_name = "TEST", .options = {{"show_children", "false"}}});
  EXPECT_EQ(schema.table_descriptions.at(0).at(0), "COLLECTION");
  EXPECT_EQ(schema.total_size, -1);
  const auto all = ask<wire::ShowTableResponse>(wire::ShowTableRequest{});
  EXPECT_THAT(all.table_names, ElementsAre("TEST.orders"));

  ask<wire::ClearTableResponse>(wire::ClearTableRequest{.table_name = "TEST.orders"});
  EXPECT_FALSE(ask<wire::HasTableResponse>(wire::HasTableRequest{"orders"}).table_exists);
  EXPECT_THROW(ask<wire::ClearTableResponse>(wire::ClearTableRequest{.table_name = "orders"}),
               base::Error);
}

TEST_F(ServerTest, SchemaIsCreatedOnce) {
  EXPECT_EQ(ask<wire::CreateSchemaResponse>(wire::CreateSchemaRequest{"S"}).schema_name, "S");
  EXPECT_THROW(ask<wire::CreateSchemaResponse>(wire::CreateSchemaRequest{"S"}), base::Error);
  EXPECT_NO_THROW(ask<wire::CreateSchemaResponse>(
      wire::CreateSchemaRequest{"S", {{"no_error_if_exists", "true"}}}));
  EXPECT_EQ(create_table("S.t"), "S.t");
}

TEST_F(ServerTest, RowsAreReadBackWithOffsetLimitAndExpression) {
  create_table("t");
  insert("t", {row(1, "a"), row(2, "b"), row(3, "c")});
  EXPECT_THAT(read("t"), ElementsAre(row(1, "a"), row(2, "b"), row(3, "c")));
  EXPECT_THAT(read("t", "(id = 2)"), ElementsAre(row(2, "b")));
  EXPECT_THAT(read("t", R"((id = 3) and (s = "c"))"), ElementsAre(row(3, "c")));
  EXPECT_THAT(read("t", R"(id < 3 and not s = "a" or is_null(id))"), ElementsAre(row(2, "b")));
  EXPECT_THROW(read("t", "sqrt(id) = 1"), base::Error);
  EXPECT_THROW(read("t", "nothing = 1"), base::Error);

  const auto page = ask<wire::GetRecordsResponse>(
      wire::GetRecordsRequest{.table_name = "t", .offset = 1, .limit = 1});
  EXPECT_THAT(page.records_binary, ElementsAre(row(2, "b")));
  EXPECT_TRUE(page.has_more_records);
  EXPECT_EQ(page.total_number_of_records, 3);
  EXPECT_EQ(page.type_schema, type_definition);
  const auto texts = ask<wire::GetRecordsResponse>(
      wire::GetRecordsRequest{.table_name = "t", .offset = 2, .encoding = "json"});
  EXPECT_THAT(texts.records_json, ElementsAre(R"({"id":3,"s":"c"})"));
}

TEST_F(ServerTest, UpsertAndErrorsOfRowsAreReported) {
  create_table("t");
  insert("t", {row(1, "a")});
  EXPECT_EQ(
      insert("t", {row(1, "b"), row(2, "c")}, {{"update_on_existing_pk", "true"}}).count_updated,
      1);
  EXPECT_THROW(insert("t", {row(1, "x")}), base::Error);
  const auto partial =
      insert("t", {row(1, "x"), row(3, "d"), "", "\x01"},
             {{"return_individual_errors", "true"}, {"allow_partial_batch", "true"}});
  EXPECT_EQ(partial.count_inserted, 1);
  EXPECT_EQ(partial.info.at("bad_record_indices"), "0,2,3");
  EXPECT_EQ(partial.info.count("error_2"), 1u);
  EXPECT_THROW(insert("t", {row(9, "x")}, {{"request_schema_str", "[]"}}), base::Error);
}

TEST_F(ServerTest, RowsAreDeletedByExpressionOrAllAtOnce) {
  create_table("t");
  insert("t", {row(1, "a"), row(2, "b"), row(3, "c"), row(4, "d")});
  const auto some = ask<wire::DeleteRecordsResponse>(
      wire::DeleteRecordsRequest{.table_name = "t", .expressions = {"id = 1", "id >= 3"}});
  EXPECT_EQ(some.count_deleted, 3);
  EXPECT_THAT(some.counts_deleted, ElementsAre(1, 2));
  EXPECT_THROW(ask<wire::DeleteRecordsResponse>(wire::DeleteRecordsRequest{.table_name = "t"}),
               base::Error);
  EXPECT_EQ(ask<wire::DeleteRecordsResponse>(
                wire::DeleteRecordsRequest{.table_name = "t",
                                           .options = {{"delete_all_records", "true"}}})
                .count_deleted,
            1);
}

TEST_F(ServerTest, SnappyBodiesAndJsonModeAreUnderstood) {
  create_table("t");
  const std::string first = row(1, "a");
  const std::string body =
      wire::encode(wire::InsertRecordsRequest{.table_name = "t", .list = {first}});
  std::string block;
  snappy::Compress(body.data(), body.size(), &block);
  EXPECT_EQ(post("/insert/records", "application/x-snappy", block).status, 200);

  const Json insert = {{"table_name", "t"},
                       {"list_encoding", "json"},
                       {"list_str", {R"({"id":2,"s":null})", R"({"id":3,"s":"x"})"}}};
  const auto inserted = post("/insert/records", "application/json", insert.dump());
  EXPECT_EQ(inserted.content_type, "application/json");
  const auto envelope = wire::decode_envelope_json(inserted.body);
  EXPECT_EQ(Json::parse(envelope.data_str)["count_inserted"], 2);
  const auto bad = post("/insert/records", "application/json",
                        R"({"table_name":"t","list_encoding":"json","list_str":["{\"s\":1}"]})");
  EXPECT_EQ(bad.status, 400);
  EXPECT_THAT(wire::decode_envelope_json(bad.body).message, HasSubstr("`id`"));

  const auto read = post("/get/records", "application/json",
                         R"({"table_name":"t","encoding":"json","limit":-9999})");
  const auto records = Json::parse(wire::decode_envelope_json(read.body).data_str);
  EXPECT_EQ(records["records_json"].size(), 3u);
  EXPECT_EQ(records["records_json"][1], R"({"id":2,"s":null})");
}

TEST_F(ServerTest, JsonModeIsForRecordsInJson) {
  create_table("t");
  const auto inserted = post("/insert/records", "Application/JSON; charset=utf-8",
                             R"({"table_name":"t","list_str":["{\"id\":1,\"s\":\"a\"}"]})");
  EXPECT_EQ(Json::parse(wire::decode_envelope_json(inserted.body).data_str)["count_inserted"], 1);
  const auto read = post("/get/records", "application/json", R"({"table_name":"t"})");
  EXPECT_EQ(Json::parse(wire::decode_envelope_json(read.body).data_str)["records_json"],
            Json::array({R"({"id":1,"s":"a"})"}));
  // Where nobody would look for them.
  const auto lost = post(
      "/insert/records", octet_stream,
      wire::encode(wire::InsertRecordsRequest{.table_name = "t", .list_str = {R"({"id":2})"}}));
  EXPECT_EQ(lost.status, 400);
  EXPECT_THAT(wire::decode_envelope(lost.body).message, HasSubstr("list_str"));
}

TEST_F(ServerTest, JsonNestedTooDeeplyIsRefused) {
  constexpr size_t levels = 200'000;
  const std::string deep = std::string(levels, '[') + std::string(levels, ']');
  EXPECT_EQ(post("/insert/records/json?table_name=t", "application/json", deep).status, 400);
  const wire::ExecuteSqlRequest statement{.statement = "select ?",
                                          .options = {{"query_parameters", deep}}};
  EXPECT_EQ(post("/execute/sql", octet_stream, wire::encode(statement)).status, 400);
  EXPECT_EQ(post("/insert/records", "application/json", deep).status, 400);
  EXPECT_EQ(post("/debug/faults", "application/json", deep).status, 400);
}

TEST_F(ServerTest, DroppedReplyLeavesTheRowsInTheTable) {
  create_table("t");
  server_.faults().drop_replies(1);
  // On a connection of its own: libcurl sends a request again by itself when a connection that it
  // reuses closes without a byte.
  client_ = http::Client(http::ClientOptions{});
  try {
    insert("t", {row(1, "a")});
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_EQ(e.reaction(), base::Reaction::retry);
    EXPECT_TRUE(e.in_doubt());
  }
  EXPECT_EQ(server_.rows("t"), 1u);
  EXPECT_EQ(insert("t", {row(2, "a")}).count_inserted, 1);
}

TEST_F(ServerTest, FaultsAreSetOverHttpToo) {
  create_table("t");
  EXPECT_EQ(post("/debug/faults", "application/json",
                 R"({"answer":{"status":503,"times":1,"endpoint":"/insert/records"}})")
                .status,
            200);
  EXPECT_TRUE(ask<wire::HasTableResponse>(wire::HasTableRequest{"t"}).table_exists);
  const auto body = wire::encode(wire::InsertRecordsRequest{.table_name = "t"});
  EXPECT_EQ(post("/insert/records", octet_stream, body).status, 503);
  EXPECT_EQ(post("/insert/records", octet_stream, body).status, 200);

  server_.faults().refuse_row(1);
  try {
    insert("t", {row(1, "a"), row(2, "b")});
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("Record 1"));
  }
  EXPECT_EQ(insert("t", {row(1, "a"), row(2, "b")}).count_inserted, 2);
  EXPECT_EQ(post("/debug/faults", "application/json", "{").status, 400);
}

TEST_F(ServerTest, EveryAnswerSaysHowLongItTook) {
  // Read raw: the client above shows no headers.
  void* context = zmq_ctx_new();
  void* socket = zmq_socket(context, ZMQ_STREAM);
  const std::string address = "tcp://127.0.0.1:" + std::to_string(server_.port());
  ASSERT_EQ(zmq_connect(socket, address.c_str()), 0);
  char id[256];
  const int id_size = zmq_recv(socket, id, sizeof id, 0);
  zmq_recv(socket, nullptr, 0, 0);
  const std::string request = "POST /no/such HTTP/1.0\r\nContent-length: 0\r\n\r\n";
  zmq_send(socket, id, static_cast<size_t>(id_size), ZMQ_SNDMORE);
  zmq_send(socket, request.data(), request.size(), 0);
  std::string answer;
  char buffer[4096];
  // An empty part is the end of the connection, which HTTP/1.0 clients wait for.
  for (;;) {
    zmq_recv(socket, id, sizeof id, 0);
    const int size = zmq_recv(socket, buffer, sizeof buffer, 0);
    if (size <= 0) break;
    answer.append(buffer, static_cast<size_t>(size));
  }
  EXPECT_THAT(answer, HasSubstr("x-request-time-secs: 0."));
  zmq_close(socket);
  zmq_ctx_term(context);
}

TEST(Server, PortThatIsTakenIsAnErrorNamingIt) {
  const Server server;
  try {
    const Server second({.port = server.port()});
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_THAT(e.what(), HasSubstr(std::to_string(server.port())));
  }
  EXPECT_THROW(Server({.monitor_port = server.monitor_port()}), base::Error);
}

}  // namespace
}  // namespace kc::server
