#include "server/tables/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "base/error.h"
#include "data/value.h"
#include "server/catalog/catalog.h"
#include "server/expression/selection.h"
#include "server/network/monitor_publisher.h"
#include "wire/row_codec.h"

namespace kc::server {
namespace {

using data::Value;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using wire::BaseType;

constexpr InsertOptions upsert{.update_on_existing_pk = true};

class TableTest : public testing::Test {
 protected:
  std::shared_ptr<Table> make(std::vector<wire::Column> columns) {
    const wire::TableType type(std::move(columns));
    const auto entry = catalog_.create_type(type.definition(), "", type.properties());
    return catalog_.create_table("t" + std::to_string(++tables_), entry->id, "", false);
  }
  std::shared_ptr<Table> keyed() {
    return make({{"id", BaseType::long_, {"primary_key"}}, {"s", BaseType::string, {}}});
  }
  static std::string row(const Table& table, const std::vector<Value>& values) {
    std::string bytes;
    wire::encode_row(table.type()->type, values, bytes);
    return bytes;
  }
  static std::string row(const Table& table, int64_t id, std::string_view text) {
    return row(table, {Value::int64(id), Value::string(text)});
  }
  static InsertResult insert(Table& table, const std::vector<std::string>& rows,
                             const InsertOptions& options = {}) {
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

  MemoryBudget budget_{size_t{64} << 20};
  MonitorPublisher publisher_{"127.0.0.1", 0};
  Catalog catalog_{budget_, publisher_};
  int tables_ = 0;
};

TEST_F(TableTest, UpsertReplacesTheRowInItsPlace) {
  const auto table = keyed();
  const auto first = insert(*table, {row(*table, 1, "a"), row(*table, 2, "b")}, upsert);
  EXPECT_EQ(first.inserted, 2);
  const auto second = insert(*table, {row(*table, 1, "longer"), row(*table, 3, "c")}, upsert);
  EXPECT_EQ(second.inserted, 1);
  EXPECT_EQ(second.updated, 1);
  insert(*table, {row(*table, 2, "")}, upsert);
  EXPECT_THAT(all(*table),
              ElementsAre(row(*table, 1, "longer"), row(*table, 2, ""), row(*table, 3, "c")));
}

TEST_F(TableTest, DuplicateKeyWithoutUpsertRefusesTheWholeBatch) {
  const auto table = keyed();
  insert(*table, {row(*table, 1, "a")});
  EXPECT_THROW(insert(*table, {row(*table, 2, "b"), row(*table, 1, "x")}), base::Error);
  EXPECT_THROW(insert(*table, {row(*table, 2, "b"), row(*table, 2, "x")}), base::Error);
  EXPECT_THAT(all(*table), ElementsAre(row(*table, 1, "a")));
  // The keys of what was taken back are free.
  EXPECT_EQ(insert(*table, {row(*table, 2, "b")}).inserted, 1);
}

TEST_F(TableTest, IgnoredDuplicatesAreNeitherCountedNorStored) {
  const auto table = keyed();
  insert(*table, {row(*table, 1, "a")});
  const auto result =
      insert(*table, {row(*table, 1, "x"), row(*table, 2, "b")}, {.ignore_existing_pk = true});
  EXPECT_EQ(result.inserted, 1);
  EXPECT_EQ(result.updated, 0);
  EXPECT_THAT(result.errors, IsEmpty());
  EXPECT_THAT(all(*table), ElementsAre(row(*table, 1, "a"), row(*table, 2, "b")));
}

TEST_F(TableTest, PartialBatchTakesTheGoodRowsAndReportsTheOthersInOrder) {
  const auto table = keyed();
  const auto result =
      insert(*table, {row(*table, 1, "a"), row(*table, 1, "x"), "", row(*table, 2, "b")},
             {.return_individual_errors = true, .allow_partial_batch = true});
  EXPECT_EQ(result.inserted, 2);
  ASSERT_EQ(result.errors.size(), 2u);
  EXPECT_EQ(result.errors[0].row, 1u);
  EXPECT_EQ(result.errors[1].row, 2u);
}

TEST_F(TableTest, IndividualErrorsWithoutPartialBatchInsertNothing) {
  const auto table = keyed();
  const auto result =
      insert(*table, {row(*table, 1, "a"), "bad"}, {.return_individual_errors = true});
  EXPECT_EQ(result.inserted, 0);
  EXPECT_EQ(result.errors.size(), 1u);
  EXPECT_THAT(all(*table), IsEmpty());
}

TEST_F(TableTest, RefusalNamesTheRowAndTheColumn) {
  const auto table = make({{"c", BaseType::string, {"char4"}}});
  try {
    insert(*table, {row(*table, {Value::string("abcd")}), row(*table, {Value::string("abcde")})});
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("Record 1"));
    EXPECT_THAT(e.what(), HasSubstr("`c`"));
  }
}

TEST_F(TableTest, TextsAreCutAtACharacterWhenAskedFor) {
  const auto table = make({{"c", BaseType::string, {"char4", "nullable"}}});
  const InsertOptions cut{.truncate_strings = true};
  insert(*table,
         {row(*table, {Value::string("abcdefg")}), row(*table, {Value::string("abcé")}),
          row(*table, {Value()})},
         cut);
  EXPECT_THAT(all(*table),
              ElementsAre(row(*table, {Value::string("abcd")}), row(*table, {Value::string("abc")}),
                          row(*table, {Value()})));
}

TEST_F(TableTest, ValuesOutsideTheirColumnsFormAreRefused) {
  struct Case {
    BaseType type;
    const char* property;
    Value good;
    Value bad;
  };
  const Case cases[] = {
      {BaseType::int_, "int8", Value::int32(-128), Value::int32(128)},
      {BaseType::int_, "int16", Value::int32(32767), Value::int32(32768)},
      {BaseType::int_, "boolean", Value::int32(1), Value::int32(2)},
      {BaseType::long_, "timestamp", Value::int64(0), Value::int64(29'379'542'400'000)},
      {BaseType::string, "date", Value::string("2024-02-29"), Value::string("2023-02-29")},
      {BaseType::string, "time", Value::string("23:59:59.999"), Value::string("24:00:00")},
      {BaseType::string, "datetime", Value::string("2024-01-01 00:00:00"), Value::string("x")},
      {BaseType::string, "decimal", Value::string("-1.5"), Value::string("1.5e3")},
      {BaseType::string, "ipv4", Value::string("1.2.3.4"), Value::string("1.2.3.400")},
      {BaseType::string, "ulong", Value::string("7"), Value::string("-7")},
      {BaseType::string, "uuid", Value::string("123e4567-e89b-12d3-a456-426614174000"),
       Value::string("123e4567")},
      {BaseType::string, "text_search", Value::string("é"), Value::string("\xff")},
      {BaseType::bytes, "vector(2)", Value::bytes("12345678"), Value::bytes("1234")},
  };
  for (const Case& c : cases) {
    const auto table = make({{"c", c.type, {c.property}}});
    EXPECT_EQ(insert(*table, {row(*table, {c.good})}).inserted, 1) << c.property;
    EXPECT_THROW(insert(*table, {row(*table, {c.bad})}), base::Error) << c.property;
  }
}

TEST_F(TableTest, DamagedRowsAreRefusedAtEveryLength) {
  const auto table = make({{"i", BaseType::int_, {}},
                           {"l", BaseType::long_, {"nullable"}},
                           {"f", BaseType::float_, {}},
                           {"d", BaseType::double_, {"nullable"}},
                           {"s", BaseType::string, {}},
                           {"b", BaseType::bytes, {"nullable"}}});
  const std::string good =
      row(*table, {Value::int32(-7), Value::int64(1), Value::float32(1), Value::float64(2),
                   Value::string("text"), Value::bytes("bytes")});
  EXPECT_EQ(insert(*table, {good}).inserted, 1);
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_THROW(insert(*table, {good.substr(0, size)}), base::Error) << size;
  }
  EXPECT_THROW(insert(*table, {good + "x"}), base::Error);
}

TEST_F(TableTest, KeysAreEqualByValueNotByText) {
  const auto table = make({{"d", BaseType::string, {"decimal(10,2)", "primary_key"}},
                           {"t", BaseType::string, {"datetime", "primary_key"}},
                           {"s", BaseType::string, {"primary_key"}}});
  const auto key = [&](const char* decimal, const char* datetime, const char* text) {
    return row(*table, {Value::string(decimal), Value::string(datetime), Value::string(text)});
  };
  insert(*table, {key("1.5", "2024-01-01 00:00:00", "a")}, upsert);
  EXPECT_EQ(insert(*table, {key("1.50", "2024-01-01 00:00:00.000", "a")}, upsert).updated, 1);
  EXPECT_EQ(insert(*table, {key("1.51", "2024-01-01 00:00:00", "a")}, upsert).inserted, 1);
  EXPECT_EQ(insert(*table, {key("1.5", "2024-01-01 00:00:01", "a")}, upsert).inserted, 1);
  EXPECT_EQ(insert(*table, {key("1.5", "2024-01-01 00:00:00", "b")}, upsert).inserted, 1);
}

TEST_F(TableTest, ManyKeysSurviveInsertUpdateAndErase) {
  constexpr int64_t rows = 20'000;
  const auto table = keyed();
  std::deque<std::string> kept;
  std::vector<std::string_view> batch;
  for (int64_t i = 0; i < rows; ++i) batch.push_back(kept.emplace_back(row(*table, i, "first")));
  EXPECT_EQ(table->insert(batch, upsert).inserted, rows);
  batch.clear();
  for (int64_t i = 0; i < rows; ++i) {
    batch.push_back(kept.emplace_back(row(*table, i, std::string(200, 'x'))));
  }
  // Three times, so that replaced rows are packed away.
  for (int round = 0; round < 3; ++round) EXPECT_EQ(table->insert(batch, upsert).updated, rows);
  const auto erased = table->erase([&](std::string_view bytes) {
    std::vector<Value> values;
    wire::decode_row(table->type()->type, bytes, values);
    return values[0].as_integer() % 4 != 0;
  });
  EXPECT_EQ(erased, rows * 3 / 4);
  EXPECT_EQ(table->read().size(), static_cast<size_t>(rows / 4));
  const auto again = table->insert(batch, upsert);
  EXPECT_EQ(again.updated, rows / 4);
  EXPECT_EQ(again.inserted, rows * 3 / 4);
  EXPECT_EQ(table->erase_all(), rows);
  EXPECT_EQ(budget_.used_bytes(), 0u);
}

TEST_F(TableTest, ErasedRowsMakeRoomAtTheMemoryLimit) {
  const auto table = keyed();
  const std::string text(10'000, 'x');
  int64_t rows = 0;
  const auto insert_hundred = [&](int64_t first) {
    std::vector<std::string> batch;
    for (int64_t id = first; id < first + 100; ++id) batch.push_back(row(*table, id, text));
    insert(*table, batch);
  };
  EXPECT_THROW(for (; rows < 10'000; rows += 100) insert_hundred(rows), base::Error);
  // Less than half, so that the table would not be packed for its own sake.
  int64_t seen = 0;
  const int64_t erased = table->erase([&](std::string_view) { return seen++ % 3 == 0; });
  const int64_t more = erased * 3 / 4 / 100 * 100;
  ASSERT_GT(more, 500);
  for (int64_t id = 10'000; id < 10'000 + more; id += 100) insert_hundred(id);
  const auto left = all(*table);
  EXPECT_EQ(left.size(), static_cast<size_t>(rows - erased + more));
  EXPECT_EQ(left.front(), row(*table, 1, text));
  EXPECT_EQ(left.back(), row(*table, 10'000 + more - 1, text));
  // By their keys too.
  EXPECT_EQ(insert(*table, {row(*table, 4, "y")}, upsert).updated, 1);
}

TEST_F(TableTest, MemoryLimitRefusesTheInsertAndKeepsTheTable) {
  const auto table = keyed();
  insert(*table, {row(*table, 1, "a")});
  const std::string big = row(*table, 2, std::string(size_t{65} << 20, 'x'));
  try {
    insert(*table, {big}, upsert);
    FAIL();
  } catch (const base::Error& e) {
    EXPECT_THAT(e.what(), HasSubstr("memory limit"));
  }
  EXPECT_THAT(all(*table), ElementsAre(row(*table, 1, "a")));
}

TEST_F(TableTest, PageEndsBeforeItsRowsAreTooLongForAnAnswer) {
  const auto table = keyed();
  insert(*table, {row(*table, 1, "aaa"), row(*table, 2, "bbb"), row(*table, 3, "ccc")});
  const auto reading = table->read();
  const auto page = [&](size_t offset, size_t bytes_max) {
    return select_rows(reading, table->type()->type, nullptr, nullptr,
                       {.offset = offset, .limit = 10, .bytes_max = bytes_max});
  };
  EXPECT_EQ(page(0, 15).rows.size(), 3u);
  EXPECT_FALSE(page(0, 15).more);
  EXPECT_THAT(page(0, 14).rows, ElementsAre(row(*table, 1, "aaa"), row(*table, 2, "bbb")));
  EXPECT_TRUE(page(0, 14).more);
  EXPECT_EQ(page(0, 14).total, 3u);
  EXPECT_THAT(page(2, 1).rows, ElementsAre(row(*table, 3, "ccc")));
  EXPECT_FALSE(page(2, 1).more);
}

TEST_F(TableTest, BareNameFindsTheOneTableOfAnySchema) {
  const auto type = keyed()->type();
  catalog_.create_table("x", type->id, "TEST", false);
  EXPECT_EQ(catalog_.table("x")->qualified_name(), "TEST.x");
  EXPECT_EQ(catalog_.table("TEST.x")->qualified_name(), "TEST.x");
  catalog_.create_table("x", type->id, "OTHER", false);
  EXPECT_EQ(catalog_.find_table("x"), nullptr);  // which one is unclear
  catalog_.create_table("x", type->id, "", false);
  EXPECT_EQ(catalog_.table("x")->qualified_name(), "ki_home.x");
  EXPECT_THROW(catalog_.create_table("none.x", type->id, "", false), base::Error);
}

}  // namespace
}  // namespace kc::server
