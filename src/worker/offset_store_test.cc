#include "worker/offset_store.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "base/error.h"
#include "worker/java_hash_map.h"

namespace kc::worker {
namespace {

std::string vector_file(const std::string& name) {
  std::ifstream in(std::string(KC_VECTORS_DIR) + "/connect/" + name, std::ios::binary);
  EXPECT_TRUE(in) << name;
  return {std::istreambuf_iterator<char>(in), {}};
}

class OffsetStoreTest : public testing::Test {
 protected:
  OffsetStoreTest() { std::filesystem::create_directories(folder_); }
  ~OffsetStoreTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("offsets-" + std::to_string(::getpid()));
  std::filesystem::path file_ = folder_ / "connect.offsets";
};

TEST(JavaHashMap, WritesTheBytesThatJavaWrites) {
  for (const char* name : {"offsets-empty.bin", "offsets-sample.bin", "offsets-13-entries.bin"}) {
    const std::string bytes = vector_file(name);
    EXPECT_EQ(write_java_hash_map(read_java_hash_map(bytes)), bytes) << name;
  }
}

TEST(JavaHashMap, RefusesEveryTruncation) {
  const std::string bytes = vector_file("offsets-13-entries.bin");
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(read_java_hash_map(std::string_view(bytes).substr(0, size)), base::Error) << size;
  }
}

TEST_F(OffsetStoreTest, MissingFileMeansNoOffsets) {
  EXPECT_EQ(OffsetStore(file_).get("c", R"({"table":"T"})"), std::nullopt);
}

TEST_F(OffsetStoreTest, OffsetsSurviveARestart) {
  OffsetStore(file_).put("c", {{R"({"table":"T"})", R"({"record":41})"}});
  const OffsetStore store(file_);
  EXPECT_EQ(store.get("c", R"({"table":"T"})"), R"({"record":41})");
  EXPECT_EQ(store.get("d", R"({"table":"T"})"), std::nullopt);
}

TEST_F(OffsetStoreTest, PartitionsAreComparedAsParsedJson) {
  OffsetStore store(file_);
  store.put("c", {{R"({"b":1,"a":"x"})", R"({"record":1})"}});
  EXPECT_EQ(store.get("c", R"({ "a": "x", "b": 1 })"), R"({"record":1})");
}

TEST_F(OffsetStoreTest, ReadsWhatTheJvmWorkerWrote) {
  std::ofstream(file_, std::ios::binary) << vector_file("offsets-sample.bin");
  EXPECT_EQ(OffsetStore(file_).get("local-file-source", R"({"filename":"test.txt"})"),
            R"({"position":4})");
}

TEST_F(OffsetStoreTest, DamagedFileIsAnErrorThatNamesIt) {
  std::ofstream(file_, std::ios::binary) << vector_file("offsets-sample.bin").substr(0, 150);
  try {
    const OffsetStore store(file_);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    EXPECT_NE(std::string(error.what()).find(file_.string()), std::string::npos);
  }
}

TEST_F(OffsetStoreTest, FolderIsNoFile) {
  try {
    const OffsetStore store(folder_);
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.reaction(), base::Reaction::fix_config);
    EXPECT_NE(std::string(error.what()).find("folder"), std::string::npos) << error.what();
  }
}

TEST_F(OffsetStoreTest, FailedWriteIsMadeUpForByTheNext) {
  const auto missing = folder_ / "later" / "connect.offsets";
  OffsetStore store(missing);
  EXPECT_THROW(store.put("c", {{"{}", "1"}}), base::Error);
  std::filesystem::create_directories(missing.parent_path());
  store.put("c", {});
  EXPECT_EQ(OffsetStore(missing).get("c", "{}"), "1");
}

}  // namespace
}  // namespace kc::worker
