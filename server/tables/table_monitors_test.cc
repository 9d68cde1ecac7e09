// Table monitors over HTTP and ZeroMQ, with the frames that Kinetica's Python client has decoded.
#include "server/tables/table_monitors.h"

#include <gmock/gmock.h>
#include <zmq.h>

#include <chrono>
#include <fstream>
#include <optional>
#include <thread>

#include "server/network/faults.h"
#include "server/server.h"
#include "server/server_testing.h"

namespace kc::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using wire::Json;

class Subscriber {
 public:
  Subscriber(const std::string& endpoint, const std::string& topic_id) {
    const int timeout_ms = 10'000;
    zmq_setsockopt(socket_, ZMQ_RCVTIMEO, &timeout_ms, sizeof timeout_ms);
    zmq_setsockopt(socket_, ZMQ_SUBSCRIBE, topic_id.data(), topic_id.size());
    zmq_connect(socket_, endpoint.c_str());
  }
  ~Subscriber() {
    zmq_close(socket_);
    zmq_ctx_term(context_);
  }
  // The frames of one message; none when nothing came in time.
  std::vector<std::string> receive() {
    std::vector<std::string> frames;
    int more = 1;
    size_t size = sizeof more;
    while (more != 0) {
      zmq_msg_t frame;
      zmq_msg_init(&frame);
      if (zmq_msg_recv(&frame, socket_, 0) < 0) return {};
      frames.emplace_back(static_cast<const char*>(zmq_msg_data(&frame)), zmq_msg_size(&frame));
      zmq_msg_close(&frame);
      zmq_getsockopt(socket_, ZMQ_RCVMORE, &more, &size);
    }
    return frames;
  }

 private:
  void* context_ = zmq_ctx_new();
  void* socket_ = zmq_socket(context_, ZMQ_SUB);
};

class TableMonitorsTest : public testing::Test {
 protected:
  void SetUp() override { client_.create_table("t"); }
  std::string monitor(const std::string& event, const wire::Options& more = {}) {
    wire::CreateTableMonitorRequest request{.table_name = "t", .options = more};
    request.options["event"] = event;
    return client_.ask<wire::CreateTableMonitorResponse>(request).topic_id;
  }
  void await_subscribers(size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (server_.subscribers("t") != count) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::yield();
    }
  }
  void alter(const std::string& topic_id, const std::string& name, const std::string& value) {
    client_.ask<wire::AlterTableMonitorResponse>(wire::AlterTableMonitorRequest{
        .topic_id = topic_id, .monitor_updates_map = {{name, value}}});
  }

  Server server_;
  TestClient client_{server_.url()};
};

TEST_F(TableMonitorsTest, FramesAreThoseThatPythonDecoded) {
  std::ifstream in(KC_VECTORS_DIR "/kinetica/monitor_frames.json");
  const Json vectors = Json::parse(in);
  const auto from_hex = [](const std::string& hex) {
    std::string bytes;
    for (size_t i = 0; i + 1 < hex.size(); i += 2) {
      bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    }
    return bytes;
  };
  const Json& insert = vectors["insert"];
  wire::CreateTypeRequest type{.type_definition = insert["type_schema"].dump()};
  for (const char* nullable : {"name", "raw", "d"}) type.properties[nullable] = {"nullable"};
  type.properties["id"] = {"primary_key"};
  const auto type_id = client_.ask<wire::CreateTypeResponse>(type).type_id;
  client_.ask<wire::ClearTableResponse>(wire::ClearTableRequest{.table_name = "t"});
  client_.ask<wire::CreateTableResponse>(
      wire::CreateTableRequest{.table_name = "t", .type_id = type_id});

  const std::string inserts = monitor("insert");
  const std::string updates = monitor("update");
  const std::string deletes = monitor("delete");
  Subscriber subscriber(server_.monitor_endpoint(), inserts);
  Subscriber updated(server_.monitor_endpoint(), updates);
  Subscriber deleted(server_.monitor_endpoint(), deletes);
  await_subscribers(3);
  std::vector<std::string> rows;
  for (size_t i = 1; i < insert["frames_hex"].size(); ++i) {
    rows.push_back(from_hex(insert["frames_hex"][i]));
  }
  client_.insert("t", rows);
  EXPECT_THAT(subscriber.receive(), ElementsAre(inserts, rows[0], rows[1]));
  client_.insert("t", rows, {{"update_on_existing_pk", "true"}});
  EXPECT_THAT(updated.receive(),
              ElementsAre(updates, from_hex(vectors["update"]["frames_hex"][1])));
  for (std::string& row : rows) row[0] = static_cast<char>(row[0] + 4);  // two more ids
  client_.insert("t", rows);
  client_.ask<wire::DeleteRecordsResponse>(
      wire::DeleteRecordsRequest{.table_name = "t", .options = {{"delete_all_records", "true"}}});
  EXPECT_THAT(deleted.receive(),
              ElementsAre(deletes, from_hex(vectors["delete"]["frames_hex"][1])));
}

