#include "kinetica/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <mutex>

#include "base/error.h"
#include "base/version.h"
#include "http/server.h"
#include "wire/envelope.h"
#include "wire/messages.h"

namespace kc::kinetica {
namespace {

using base::Error;
using base::Reaction;
using testing::HasSubstr;
using wire::BaseType;

// A server that answers each endpoint as told, and remembers what was asked.
class Script {
 public:
  using Answer = std::function<http::ServerResponse(const http::ServerRequest&)>;

  Script() {
    on("/show/system/status",
       wire::ShowSystemStatusResponse{.status_map = {{"system", R"({"status":"running"})"}}});
  }
  const std::string& url() const { return server_.url(); }

  void on(const std::string& endpoint, Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_[endpoint] = std::move(answer);
  }
  template <typename Response>
  void on(const std::string& endpoint, const Response& response) {
    on(endpoint, reply(200, wire::encode_ok(response)));
  }
  void refuse(const std::string& endpoint, int status, const std::string& message) {
    on(endpoint, reply(status, wire::error_body(message)));
  }
  static Answer reply(int status, std::string body) {
    return [status, body = std::move(body)](const http::ServerRequest&) {
      return http::ServerResponse{.status = status,
                                  .content_type = "application/octet-stream",
                                  .body = body,
                                  .headers = {}};
    };
  }
  std::vector<http::ServerRequest> requests(const std::string& endpoint) {
    const std::lock_guard lock(mutex_);
    std::vector<http::ServerRequest> found;
    for (const auto& request : requests_) {
      if (request.path == endpoint) found.push_back(request);
    }
    return found;
  }
  size_t calls(const std::string& endpoint) { return requests(endpoint).size(); }

 private:
  http::ServerResponse answer(const http::ServerRequest& request) {
    const std::lock_guard lock(mutex_);
    requests_.push_back(request);
    const auto found = answers_.find(request.path);
    if (found == answers_.end()) return reply(404, "")(request);
    return found->second(request);
  }

  std::mutex mutex_;
  std::map<std::string, Answer> answers_;
  std::vector<http::ServerRequest> requests_;
  http::Server server_{{}, [this](const http::ServerRequest& request) { return answer(request); }};
};

Error failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return Error(Reaction::skip_record, "nothing was thrown");
}

const wire::TableType one_column({{"x", BaseType::int_, {}}});

wire::ShowTableResponse shown(const std::string& name) {
  return {.table_name = name,
          .table_names = {name},
          .table_descriptions = {{}},
          .type_ids = {"17"},
          .type_schemas = {one_column.definition()},
          .type_labels = {""},
          .properties = {one_column.properties()},
          .additional_info = {{{"schema_name", "ki_home"}}}};
}

class KineticaClient : public testing::Test {
 protected:
  Client client() { return Client({.url = script_.url()}); }
  static void add_row(wire::InsertBody& body, int value) {
    body.end_row(wire::put_long(body.begin_row(10), value));
  }
  Script script_;
};

TEST_F(KineticaClient, SendsAvroWithCredentialsAndItsOwnName) {
  script_.on("/has/table", wire::HasTableResponse{});
  script_.on("/show/table", wire::ShowTableResponse{});
  Client client(
      {.url = script_.url() + "/", .username = "joe", .password = config::Secret("hush")});
  EXPECT_EQ(client.find_table("T"), std::nullopt);
  const auto request = script_.requests("/show/table").at(0);
  EXPECT_EQ(*request.header("Content-Type"), "application/octet-stream");
  EXPECT_EQ(*request.header("Authorization"), "Basic am9lOmh1c2g=");
  EXPECT_EQ(*request.header("User-Agent"), "kinetica-connect/" + std::string(base::version()));
  const auto sent = wire::decode<wire::ShowTableRequest>(request.body);
  EXPECT_EQ(sent.table_name, "T");
  EXPECT_EQ(sent.options.at("show_children"), "false");
  EXPECT_EQ(sent.options.at("no_error_if_not_exists"), "true");
}

TEST_F(KineticaClient, FoundTableHasItsTypeAndQualifiedName) {
  script_.on("/show/table", shown("T"));
  const auto table = client().find_table("T");
  ASSERT_TRUE(table.has_value());
  EXPECT_EQ(table->name, "ki_home.T");
  EXPECT_EQ(table->type_id, "17");
  EXPECT_EQ(table->type, one_column);
  EXPECT_FALSE(table->is_collection);
}

TEST_F(KineticaClient, CollectionIsFoundWithoutAType) {
  auto response = shown("C");
  response.table_descriptions = {{"COLLECTION"}};
  response.type_schemas = {""};
  script_.on("/show/table", response);
  EXPECT_TRUE(client().find_table("C").value().is_collection);
}

TEST_F(KineticaClient, MissingTableOfAnOldServerIsNotFoundByAskingAgain) {
  script_.refuse("/show/table", 400, "no such table: T");
  script_.on("/has/table", wire::HasTableResponse{.table_exists = false});
  EXPECT_EQ(client().find_table("T"), std::nullopt);
}

TEST_F(KineticaClient, OtherTroubleWithATableIsNotTakenForAMissingOne) {
  script_.refuse("/show/table", 400, "out of cheese");
  script_.on("/has/table", wire::HasTableResponse{.table_exists = true});
  auto client = this->client();
  const Error error = failure([&] { client.find_table("T"); });
  EXPECT_EQ(error.reaction(), Reaction::fail_task);
  EXPECT_THAT(error.what(), HasSubstr("out of cheese"));
  EXPECT_THAT(error.what(), HasSubstr("/show/table"));
  script_.refuse("/show/table", 503, "busy");
  EXPECT_EQ(failure([&] { client.find_table("T"); }).reaction(), Reaction::retry);
}

TEST_F(KineticaClient, RefusedCredentialsNameThePropertiesAndNoValue) {
  for (const int status : {401, 403}) {
    script_.refuse("/show/system/properties", status, "");
    Client client({.url = script_.url(), .username = "joe", .password = config::Secret("hush")});
    const Error error = failure([&] { client.system_properties(); });
    EXPECT_EQ(error.reaction(), Reaction::fix_config);
    EXPECT_THAT(error.what(), HasSubstr("kinetica.username"));
    EXPECT_THAT(error.what(), HasSubstr("kinetica.password"));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("hush")));
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("joe")));
  }
}

