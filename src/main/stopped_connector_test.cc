// The offsets of a source by its files; those of sinks are tested on a real Kafka (tests/system).
#include "main/stopped_connector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "base/error.h"
#include "http/server.h"

namespace kc::main {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using worker::PartitionOffset;

std::string failure(const std::function<void()>& call) {
  try {
    call();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

class StoppedConnectorTest : public testing::Test {
 protected:
  StoppedConnectorTest() {
    std::filesystem::create_directories(folder_);
    write("source.properties",
          "name=s\nconnector.class=KineticaSource\nkinetica.url=http://127.0.0.1:1\n"
          "kinetica.table_names=T,U\n");
    write_worker("http://127.0.0.1:0");
  }
  ~StoppedConnectorTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name)) << text;
  }
  void write_worker(const std::string& listener) const {
    write("worker.properties",
          "bootstrap.servers=127.0.0.1:1\n"
          "key.converter=org.apache.kafka.connect.storage.StringConverter\n"
          "value.converter=org.apache.kafka.connect.json.JsonConverter\n"
          "listeners=" +
              listener + "\noffset.storage.file.filename=" + path("connect.offsets") + "\n");
  }
  StoppedConnector open(const std::string& connector = "source.properties") const {
    return {path("worker.properties"), path(connector)};
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("offsets-" + std::to_string(::getpid()));
  const std::vector<PartitionOffset> two_{{R"({"table":"T"})", R"({"record":41})"},
                                          {R"({"table":"U"})", R"({"record":7})"}};
};

TEST_F(StoppedConnectorTest, WhatIsExportedIsImported) {
  worker::OffsetStore(path("connect.offsets"))
      .put("other", {{R"({"table":"T"})", "{\"record\":1}"}});
  open().alter(two_);
  const std::string text = offsets_text(open().list());
  EXPECT_EQ(text,
            "{\"offsets\":[\n"
            "{\"partition\":{\"table\":\"T\"},\"offset\":{\"record\":41}},\n"
            "{\"partition\":{\"table\":\"U\"},\"offset\":{\"record\":7}}\n"
            "]}\n");
  open().reset();
  EXPECT_THAT(open().list(), IsEmpty());
  open().alter(read_offsets(text));
  EXPECT_EQ(open().list(), two_);
  EXPECT_EQ(worker::OffsetStore(path("connect.offsets")).get("other", R"({"table":"T"})"),
            "{\"record\":1}")
      << "another connector's";
}

TEST_F(StoppedConnectorTest, AnOffsetOfNullIsForgotten) {
  open().alter(two_);
  open().alter(read_offsets(R"({"offsets":[{"partition":{"table":"T"},"offset":null}]})"));
  EXPECT_THAT(open().list(), ElementsAre(two_[1]));
}

TEST_F(StoppedConnectorTest, NothingIsChangedWhileTheWorkerRuns) {
  std::string connectors = R"(["s"])";
  int status = 200;
  const http::Server rest({}, [&](const http::ServerRequest& request) {
    http::ServerResponse response;
    response.status = request.path == "/connectors" ? status : 404;
    response.body = connectors;
    return response;
  });
  open().alter(two_);
  write_worker(rest.url());
  EXPECT_EQ(open().running_at(), rest.url());
  EXPECT_THAT(failure([&] { open().reset(); }),
              HasSubstr("PUT " + rest.url() + "/connectors/s/stop"));
  EXPECT_THAT(failure([&] { open().alter(two_); }), HasSubstr("Nothing was changed"));
  EXPECT_EQ(open().list(), two_) << "reading is harmless";

  status = 401;  // somebody's, who does not tell
  EXPECT_EQ(open().running_at(), rest.url());
  status = 200;
  connectors = R"(["another"])";
  EXPECT_EQ(open().running_at(), std::nullopt);
  open().reset();
  EXPECT_THAT(open().list(), IsEmpty());
}

TEST_F(StoppedConnectorTest, FaultsOfTheFilesAreNamed) {
  write("nameless.properties", "connector.class=KineticaSource\n");
  EXPECT_THAT(failure([&] { open("nameless.properties"); }), HasSubstr("has no name"));
  write("foreign.properties", "name=f\nconnector.class=FileStreamSource\n");
  EXPECT_THAT(failure([&] { open("foreign.properties"); }),
              HasSubstr("connector.class = FileStreamSource"));
  write("connect.offsets", "garbage");
  EXPECT_THAT(failure([&] { open(); }), HasSubstr("connect.offsets"));
  write("worker.properties", "rest.port=no\n");
  const std::string faults = failure([&] { open(); });
  EXPECT_THAT(faults, HasSubstr("offset.storage.file.filename"));
  EXPECT_THAT(faults, HasSubstr("rest.port = no"));
}

TEST(ReadOffsets, SaysWhereTheTextIsNotOfTheForm) {
  const auto fault = [](const char* text) { return failure([&] { read_offsets(text); }); };
  EXPECT_THAT(fault("[]"), HasSubstr("no JSON object with a list \"offsets\""));
  EXPECT_THAT(fault("{\"offsets\":["), HasSubstr("no JSON object"));
  EXPECT_THAT(fault(R"({"offsets":[{"partition":{},"offset":{}},{"offset":{}}]})"),
              HasSubstr("Entry 2 of \"offsets\" has no object \"partition\""));
  EXPECT_THAT(fault(R"({"offsets":[{"partition":{},"offset":3}]})"), HasSubstr("Entry 1"));
  EXPECT_THAT(fault(R"({"offsets":[{"partition":{}}]})"), HasSubstr("has no \"offset\""));
}

}  // namespace
}  // namespace kc::main