TEST_F(TableMonitorsTest, InsertedRowsArriveInMessagesOfAtMostAThousand) {
  const std::string topic = monitor("insert");
  std::optional<Subscriber> subscriber(std::in_place, server_.monitor_endpoint(), topic);
  await_subscribers(1);
  const auto monitors = client_.get_json("/debug/monitors");
  EXPECT_EQ(monitors[0]["topic_id"], topic);
  EXPECT_EQ(monitors[0]["table_name"], "ki_home.t");
  EXPECT_EQ(monitors[0]["subscribers"], 1);

  std::vector<std::string> rows;
  for (int i = 0; i < 2500; ++i) rows.push_back(test_row(i, "x"));
  client_.insert("t", rows);
  std::vector<std::string> received;
  for (size_t expected : {1000u, 1000u, 500u}) {
    const auto frames = subscriber->receive();
    ASSERT_EQ(frames.size(), expected + 1);
    EXPECT_EQ(frames[0], topic);
    received.insert(received.end(), frames.begin() + 1, frames.end());
  }
  EXPECT_EQ(received, rows);
  subscriber.reset();
  await_subscribers(0);
  client_.ask<wire::ClearTableMonitorResponse>(wire::ClearTableMonitorRequest{.topic_id = topic});
  EXPECT_EQ(client_.get_json("/debug/monitors").size(), 0u);
}

TEST_F(TableMonitorsTest, ExpressionChoosesRowsForEveryEvent) {
  const wire::Options chosen = {{"expression", "id > 5"}};
  const std::string inserts = monitor("insert", chosen);
  const std::string updates = monitor("update", chosen);
  const std::string deletes = monitor("delete", chosen);
  Subscriber inserted(server_.monitor_endpoint(), inserts);
  Subscriber updated(server_.monitor_endpoint(), updates);
  Subscriber deleted(server_.monitor_endpoint(), deletes);
  await_subscribers(3);
  const std::vector<std::string> rows = {test_row(1, "a"), test_row(6, "b"), test_row(7, "c")};
  client_.insert("t", rows);
  EXPECT_THAT(inserted.receive(), ElementsAre(inserts, rows[1], rows[2]));
  client_.insert("t", rows, {{"update_on_existing_pk", "true"}});
  EXPECT_THAT(updated.receive(), ElementsAre(updates, "\x04"));
  client_.ask<wire::DeleteRecordsResponse>(
      wire::DeleteRecordsRequest{.table_name = "t", .expressions = {"id < 7"}});
  EXPECT_THAT(deleted.receive(), ElementsAre(deletes, "\x02"));
  EXPECT_THROW(monitor("insert", {{"expression", "nothing > 5"}}), base::Error);
}