TEST_F(KineticaClient, ATroubledDatabaseIsRetriedAndNamed) {
  auto client = this->client();
  const auto reaction = [&](int status, const std::string& message) {
    script_.refuse("/show/system/properties", status, message);
    const Error error = failure([&] { client.system_properties(); });
    EXPECT_THAT(error.what(), HasSubstr(script_.url())) << status;
    EXPECT_THAT(error.what(), HasSubstr(message)) << status;
    EXPECT_FALSE(error.in_doubt());
    return error.reaction();
  };
  for (const int status : {500, 502, 503, 504}) EXPECT_EQ(reaction(status, "x"), Reaction::retry);
  EXPECT_EQ(reaction(400, "Kinetica is exiting"), Reaction::retry);
  EXPECT_EQ(reaction(400, "rank 1: Connection refused"), Reaction::retry);
  EXPECT_EQ(reaction(400, "bad option"), Reaction::fail_task);
}

TEST_F(KineticaClient, AnotherServiceIsNotTakenForADatabase) {
  auto client = this->client();
  EXPECT_EQ(failure([&] { client.system_properties(); }).reaction(), Reaction::fix_config);
  script_.on("/show/system/properties", Script::reply(200, "<html>Welcome</html>"));
  const Error error = failure([&] { client.system_properties(); });
  EXPECT_EQ(error.reaction(), Reaction::fix_config);
  EXPECT_THAT(error.what(), HasSubstr("kinetica.url"));
}

TEST_F(KineticaClient, UnreachableDatabaseIsRetriedAndNamed) {
  std::string url;
  {
    const Script gone;
    url = gone.url();
  }
  Client client({.url = url});
  const Error error = failure([&] { client.system_properties(); });
  EXPECT_EQ(error.reaction(), Reaction::retry);
  EXPECT_THAT(error.what(), HasSubstr(url));
}

TEST_F(KineticaClient, RunningMeansThatTheSystemSaysSo) {
  auto client = this->client();
  const auto status = [&](wire::Options map) {
    script_.on("/show/system/status", wire::ShowSystemStatusResponse{.status_map = std::move(map)});
    client.check_running();
  };
  status({{"system", R"({"status":"running"})"}});
  for (const auto* text : {R"({"status":"starting"})", "running", "", "[]"}) {
    const Error error = failure([&] { status({{"system", text}}); });
    EXPECT_EQ(error.reaction(), Reaction::retry) << text;
  }
  EXPECT_EQ(failure([&] { status({}); }).reaction(), Reaction::retry);
}

