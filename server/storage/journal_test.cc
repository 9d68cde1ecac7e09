#include "server/storage/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>

#include "base/error.h"
#include "data/value.h"
#include "server/catalog/catalog.h"
#include "server/network/monitor_publisher.h"
#include "wire/row_codec.h"

namespace kc::server {
namespace {

using data::Value;
using testing::HasSubstr;
using wire::BaseType;
namespace fs = std::filesystem;

constexpr InsertOptions upsert{.update_on_existing_pk = true};

// A database in a folder, which can be started anew.
class JournalTest : public testing::Test {
 protected:
  struct Started {
    explicit Started(const std::string& folder, size_t memory_limit = size_t{256} << 20)
        : budget(memory_limit), journal(folder, false) {}
    MemoryBudget budget;
    MonitorPublisher publisher{"127.0.0.1", 0};
    Journal journal;
    Catalog catalog{budget, publisher, {}, TimeToLive::Clock::now, &journal};
  };
  ~JournalTest() override {
    database_.reset();
    fs::remove_all(folder_);
  }

  Catalog& catalog() { return database_->catalog; }
  void restart() {
    database_.reset();
    database_.emplace(folder_);
  }
  std::string create_type(const std::vector<wire::Column>& columns) {
    const wire::TableType type(columns);
    return catalog().create_type(type.definition(), "", type.properties())->id;
  }
  std::string keyed() {
    return create_type({{"id", BaseType::long_, {"primary_key"}}, {"s", BaseType::string, {}}});
  }
  static std::string row(int64_t id, std::string_view text) {
    static const wire::TableType type({{"id", BaseType::long_, {}}, {"s", BaseType::string, {}}});
    std::string bytes;
    const Value values[] = {Value::int64(id), Value::string(text)};
    wire::encode_row(type, values, bytes);
    return bytes;
  }
  static InsertResult insert(Table& table, const std::vector<std::string>& rows,
                             const InsertOptions& options = upsert) {
    return table.insert(std::vector<std::string_view>(rows.begin(), rows.end()), options);
  }
  static std::vector<std::string> all(const Table& table) {
    std::vector<std::string> rows;
    table.read().each(0, [&](std::string_view bytes) {
      rows.emplace_back(bytes);
      return true;
    });
    return rows;
  }
  fs::path only_log() const {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(folder_ + "/tables")) found = entry.path();
    return found;
  }

  const std::string folder_ = testing::TempDir() + "journal_test_" + std::to_string(getpid());
  std::optional<Started> database_{std::in_place, folder_};
};

TEST_F(JournalTest, TypesSchemasAndTablesAreThereAgain) {
  catalog().create_schema("s");
  const std::string type = keyed();
  TableDescription described;
  described.comments = {{"id", "the key"}};
  catalog().create_table("s.t", type, "", false, described);
  catalog().create_table("gone", type, "", false);
  catalog().drop_table("gone");
  described.result_table = true;
  catalog().create_table("s.result", type, "", false, described);
  const auto description = catalog().table("s.t")->description();
  restart();
  EXPECT_EQ(catalog().table("s.t")->description(), description);
  EXPECT_EQ(catalog().table("s.t")->type()->id, type);
  EXPECT_EQ(catalog().table("s.t")->type(), catalog().find_type(type));
  EXPECT_TRUE(catalog().has_schema("s"));
  EXPECT_EQ(catalog().tables().size(), 1u);
  EXPECT_NE(create_type({{"x", BaseType::int_, {}}}), type);
}

TEST_F(JournalTest, RowsAreAsTheyWereAfterAnyChanges) {
  const auto seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const auto below = [&](int64_t n) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(n));
  };
  auto table = catalog().create_table("t", keyed(), "", false);
  const auto wide = create_type({{"id", BaseType::long_, {"primary_key"}},
                                 {"s", BaseType::string, {}},
                                 {"n", BaseType::int_, {"nullable"}}});
  const auto narrow = table->type()->id;
  for (int step = 0; step < 200; ++step) {
    const bool is_wide = table->type()->id == wide;
    const std::string tail = is_wide ? "\2" : "";
    std::vector<std::string> rows;
    switch (below(7)) {
      case 0:
        table->erase([&](std::string_view) { return below(3) == 0; });
        break;
      case 1: {  // ids are below 64 and so a byte, as is the length of the text
        const auto move = static_cast<char>(below(2) * 128);
        table->rewrite(
            [&](std::string_view old, std::string& changed) {
              changed = old;
              if (move != 0 && changed[0] >= 0) changed[0] = static_cast<char>(below(64) * 2);
              return below(2) == 0;
            },
            below(2) == 0 ? KeyConflict::replace_other : KeyConflict::keep_old);
        break;
      }
      case 2:
        if (below(10) == 0) table->erase_all();
        break;
      case 3:
        if (below(5) != 0) break;
        table->change_type(catalog().find_type(is_wide ? narrow : wide),
                           [&](std::string_view old, std::string& converted) {
                             converted = is_wide ? old.substr(0, old.size() - 1) : old;
                             if (!is_wide) converted += '\2';
                           });
        break;
      default:
        for (int64_t i = below(20); i >= 0; --i) {
          rows.push_back(row(below(64), std::string(static_cast<size_t>(below(40)), 'x')) + tail);
        }
        insert(*table, rows, below(2) == 0 ? upsert : InsertOptions{.ignore_existing_pk = true});
    }
    if (below(5) != 0) continue;
    const auto before = all(*table);
    const std::string type = table->type()->id;
    table.reset();
    restart();
    table = catalog().table("t");
    ASSERT_EQ(all(*table), before) << "step " << step;
    ASSERT_EQ(table->type()->id, type);
    // Every key is found.
    ASSERT_EQ(insert(*table, before).updated, static_cast<int32_t>(before.size()));
  }
}