TEST_F(TableMonitorsTest, SuspendedOnesHearNothingUntilTheyResume) {
  const std::string topic = monitor("insert", {{"monitor_id", "mine"}});
  EXPECT_EQ(topic, "mine");
  Subscriber subscriber(server_.monitor_endpoint(), topic);
  await_subscribers(1);
  alter(topic, "notifications", "suspend");
  client_.insert("t", {test_row(1, "a")});
  alter(topic, "notifications", "resume");
  client_.insert("t", {test_row(2, "b")});
  EXPECT_THAT(subscriber.receive(), ElementsAre(topic, test_row(2, "b")));
  EXPECT_THROW(alter("nobody", "notifications", "resume"), base::Error);
  EXPECT_THROW(alter(topic, "datasink_name", "x"), base::Error);
}

TEST_F(TableMonitorsTest, AreShownWithTheirOptions) {
  monitor("insert", {{"monitor_id", "b"}, {"increasing_column", "id"}});
  monitor("delete",
          {{"monitor_id", "a"}, {"expression", "id = 1"}, {"refresh_method", "on_change"}});
  alter("b", "notifications", "suspend");
  auto shown = client_.ask<wire::ShowTableMonitorsResponse>(wire::ShowTableMonitorsRequest{});
  EXPECT_THAT(shown.monitor_ids, ElementsAre("a", "b"));
  EXPECT_THAT(shown.events, ElementsAre("delete", "insert"));
  EXPECT_THAT(shown.table_names, ElementsAre("ki_home.t", "ki_home.t"));
  EXPECT_THAT(shown.filter_expressions, ElementsAre("id = 1", ""));
  EXPECT_THAT(shown.increasing_columns, ElementsAre("", "id"));
  EXPECT_THAT(shown.statuses, ElementsAre("running", "suspended"));
  EXPECT_EQ(shown.additional_info.size(), 2u);
  shown = client_.ask<wire::ShowTableMonitorsResponse>(wire::ShowTableMonitorsRequest{{"b"}});
  EXPECT_THAT(shown.monitor_ids, ElementsAre("b"));
  EXPECT_THROW(
      client_.ask<wire::ShowTableMonitorsResponse>(wire::ShowTableMonitorsRequest{{"nobody"}}),
      base::Error);
}

TEST_F(TableMonitorsTest, WhatIsLeftOutIsRefused) {
  for (const auto& [name, value] : wire::Options{{"refresh_method", "periodic"},
                                                 {"refresh_period", "60"},
                                                 {"destination", "kafka://h"},
                                                 {"join_table_names", "u"},
                                                 {"datasink_name", "s"},
                                                 {"increasing_column", "nothing"},
                                                 {"event", "explode"}}) {
    try {
      client_.ask<wire::CreateTableMonitorResponse>(
          wire::CreateTableMonitorRequest{.table_name = "t", .options = {{name, value}}});
      FAIL() << name;
    } catch (const base::Error& e) {
      EXPECT_THAT(e.what(), HasSubstr(value));
    }
  }
}

TEST_F(TableMonitorsTest, MessagesAreLostAndMonitorsForgottenOnDemand) {
  const std::string topic = monitor("insert");
  Subscriber subscriber(server_.monitor_endpoint(), topic);
  await_subscribers(1);
  client_.post_json("/debug/faults", R"({"drop_monitor_messages":1})");
  client_.insert("t", {test_row(1, "a")});
  client_.insert("t", {test_row(2, "b")});
  EXPECT_THAT(subscriber.receive(), ElementsAre(topic, test_row(2, "b")));
  client_.post_json("/debug/faults", R"({"forget_monitor":")" + topic + R"("})");
  EXPECT_EQ(client_.get_json("/debug/monitors").size(), 0u);
  client_.insert("t", {test_row(3, "c")});
  EXPECT_EQ(client_.post("/debug/faults", R"({"forget_monitor":"nobody"})").status, 400);
}

}  // namespace
}  // namespace kc::server