TEST_F(KineticaClient, CreatesTypeAndTableAndTakesTheQualifiedName) {
  script_.on("/create/type", wire::CreateTypeResponse{.type_id = "5"});
  script_.on("/create/table", wire::CreateTableResponse{.table_name = "T",
                                                        .info = {{"qualified_table_name", "S.T"}}});
  auto client = this->client();
  const Table table = client.create_table("T", one_column, "S");
  EXPECT_EQ(table.name, "S.T");
  EXPECT_EQ(table.type_id, "5");
  const auto sent =
      wire::decode<wire::CreateTableRequest>(script_.requests("/create/table").at(0).body);
  EXPECT_EQ(sent.type_id, "5");
  EXPECT_EQ(sent.options, (wire::Options{{"collection_name", "S"}}));
  client.create_table("T", one_column, "");
  EXPECT_TRUE(wire::decode<wire::CreateTableRequest>(script_.requests("/create/table").at(1).body)
                  .options.empty());
}

TEST_F(KineticaClient, ATableThatSomebodyElseCreatedMeanwhileIsTaken) {
  script_.on("/create/type", wire::CreateTypeResponse{.type_id = "5"});
  script_.refuse("/create/table", 400, "table T exists");
  script_.on("/show/table", shown("T"));
  auto client = this->client();
  EXPECT_EQ(client.create_table("T", one_column, "").type_id, "17");
}

TEST_F(KineticaClient, ATableThatCannotBeCreatedIsAnError) {
  script_.on("/create/type", wire::CreateTypeResponse{.type_id = "5"});
  script_.refuse("/create/table", 400, "name is too long");
  script_.on("/show/table", wire::ShowTableResponse{});
  auto client = this->client();
  EXPECT_THAT(failure([&] { client.create_table("T", one_column, ""); }).what(),
              HasSubstr("name is too long"));
}

TEST_F(KineticaClient, ColumnsAreAlteredInOneCall) {
  const wire::TableType altered(
      {{"x", BaseType::int_, {"nullable"}}, {"note", BaseType::string, {"char32", "nullable"}}});
  script_.on("/alter/table/columns",
             wire::AlterTableColumnsResponse{.table_name = "S.T",
                                             .type_id = "9",
                                             .type_definition = altered.definition(),
                                             .properties = altered.properties()});
  using Action = ColumnChange::Action;
  auto client = this->client();
  const Table table = client.alter_columns(
      "S.T", {{.action = Action::add, .column = altered.columns()[1], .default_value = "none"},
              {.action = Action::change, .column = altered.columns()[0]},
              {.action = Action::remove, .column = {"old", BaseType::int_, {}}}});
  EXPECT_EQ(table.name, "S.T");
  EXPECT_EQ(table.type_id, "9");
  EXPECT_EQ(table.type, altered);
  const auto sent = wire::decode<wire::AlterTableColumnsRequest>(
      script_.requests("/alter/table/columns").at(0).body);
  EXPECT_EQ(sent.table_name, "S.T");
  ASSERT_EQ(sent.column_alterations.size(), 3u);
  EXPECT_EQ(sent.column_alterations[0].at("action"), "add_column");
  EXPECT_EQ(sent.column_alterations[0].at("column_name"), "note");
  EXPECT_EQ(sent.column_alterations[0].at("column_type"), "string");
  EXPECT_EQ(sent.column_alterations[0].at("column_properties"), "char32,nullable");
  EXPECT_EQ(sent.column_alterations[0].at("column_default_value"), "none");
  EXPECT_EQ(sent.column_alterations[1].at("action"), "change_column");
  EXPECT_EQ(sent.column_alterations[1].at("column_type"), "int");
  EXPECT_EQ(sent.column_alterations[1].count("column_default_value"), 0u);
  EXPECT_EQ(sent.column_alterations[2].at("action"), "delete_column");
  script_.refuse("/alter/table/columns", 400, "x is a key");
  const Error error = failure([&] {
    client.alter_columns("S.T", {{.action = Action::remove, .column = {"x", BaseType::int_, {}}}});
  });
  EXPECT_EQ(error.reaction(), Reaction::fail_task);
  EXPECT_THAT(error.what(), HasSubstr("x is a key"));
}

TEST_F(KineticaClient, AColumnThatCannotBeIsRefusedBeforeItIsSent) {
  auto client = this->client();
  const wire::TableType wrong({{"x", BaseType::int_, {"char16"}}});
  EXPECT_THAT(failure([&] { client.create_table("T", wrong, ""); }).what(), HasSubstr("char16"));
  EXPECT_EQ(script_.calls("/create/type"), 0u);
}

