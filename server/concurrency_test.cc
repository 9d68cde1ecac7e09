// Many clients at once: what each has written is there, whatever the others do to tables and types
// meanwhile. Under the thread sanitizer this is where the server's locks are judged.
#include <gmock/gmock.h>
#include <stdlib.h>

#include <filesystem>
#include <optional>
#include <string_view>
#include <thread>

#include "server/server.h"
#include "server/server_testing.h"

namespace kc::server {
namespace {

constexpr int writers = 3;
constexpr int rounds = 30;

class ConcurrencyTest : public testing::TestWithParam<bool> {
 protected:
  ConcurrencyTest() {
    ServerOptions options;
    options.ranks = 2;
    if (GetParam()) {
      std::string name = std::filesystem::temp_directory_path() / "concurrencyXXXXXX";
      folder_ = ::mkdtemp(name.data());
      options.data_dir = folder_;
    }
    server_.emplace(options);
    TestClient(server_->url()).create_table("t");
  }
  ~ConcurrencyTest() override {
    server_.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  // Calls `work` with a client of its own, on a thread of its own. It may be refused for what
  // others do; anything but a refusal is a failure.
  template <typename Work>
  void begin(Work work) {
    threads_.emplace_back([this, work] {
      TestClient client(server_->url());
      for (int round = 0; round < rounds; ++round) {
        try {
          work(client, round);
        } catch (const base::Error& error) {
          EXPECT_EQ(error.reaction(), base::Reaction::fail_task) << error.what();
        }
      }
    });
  }
  void end() { threads_.clear(); }

  // What is refused because the table was altered under it is asked again, as the refusal says.
  template <typename Call>
  static auto whatever_is_altered(Call call) {
    for (;;) {
      try {
        return call();
      } catch (const base::Error& error) {
        if (std::string_view(error.what()).find("altered meanwhile") == std::string::npos) throw;
      }
    }
  }

  static wire::ExecuteSqlResponse sql(TestClient& client, const std::string& statement) {
    return client.ask<wire::ExecuteSqlResponse>(
        wire::ExecuteSqlRequest{.statement = statement, .encoding = "json"});
  }

  std::filesystem::path folder_;
  std::optional<Server> server_;
  std::vector<std::jthread> threads_;
};

// Each writer inserts two rows a round, changes one and deletes the other.
TEST_P(ConcurrencyTest, WhatEachClientHasWrittenIsThere) {
  for (int writer = 0; writer < writers; ++writer) {
    begin([writer](TestClient& client, int round) {
      const int id = (writer * rounds + round) * 2;
      const auto row = [](int key) { return R"({"s":"new","id":)" + std::to_string(key) + "}"; };
      const wire::InsertRecordsRequest two{
          .table_name = "t", .list_str = {row(id), row(id + 1)}, .list_encoding = "json"};
      const auto change = [&](const std::string& statement, int key) {
        return whatever_is_altered(
            [&] { return sql(client, statement + std::to_string(key)).count_affected; });
      };
      const auto inserted = whatever_is_altered(
          [&] { return client.ask<wire::InsertRecordsResponse>(two).count_inserted; });
      EXPECT_EQ(inserted, 2);
      EXPECT_EQ(change("update t set s = 'old' where id = ", id), 1);
      EXPECT_EQ(change("delete from t where id = ", id + 1), 1);
    });
  }
  begin([](TestClient& client, int) {
    for (const char* action : {"add_column", "delete_column"}) {
      client.ask<wire::AlterTableColumnsResponse>(wire::AlterTableColumnsRequest{
          .table_name = "t",
          .column_alterations = {{{"column_name", "more"},
                                  {"action", action},
                                  {"column_type", "long"},
                                  {"column_properties", "nullable"}}}});
    }
  });
  for (int maker = 0; maker < 2; ++maker) {
    begin([](TestClient& client, int) {
      client.create_table("u");
      client.insert("u", {test_row(1, "a")});
      client.ask<wire::ClearTableResponse>(wire::ClearTableRequest{.table_name = "u"});
    });
  }
  begin([](TestClient& client, int) {
    sql(client, "select s, count(*) from t group by s");
    client.ask<wire::GetRecordsResponse>(wire::GetRecordsRequest{
        .table_name = "t", .encoding = "json", .options = {{"sort_by", "s"}}});
    client.ask<wire::ShowTableResponse>(
        wire::ShowTableRequest{.table_name = "", .options = {{"get_sizes", "true"}}});
    client.properties();
  });
  begin([](TestClient& client, int) {
    const auto monitor = client.ask<wire::CreateTableMonitorResponse>(
        wire::CreateTableMonitorRequest{.table_name = "t"});
    client.ask<wire::ShowTypesResponse>(wire::ShowTypesRequest{});
    client.ask<wire::ClearTableMonitorResponse>(
        wire::ClearTableMonitorRequest{.topic_id = monitor.topic_id});
  });
  end();
  TestClient client(server_->url());
  EXPECT_EQ(sql(client, "delete from t where s = 'old'").count_affected, writers * rounds);
  EXPECT_EQ(sql(client, "delete from t where id >= 0").count_affected, 0);
}

INSTANTIATE_TEST_SUITE_P(InMemoryAndKept, ConcurrencyTest, testing::Bool());

}  // namespace
}  // namespace kc::server
