#include "source/table_catch_up.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "server/network/faults.h"
#include "server/server.h"
#include "server/server_testing.h"
#include "source/remembered_rows.h"
#include "wire/row_codec.h"

namespace kc::source {
namespace {

using base::Error;
using base::Reaction;
using data::Value;
using server::test_row;
using testing::ElementsAre;
using wire::BaseType;

const wire::TableType plain({{"id", BaseType::long_, {}}, {"s", BaseType::string, {}}});
const wire::TableType keyed({{"id", BaseType::long_, {"primary_key"}},
                             {"s", BaseType::string, {}}});

class CatchUp : public testing::Test {
 protected:
  static TableCatchUp make(const wire::TableType& type = plain, const std::string& column = "id",
                           CatchUpOptions options = {.page_rows_max = 10,
                                                     .second_look_after = std::chrono::hours(1)}) {
    return TableCatchUp({"T", "T", 1, column}, type, options);
  }

  void insert(int64_t begin, int64_t end, int64_t step = 1) {
    std::vector<std::string> rows;
    for (int64_t id = begin; id < end; ++id)
      rows.push_back(test_row(id / step, std::to_string(id)));
    if (!rows.empty()) db_.insert("T", rows);
  }
  // The next page, its rows sent; their texts as numbers.
  std::vector<int64_t> read_page(TableCatchUp& catch_up) {
    std::vector<int64_t> texts;
    catch_up.read(client_, page_);
    size_t begin = 0;
    for (const RowChunk::Row row : page_.rows) {
      const auto bytes = std::string_view(page_.bytes).substr(begin, row.end - begin);
      begin = row.end;
      std::vector<Value> values(catch_up.reader().columns());
      catch_up.reader().read(bytes, values.data());
      catch_up.sent(values[catch_up.column_index()], bytes);
      texts.push_back(std::stoll(std::string(values[1].as_text())));
    }
    return texts;
  }
  std::vector<int64_t> read_all(TableCatchUp& catch_up) {
    std::vector<int64_t> all;
    while (catch_up.is_reading()) {
      const auto texts = read_page(catch_up);
      all.insert(all.end(), texts.begin(), texts.end());
    }
    return all;
  }
  static std::vector<int64_t> range(int64_t begin, int64_t end) {
    std::vector<int64_t> all;
    for (int64_t id = begin; id < end; ++id) all.push_back(id);
    return all;
  }
  static bool covers(const TableCatchUp& catch_up, int64_t id) {
    return catch_up.covers(Value::int64(id));
  }
  static uint64_t place(const TableCatchUp& catch_up, int64_t id) {
    return catch_up.column()->place(Value::int64(id));
  }