TEST_F(KineticaClient, SchemaOfADottedNameIsMadeWhenMissing) {
  script_.on("/has/schema", wire::HasSchemaResponse{.schema_exists = false});
  script_.on("/create/schema", wire::CreateSchemaResponse{});
  script_.on("/create/type", wire::CreateTypeResponse{.type_id = "5"});
  script_.on("/create/table", wire::CreateTableResponse{.table_name = "S.T"});
  auto client = this->client();
  EXPECT_EQ(client.create_table("S.T", one_column, "").name, "S.T");
  EXPECT_EQ(script_.calls("/create/schema"), 1u);
}

TEST_F(KineticaClient, InsertCountsRowsAndNamesTheRejected) {
  script_.on("/insert/records",
             wire::InsertRecordsResponse{.count_inserted = 8,
                                         .count_updated = 1,
                                         .info = {{"error_10", "too long"},
                                                  {"error_2", "bad date"},
                                                  {"bad_record_indices", "2, 5,10"},
                                                  {"data_rerouted", "false"}}});
  auto client = this->client();
  wire::InsertBody body;
  add_row(body, 1);
  add_row(body, 2);
  const auto outcome = client.insert("T", body, {{"update_on_existing_pk", "true"}});
  EXPECT_EQ(outcome.inserted, 8);
  EXPECT_EQ(outcome.updated, 1);
  ASSERT_EQ(outcome.rejected.size(), 3u);
  EXPECT_EQ(outcome.rejected[0].row, 2u);
  EXPECT_EQ(outcome.rejected[0].message, "bad date");
  EXPECT_EQ(outcome.rejected[1].row, 5u);
  EXPECT_EQ(outcome.rejected[2].message, "too long");
  const auto request = script_.requests("/insert/records").at(0);
  const auto sent = wire::decode<wire::InsertRecordsRequest>(request.body);
  EXPECT_EQ(sent.table_name, "T");
  EXPECT_THAT(sent.list, testing::ElementsAre("\x02", "\x04"));
  EXPECT_EQ(sent.list_encoding, "binary");
  EXPECT_EQ(sent.options.at("update_on_existing_pk"), "true");
}

TEST_F(KineticaClient, InsertThatGotNoGoodAnswerIsInDoubtAndNotRepeated) {
  Script second;
  script_.refuse("/insert/records", 504, "timeout");
  second.on("/insert/records", wire::InsertRecordsResponse{.count_inserted = 1});
  Client client({.url = script_.url() + "," + second.url()});
  wire::InsertBody body;
  add_row(body, 1);
  const Error error = failure([&] { client.insert("T", body, {}); });
  EXPECT_EQ(error.reaction(), Reaction::retry);
  EXPECT_TRUE(error.in_doubt());
  EXPECT_EQ(second.calls("/insert/records"), 0u);
  // The next attempt, which the caller decides on, goes to the next cluster.
  EXPECT_EQ(client.insert("T", body, {}).inserted, 1);
  EXPECT_EQ(client.url(), second.url());
}

TEST_F(KineticaClient, InsertThatReachedNobodyGoesToTheNextCluster) {
  std::string url;
  {
    const Script gone;
    url = gone.url();
  }
  script_.on("/insert/records", wire::InsertRecordsResponse{.count_inserted = 1});
  Client client({.url = url + ", " + script_.url()});
  wire::InsertBody body;
  add_row(body, 1);
  EXPECT_EQ(client.insert("T", body, {}).inserted, 1);
  EXPECT_EQ(client.url(), script_.url());
}

Script::Answer status(const std::string& system, const std::string& drained) {
  return Script::reply(200,
                       wire::encode_ok(wire::ShowSystemStatusResponse{
                           .status_map = {{"system", R"({"status":")" + system + R"("})"},
                                          {"ha_status", R"({"drained":")" + drained + R"("})"}}}));
}

TEST_F(KineticaClient, AClusterIsUsedOnlyWhenItIsRunningAndHasCaughtUp) {
  Script second;
  Script third;
  script_.on("/show/system/status", status("starting", "drained"));
  second.on("/show/system/status", status("running", "draining"));
  third.on("/show/system/properties", wire::ShowSystemPropertiesResponse{});
  Client client({.url = script_.url() + "," + second.url() + "," + third.url()});
  client.system_properties();
  EXPECT_EQ(client.url(), third.url());
  EXPECT_EQ(script_.calls("/show/system/properties"), 0u);
  EXPECT_EQ(second.calls("/show/system/properties"), 0u);
}