TEST_F(JournalTest, LogThatEndsAnywhereGivesTheRowsOfSomeMoment) {
  auto table = catalog().create_table("t", keyed(), "", false);
  const fs::path log = only_log();
  std::map<uintmax_t, std::vector<std::string>> moments;  // by the log's size
  const auto remember = [&] { moments[fs::file_size(log)] = all(*table); };
  remember();
  for (int64_t i = 0; i < 8; ++i) {
    insert(*table, {row(i, "first"), row(i + 1, "second")});
    remember();
    if (i % 3 != 2) continue;
    table->erase([&](std::string_view bytes) { return bytes[0] == static_cast<char>(i * 2); });
    remember();
  }
  table.reset();
  std::ifstream stream(log, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(stream), {}};
  for (size_t size = moments.begin()->first; size <= whole.size(); size += 3) {
    database_.reset();
    std::ofstream(log, std::ios::binary) << whole.substr(0, size);
    database_.emplace(folder_);
    EXPECT_EQ(all(*catalog().table("t")), std::prev(moments.upper_bound(size))->second) << size;
  }
}

TEST_F(JournalTest, LogOfReplacedRowsIsPacked) {
  auto table = catalog().create_table("t", keyed(), "", false);
  const fs::path log = only_log();
  std::vector<std::string> rows;
  for (int64_t i = 0; i < 1000; ++i) rows.push_back(row(i, std::string(1000, 'x')));
  for (int round = 0; round < 40; ++round) insert(*table, rows);
  EXPECT_LT(fs::file_size(log), 10'000'000u);
  const auto before = all(*table);
  table.reset();
  restart();
  EXPECT_EQ(all(*catalog().table("t")), before);
}

TEST_F(JournalTest, WhatAKillLeavesBehindIsRemoved) {
  catalog().create_table("t", keyed(), "", false);
  const fs::path log = only_log();
  database_.reset();
  for (const char* name : {"77.log", "1.log.new"}) std::ofstream(log.parent_path() / name) << "x";
  database_.emplace(folder_);
  EXPECT_EQ(only_log(), log);
  EXPECT_TRUE(catalog().find_table("t"));
}

TEST_F(JournalTest, FolderIsOneServersAlone) {
  try {
    Journal second(folder_, false);
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_EQ(e.reaction(), base::Reaction::fix_config);
    EXPECT_THAT(e.what(), HasSubstr(folder_));
  }
}

TEST_F(JournalTest, DamagedOrMissingCatalogueIsAnError) {
  catalog().create_table("t", keyed(), "", false);
  const std::string path = folder_ + "/catalog.json";
  database_.reset();
  std::ifstream stream(path);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  text.replace(text.find("\"id\""), 4, "\"ix\"");
  std::ofstream(path) << text;
  EXPECT_THROW(database_.emplace(folder_), base::Error);
  fs::remove(path);
  EXPECT_THROW(database_.emplace(folder_), base::Error);
}

TEST_F(JournalTest, TooSmallAMemoryLimitIsNamedAtTheStart) {
  auto table = catalog().create_table("t", keyed(), "", false);
  insert(*table, {row(1, std::string(2'000'000, 'x'))});
  table.reset();
  database_.reset();
  try {
    database_.emplace(folder_, size_t{1} << 20);
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("memory limit"));
  }
  database_.emplace(folder_);
  EXPECT_EQ(catalog().table("t")->read().size(), 1u);
}

}  // namespace
}  // namespace kc::server