  server::Server server_;
  server::TestClient db_{server_.url()};
  kinetica::Client client_{{.url = server_.url()}};
  RowChunk page_;
};

TEST_F(CatchUp, RowsComeInTheOrderOfTheColumnEachOnce) {
  db_.create_table("T", false);
  insert(50, 101);
  insert(0, 50);
  auto catch_up = make();
  catch_up.begin_at_beginning();
  EXPECT_EQ(read_all(catch_up), range(0, 101));
}

TEST_F(CatchUp, ATableWithoutAColumnIsReadAsAWhole) {
  db_.create_table("T", false);
  insert(0, 40);
  auto catch_up = make(plain, "");
  EXPECT_FALSE(catch_up.is_reading());
  catch_up.rows_missed();
  EXPECT_FALSE(catch_up.is_reading());
  catch_up.begin_at_beginning();
  EXPECT_EQ(read_all(catch_up), range(0, 40));
}

TEST_F(CatchUp, MoreRowsOfOneValueThanAPageHasAreReadEachOnce) {
  db_.create_table("T", false);
  insert(0, 120, 35);  // values 0 to 3
  auto catch_up = make();
  catch_up.begin_at_beginning();
  EXPECT_EQ(read_all(catch_up), range(0, 120));
}

TEST_F(CatchUp, AReadingBeginsWithTheRowsOfTheGreatestValueSent) {
  db_.create_table("T", false);
  insert(0, 30);
  auto catch_up = make();
  catch_up.begin_at(place(catch_up, 20));
  EXPECT_EQ(read_all(catch_up), range(20, 30));
  auto unique = make(keyed);
  unique.begin_at(place(unique, 20));
  EXPECT_EQ(read_all(unique), range(21, 30));
}

TEST_F(CatchUp, AnOverlapIsReadAgain) {
  db_.create_table("T", true);
  insert(0, 30);
  TableCatchUp catch_up({"T", "T", 1, "id", 5}, keyed, {.second_look_after = {}});
  catch_up.begin_at(place(catch_up, 20));
  EXPECT_EQ(read_all(catch_up), range(16, 30));
  catch_up.pass_time(std::chrono::steady_clock::now());
  EXPECT_EQ(read_all(catch_up), range(0, 0));
}

TEST_F(CatchUp, WithinARunNoRowOfTheGreatestValueIsReadTwice) {
  db_.create_table("T", false);
  insert(0, 5, 10);
  auto catch_up = make();
  catch_up.begin_at_end(client_);
  EXPECT_FALSE(catch_up.is_reading());
  catch_up.sent(Value::int64(0), test_row(0, "5"));
  insert(5, 15, 10);  // two of them with the value 0 were missed, and one of each row was sent
  insert(5, 6, 10);
  catch_up.rows_missed();
  EXPECT_THAT(read_all(catch_up), testing::UnorderedElementsAre(6, 7, 8, 9, 5, 10, 11, 12, 13, 14));
}

TEST_F(CatchUp, AnEmptyTableIsReadFromItsFirstRow) {
  db_.create_table("T", false);
  auto catch_up = make();
  catch_up.begin_at_end(client_);
  insert(0, 12);
  catch_up.rows_missed();
  EXPECT_EQ(read_all(catch_up), range(0, 12));
}

TEST_F(CatchUp, LiveRowsArePassedOverOnlyWhenAPageWillHaveThem) {
  db_.create_table("T", false);
  insert(0, 30);
  auto catch_up = make();
  catch_up.begin_at(place(catch_up, 5));
  EXPECT_TRUE(covers(catch_up, 6));
  EXPECT_TRUE(covers(catch_up, 100));
  EXPECT_FALSE(covers(catch_up, 4));
  EXPECT_EQ(read_page(catch_up), range(5, 14));  // 14 may have more rows
  EXPECT_FALSE(covers(catch_up, 13));
  EXPECT_TRUE(covers(catch_up, 14));
  read_all(catch_up);
  EXPECT_TRUE(covers(catch_up, 29));  // by the second look
  EXPECT_FALSE(covers(catch_up, 100));
}

TEST_F(CatchUp, LiveRowsOfTheLatestPagesAreLeftToTheSecondLook) {
  db_.create_table("T", false);
  insert(0, 40);
  auto catch_up = make();
  catch_up.begin_at_beginning();
  EXPECT_EQ(read_all(catch_up).size(), 40U);  // in pages that begin at 0, 9, 18, 27 and 36
  EXPECT_FALSE(covers(catch_up, 26));
  EXPECT_TRUE(covers(catch_up, 27));
  EXPECT_TRUE(covers(catch_up, 39));
  EXPECT_FALSE(covers(catch_up, 40));
  insert(39, 40);  // the same row once more
  EXPECT_TRUE(covers(catch_up, 39));
  catch_up.pass_time(std::chrono::steady_clock::now() + std::chrono::hours(2));
  EXPECT_TRUE(covers(catch_up, 100));  // nothing came from the monitor: it may not deliver
  EXPECT_THAT(read_all(catch_up), ElementsAre(39));
  EXPECT_FALSE(covers(catch_up, 39));
}

TEST_F(CatchUp, ATableThatIsEmptyIsReadFromItsFirstRowOn) {
  db_.create_table("T", false);
  auto catch_up = make();
  catch_up.begin_at(place(catch_up, 1000));
  EXPECT_EQ(read_all(catch_up), range(0, 0));
  insert(0, 5);
  catch_up.rows_missed();
  EXPECT_EQ(read_all(catch_up), range(0, 5));
  EXPECT_FALSE(catch_up.was_rewound());
}

TEST_F(CatchUp, WhereTheGreatestValueIsGoneReadingGoesOnFromTheGreatestThatIsThere) {
  db_.create_table("T", false);
  insert(0, 5);
  for (const auto& type : {plain, keyed}) {
    auto catch_up = make(type);
    catch_up.begin_at(place(catch_up, 1000));
    EXPECT_EQ(read_all(catch_up), range(4, 5));
    EXPECT_TRUE(catch_up.was_rewound());
    Value entries[TableCatchUp::offset_values_max];
    base::Arena arena;
    catch_up.offset_entries(false, entries, arena);
    EXPECT_EQ(entries[1], Value::int64(4));
  }
}

TEST_F(CatchUp, ASecondLookFindsWhatCameBeforeTheMonitorDelivered) {
  for (const bool has_key : {false, true}) {
    db_.create_table("T", has_key);
    insert(0, 30);
    auto catch_up = make(has_key ? keyed : plain, "id",
                         {.page_rows_max = 10, .second_look_after = std::chrono::seconds(1)});
    catch_up.begin_at(place(catch_up, 19));
    read_all(catch_up);
    insert(30, 35);
    for (const int64_t heard : {32, 34}) {
      EXPECT_FALSE(covers(catch_up, heard));
      catch_up.sent(Value::int64(heard), test_row(heard, std::to_string(heard)));
    }
    const auto now = std::chrono::steady_clock::now();
    catch_up.pass_time(now);
    EXPECT_FALSE(catch_up.is_reading());
    catch_up.pass_time(now + std::chrono::seconds(2));
    EXPECT_TRUE(catch_up.is_reading());
    EXPECT_TRUE(covers(catch_up, 34));
    EXPECT_FALSE(covers(catch_up, 35));  // the monitor delivers
    EXPECT_THAT(read_all(catch_up), ElementsAre(30, 31, 33));
    catch_up.pass_time(now + std::chrono::hours(1));
    EXPECT_FALSE(catch_up.is_reading());
    catch_up.rows_missed();
    EXPECT_EQ(read_all(catch_up), range(0, 0));
    client_.clear_table("T");
  }
}

TEST_F(CatchUp, WhatTheDatabaseRefusesIsAskedAgain) {
  db_.create_table("T", false);
  insert(0, 25);
  auto catch_up = make();
  catch_up.begin_at_beginning();
  EXPECT_EQ(read_page(catch_up), range(0, 9));
  for (const int status : {503, 400}) {
    server_.faults().answer(status, 1, "/get/records");
    try {
      catch_up.read(client_, page_);
      FAIL() << status;
    } catch (const Error& error) {
      EXPECT_EQ(error.reaction(), Reaction::retry);
    }
  }
  EXPECT_EQ(read_all(catch_up), range(9, 25));
}

TEST_F(CatchUp, PagesOfLargeRowsAreSmall) {
  db_.create_table("T", false);
  std::vector<std::string> rows;
  for (int64_t id = 0; id < 2000; ++id) rows.push_back(test_row(id, std::string(1000, 'x')));
  db_.insert("T", rows);
  auto catch_up = make(plain, "id", {.page_bytes_aim = 100'000});
  catch_up.begin_at_beginning();
  size_t count = 0;
  while (catch_up.is_reading()) {
    catch_up.read(client_, page_);
    EXPECT_LT(page_.bytes.size(), 150'000U);
    count += page_.rows.size();
  }
  EXPECT_EQ(count, rows.size());
}

TEST_F(CatchUp, AColumnThatCannotIncrementIsNamedWithItsRemedy) {
  const wire::TableType type({{"n", BaseType::long_, {"nullable"}},
                              {"d", BaseType::string, {"date"}},
                              {"x", BaseType::double_, {}}});
  const auto complaint = [&](const std::string& column) -> std::string {
    try {
      make(type, column);
    } catch (const Error& error) {
      EXPECT_EQ(error.reaction(), Reaction::fix_config);
      EXPECT_THAT(error.what(),
                  testing::HasSubstr("kinetica.incrementing_column names column " + column));
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(complaint("y"), testing::HasSubstr("for table T, which has no such column. Hint: "));
  EXPECT_THAT(complaint("n"), testing::HasSubstr("which is nullable"));
  EXPECT_THAT(complaint("d"), testing::HasSubstr("which is of type date. Hint: "));
  EXPECT_THAT(complaint("x"), testing::HasSubstr("which is of type double"));
}

TEST_F(CatchUp, EveryTypeThatMayIncrementIsReadInItsOrder) {
  const struct {
    wire::Column column;
    std::vector<Value> values;
    std::string greatest;
  } cases[] = {
      {{"c", BaseType::int_, {}}, {Value::int32(-7), Value::int32(0), Value::int32(9)}, "9"},
      {{"c", BaseType::int_, {"int16"}}, {Value::int32(-7), Value::int32(9)}, "9"},
      {{"c", BaseType::long_, {}},
       {Value::int64(INT64_MIN), Value::int64(-1), Value::int64(INT64_MAX)},
       "9223372036854775807"},
      {{"c", BaseType::long_, {"timestamp"}},
       {Value::int64(-5000), Value::int64(1'700'000'000'000)},
       "1700000000000"},
      {{"c", BaseType::string, {"ulong"}},
       {Value::string("9"), Value::string("10"), Value::string("18446744073709551615")},
       "18446744073709551615"},
  };
  for (const auto& one : cases) {
    const wire::TableType type({one.column});
    client_.create_table("T", type, "");
    std::vector<std::string> rows;
    for (const Value& value : one.values) {
      wire::encode_row(type, std::span(&value, 1), rows.emplace_back());
    }
    db_.insert("T", {rows.rbegin(), rows.rend()});
    auto catch_up = make(type, "c", {.page_rows_max = 2});
    catch_up.begin_at_beginning();
    std::vector<std::string> read;
    base::Arena arena;
    Value entries[TableCatchUp::offset_values_max];
    while (catch_up.is_reading()) {
      catch_up.read(client_, page_);
      for (size_t i = 0; i < page_.rows.size(); ++i) {
        const size_t begin = i == 0 ? 0 : page_.rows[i - 1].end;
        read.push_back(page_.bytes.substr(begin, page_.rows[i].end - begin));
        Value value;
        catch_up.reader().read(read.back(), &value);
        catch_up.sent(value, read.back());
        ASSERT_EQ(catch_up.offset_entries(false, entries, arena), 2U);
        EXPECT_EQ(entries[0], Value::string("incrementing"));
        EXPECT_EQ(entries[1].kind(),
                  value.kind() == data::Kind::int32 ? data::Kind::int64 : value.kind());
      }
    }
    EXPECT_EQ(read, rows) << one.greatest;
    const auto greatest = catch_up.column()->parse(one.greatest);
    ASSERT_TRUE(greatest.has_value());
    EXPECT_EQ(catch_up.column()->text(*greatest), one.greatest);
    auto again = make(type, "c");
    again.begin_at(*greatest);
    again.read(client_, page_);
    EXPECT_EQ(page_.bytes, rows.back());
    client_.clear_table("T");
  }
}

std::vector<std::string> remembered(const SentRows& sent) {
  RememberedRows rows(SentRows::bytes_max);
  sent.copy_remembered(rows);
  std::vector<std::string> found;
  for (int place = 0; place < 20; ++place) {
    while (rows.take(std::to_string(place))) found.push_back(std::to_string(place));
  }
  return found;
}

void add(SentRows& sent, const std::vector<uint64_t>& places) {
  for (const uint64_t place : places) sent.add(place, std::to_string(place));
}

TEST(SentRows, OnlyRowsThatAReadingMayFindAgainAreRemembered) {
  SentRows sent(/*unique=*/false);
  EXPECT_EQ(sent.greatest(), std::nullopt);
  EXPECT_EQ(sent.first_unsent(), 0U);
  add(sent, {5, 7, 7, 6});
  EXPECT_EQ(sent.greatest(), 7U);
  EXPECT_EQ(sent.first_unsent(), 7U);
  EXPECT_THAT(remembered(sent), ElementsAre("7", "7"));
  sent.hold();
  sent.begin_page(8);
  add(sent, {8, 9});
  EXPECT_EQ(sent.first_unsent(), 7U);
  EXPECT_THAT(remembered(sent), ElementsAre("7", "7", "8", "9"));
  sent.begin_page(10);
  add(sent, {10, 12, 11});
  EXPECT_EQ(sent.first_unsent(), 8U);
  EXPECT_THAT(remembered(sent), ElementsAre("8", "9", "10", "11", "12"));
  sent.begin_page(11);  // 12 was sent, so that what was remembered before still counts
  EXPECT_EQ(sent.first_unsent(), 8U);
  sent.release();
  EXPECT_EQ(sent.first_unsent(), 8U);
  add(sent, {13});
  EXPECT_EQ(sent.first_unsent(), 13U);
  EXPECT_THAT(remembered(sent), ElementsAre("13"));
}

TEST(SentRows, AUniqueRowThatWasSentNeedNotBeRemembered) {
  SentRows sent(/*unique=*/true);
  add(sent, {5});
  EXPECT_EQ(sent.first_unsent(), 6U);
  EXPECT_THAT(remembered(sent), ElementsAre());
  sent.hold();
  add(sent, {6});
  EXPECT_EQ(sent.first_unsent(), 6U);
  EXPECT_THAT(remembered(sent), ElementsAre("6"));
  sent.release();
  EXPECT_EQ(sent.first_unsent(), 7U);
  EXPECT_THAT(remembered(sent), ElementsAre());
  sent.begin_at(IncrementingColumn::last_place);
  EXPECT_EQ(sent.first_unsent(), IncrementingColumn::last_place);
}

TEST_F(CatchUp, RowsFoundByAReadingThatWasBegunAgainAreNotDoubled) {
  db_.create_table("T", false);
  insert(0, 20);
  auto catch_up = make();
  catch_up.begin_at_end(client_);
  insert(20, 30);
  for (const int64_t heard : {24, 29}) {
    catch_up.sent(Value::int64(heard), test_row(heard, std::to_string(heard)));
  }
  catch_up.rows_missed();
  auto ids = read_page(catch_up);
  catch_up.rows_missed();
  const auto rest = read_all(catch_up);
  ids.insert(ids.end(), rest.begin(), rest.end());
  EXPECT_THAT(ids, ElementsAre(20, 21, 22, 23, 25, 26, 27, 28));
  catch_up.pass_time(std::chrono::steady_clock::now() + std::chrono::hours(2));
  EXPECT_EQ(read_all(catch_up), range(0, 0));
}

TEST_F(CatchUp, ARowIsTakenAsOftenAsItWasAdded) {
  RememberedRows rows(8);
  EXPECT_FALSE(rows.take("ab"));
  for (const char* row : {"ab", "cd", "ab", "beyond", "ef"}) rows.add(row);
  EXPECT_TRUE(rows.take("ab"));
  EXPECT_TRUE(rows.take("ab"));
  EXPECT_FALSE(rows.take("ab"));
  EXPECT_FALSE(rows.take("beyond"));
  EXPECT_TRUE(rows.take("ef"));
  rows.clear();
  EXPECT_FALSE(rows.take("cd"));
}

}  // namespace
}  // namespace kc::source