TEST_F(KineticaClient, WhenNoClusterCanBeUsedTheCallCanBeRepeated) {
  Script second;
  script_.on("/show/system/status", Script::reply(404, "<html>a proxy</html>"));
  second.on("/show/system/status", status("stopping", "drained"));
  Client client({.url = script_.url() + "," + second.url()});
  EXPECT_EQ(failure([&] { client.system_properties(); }).reaction(), Reaction::retry);
  EXPECT_EQ(failure([&] { client.check_running(); }).reaction(), Reaction::retry);
  second.on("/show/system/status", Script::reply(401, ""));
  EXPECT_EQ(failure([&] { client.check_running(); }).reaction(), Reaction::fix_config);
}

TEST_F(KineticaClient, ThePrimaryIsUsedAgainWhenItIsBack) {
  Script second;
  for (Script* script : {&script_, &second}) {
    script->on("/show/system/properties", wire::ShowSystemPropertiesResponse{});
  }
  script_.on("/show/system/status", status("stopping", "drained"));
  Client client(
      {.url = script_.url() + "," + second.url(), .failback_wait = std::chrono::milliseconds(1)});
  client.system_properties();
  EXPECT_EQ(client.url(), second.url());
  script_.on("/show/system/status", status("running", "drained"));
  while (client.url() == second.url()) client.system_properties();
  EXPECT_EQ(client.url(), script_.url());
  EXPECT_EQ(script_.calls("/show/system/properties"), 1u);
}

TEST_F(KineticaClient, TheRingThatTheDatabaseNamesIsUsedWhenAskedFor) {
  Script second;
  second.on("/has/table", wire::HasTableResponse{.table_exists = true});
  script_.on(
      "/show/system/properties",
      wire::ShowSystemPropertiesResponse{
          .property_map = {{"conf.enable_ha", "TRUE"},
                           {"conf.ha_ring_head_nodes_full", script_.url() + ";" + second.url()}}});
  script_.refuse("/has/table", 503, "gone");
  second.on("/show/table", shown("T"));
  script_.refuse("/show/table", 503, "gone");
  Client alone({.url = script_.url()});
  EXPECT_EQ(failure([&] { alone.find_table("T"); }).reaction(), Reaction::retry);
  Client client({.url = script_.url(), .discover_clusters = true});
  EXPECT_TRUE(client.find_table("T").has_value());
  EXPECT_EQ(client.url(), second.url());
  client.find_table("T");
  EXPECT_EQ(script_.calls("/show/system/properties"), 1u);
}

TEST_F(KineticaClient, ATokenGoesInsteadOfNameAndPassword) {
  script_.on("/show/system/properties", wire::ShowSystemPropertiesResponse{});
  Client client({.url = script_.url(), .username = "joe", .token = config::Secret("to.ken")});
  client.system_properties();
  EXPECT_EQ(*script_.requests("/show/system/properties").at(0).header("Authorization"),
            "Bearer to.ken");
}

TEST_F(KineticaClient, ReadsRecordsAndCounts) {
  script_.on("/get/records", wire::GetRecordsResponse{.records_binary = {"\x02", "\x04"},
                                                      .total_number_of_records = 9,
                                                      .has_more_records = true});
  auto sized = shown("T");
  sized.full_sizes = {9};
  script_.on("/show/table", sized);
  auto client = this->client();
  const Rows rows = client.get_records("T", 3, 2);
  EXPECT_THAT(rows.records, testing::ElementsAre("\x02", "\x04"));
  EXPECT_EQ(rows.total, 9);
  EXPECT_TRUE(rows.has_more);
  EXPECT_EQ(client.count_records("T"), 9);
}

TEST_F(KineticaClient, MonitorsAreMadeAndCleared) {
  script_.on("/create/tablemonitor", wire::CreateTableMonitorResponse{
                                         .topic_id = "m1", .type_schema = one_column.definition()});
  script_.on("/clear/tablemonitor", wire::ClearTableMonitorResponse{});
  auto client = this->client();
  const auto monitor = client.create_table_monitor("T");
  EXPECT_EQ(monitor.topic_id, "m1");
  EXPECT_EQ(monitor.type, one_column);
  client.clear_table_monitor("m1");
  const auto cleared = script_.requests("/clear/tablemonitor").at(0).body;
  EXPECT_EQ(wire::decode<wire::ClearTableMonitorRequest>(cleared).topic_id, "m1");
}

TEST_F(KineticaClient, NoCallIsMadeAfterAbort) {
  script_.on("/show/system/properties", wire::ShowSystemPropertiesResponse{});
  auto client = this->client();
  client.abort();
  EXPECT_EQ(failure([&] { client.system_properties(); }).reaction(), Reaction::retry);
  EXPECT_EQ(script_.calls("/show/system/properties"), 0u);
}

}  // namespace
}  // namespace kc::kinetica
