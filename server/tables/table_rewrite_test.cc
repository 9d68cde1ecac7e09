#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "base/error.h"
#include "data/value.h"
#include "server/catalog/catalog.h"
#include "server/network/monitor_publisher.h"
#include "wire/row_codec.h"

namespace kc::server {
namespace {

using data::Value;
using testing::ElementsAre;
using testing::HasSubstr;
using wire::BaseType;

using IdAndText = std::pair<int64_t, std::string>;

// Tables of a key and a text.
class TableRewriteTest : public testing::Test {
 protected:
  std::shared_ptr<const TypeEntry> type_of(std::vector<wire::Column> columns) {
    const wire::TableType type(std::move(columns));
    return catalog_.create_type(type.definition(), "", type.properties());
  }
  std::shared_ptr<Table> make(const std::vector<IdAndText>& rows) {
    const auto table =
        catalog_.create_table("t" + std::to_string(++tables_), keyed_->id, "", false);
    insert(*table, rows);
    return table;
  }
  static std::string encode(const TypeEntry& type, const IdAndText& row) {
    std::string bytes;
    const Value values[] = {Value::int64(row.first), Value::string(row.second)};
    wire::encode_row(type.type, values, bytes);
    return bytes;
  }
  static IdAndText decode(const TypeEntry& type, std::string_view bytes) {
    std::vector<Value> values;
    wire::decode_row(type.type, bytes, values);
    return {values[0].as_integer(), std::string(values[1].as_text())};
  }
  void insert(Table& table, const std::vector<IdAndText>& rows) const {
    std::vector<std::string> encoded;
    for (const auto& row : rows) encoded.push_back(encode(*keyed_, row));
    table.insert(std::vector<std::string_view>(encoded.begin(), encoded.end()), {});
  }
  static std::vector<IdAndText> all(const Table& table) {
    std::vector<IdAndText> rows;
    const auto reading = table.read();
    const auto type = reading.type();
    reading.each(0, [&](std::string_view bytes) {
      rows.push_back(decode(*type, bytes));
      return true;
    });
    return rows;
  }
  // `change` works on the decoded row.
  int64_t rewrite(Table& table, const std::function<bool(IdAndText&)>& change,
                  KeyConflict on_conflict = KeyConflict::refuse) const {
    return table.rewrite(
        [&](std::string_view row, std::string& changed) {
          IdAndText values = decode(*keyed_, row);
          if (!change(values)) return false;
          changed = encode(*keyed_, values);
          return true;
        },
        on_conflict, {.type = keyed_.get()});
  }
  // Every key of the table is found.
  void expect_keys_found(Table& table) const {
    std::vector<std::string> rows;
    for (const auto& row : all(table)) rows.push_back(encode(*keyed_, row));
    const auto size = static_cast<int32_t>(rows.size());
    const auto result = table.insert(std::vector<std::string_view>(rows.begin(), rows.end()),
                                     {.update_on_existing_pk = true});
    EXPECT_EQ(result.updated, size);
    EXPECT_EQ(result.inserted, 0);
  }

  MemoryBudget budget_{size_t{64} << 20};
  MonitorPublisher publisher_{"127.0.0.1", 0};
  Catalog catalog_{budget_, publisher_};
  std::shared_ptr<const TypeEntry> keyed_ =
      type_of({{"id", BaseType::long_, {"primary_key"}}, {"s", BaseType::string, {}}});
  int tables_ = 0;
};

TEST_F(TableRewriteTest, OnlyTheRowOfAScopesKeyIsLookedAt) {
  const auto table = make({{1, "a"}, {2, "b"}, {3, "c"}});
  const auto scope_of_row = [&](const IdAndText& row) {
    Scope scope{keyed_.get(), std::string()};
    RowProblem problem;
    EXPECT_TRUE(RowProgram(keyed_->type).check(encode(*keyed_, row), *scope.key, problem));
    return scope;
  };
  std::vector<std::string> seen;
  const auto looks = [&](std::string_view row) {
    seen.push_back(decode(*keyed_, row).second);
    return true;
  };
  const auto change = [&](std::string_view row, std::string& changed) {
    changed = encode(*keyed_, {2, "changed"});
    return looks(row);
  };
  EXPECT_EQ(table->rewrite(change, KeyConflict::refuse, scope_of_row({2, ""})), 1);
  EXPECT_EQ(table->erase(looks, scope_of_row({3, ""})), 1);
  EXPECT_EQ(table->erase(looks, scope_of_row({4, ""})), 0);
  EXPECT_EQ(seen, (std::vector<std::string>{"b", "c"}));
  EXPECT_EQ(all(*table), (std::vector<IdAndText>{{1, "a"}, {2, "changed"}}));
}

TEST_F(TableRewriteTest, ChosenRowsAreReplacedInTheirPlaces) {
  const auto table = make({{1, "a"}, {2, "b"}, {3, "c"}});
  const auto longer = [](IdAndText& row) {
    if (row.first == 2) return false;
    row.second += " and more";
    return true;
  };
  EXPECT_EQ(rewrite(*table, longer), 2);
  EXPECT_THAT(all(*table), ElementsAre(IdAndText{1, "a and more"}, IdAndText{2, "b"},
                                       IdAndText{3, "c and more"}));
  expect_keys_found(*table);
}

TEST_F(TableRewriteTest, KeysMayMoveToWhereOthersWere) {
  const auto table = make({{1, "a"}, {2, "b"}, {3, "c"}});
  EXPECT_EQ(rewrite(*table, [](IdAndText& row) { return ++row.first, true; }), 3);
  EXPECT_THAT(all(*table), ElementsAre(IdAndText{2, "a"}, IdAndText{3, "b"}, IdAndText{4, "c"}));
  expect_keys_found(*table);
}

TEST_F(TableRewriteTest, KeyOfAnotherRowIsRefusedAndNothingIsChanged) {
  const auto table = make({{1, "a"}, {2, "b"}, {3, "c"}});
  const auto collide = [](IdAndText& row) {
    if (row.first == 3) return false;
    row.first = row.first == 1 ? 9 : 3;
    return true;
  };
  EXPECT_THROW(rewrite(*table, collide), base::Error);
  EXPECT_THROW(rewrite(*table, [](IdAndText& row) { return row.first = 9, true; }), base::Error);
  EXPECT_THAT(all(*table), ElementsAre(IdAndText{1, "a"}, IdAndText{2, "b"}, IdAndText{3, "c"}));
  expect_keys_found(*table);
}

TEST_F(TableRewriteTest, RowWhoseKeyIsTakenGoesWhenAskedFor) {
  const auto table = make({{1, "a"}, {2, "b"}, {3, "c"}});
  const auto move = [](IdAndText& row) {
    if (row.first == 1) row.first = 3;
    row.second += "!";
    return true;
  };
  EXPECT_EQ(rewrite(*table, move, KeyConflict::replace_other), 2);
  EXPECT_THAT(all(*table), ElementsAre(IdAndText{3, "a!"}, IdAndText{2, "b!"}));
  expect_keys_found(*table);
  EXPECT_EQ(
      rewrite(
          *table, [](IdAndText& row) { return row.first = 7, true; }, KeyConflict::replace_other),
      1);
  EXPECT_THAT(all(*table), ElementsAre(IdAndText{7, "b!"}));
  expect_keys_found(*table);
}

TEST_F(TableRewriteTest, RowWhoseNewKeyIsTakenStaysWhenAskedFor) {
  const auto table = make({{1, "a"}, {2, "b"}, {3, "c"}, {5, "e"}});
  // 3 meets 4's place free, 2 follows it, 1 follows that; 5 cannot go to 9 twice.
  const auto up = [](IdAndText& row) {
    if (row.first == 5) return false;
    row.first += row.first == 3 ? 2 : 1;
    return true;
  };
  // 3 stays because of 5, so 2 stays because of 3, and 1 because of 2.
  EXPECT_EQ(rewrite(*table, up, KeyConflict::keep_old), 0);
  const auto to_nine = [](IdAndText& row) { return row.first = 9, true; };
  EXPECT_EQ(rewrite(*table, to_nine, KeyConflict::keep_old), 1);
  EXPECT_THAT(all(*table), ElementsAre(IdAndText{9, "a"}, IdAndText{2, "b"}, IdAndText{3, "c"},
                                       IdAndText{5, "e"}));
  expect_keys_found(*table);
}

TEST_F(TableRewriteTest, BadRowIsRefusedAndNothingIsChanged) {
  const auto table = make({{1, "a"}, {2, "b"}});
  const auto damage = [](std::string_view row, std::string& changed) {
    changed = row.front() == '\2' ? std::string(row) : std::string("bad");
    return true;
  };
  EXPECT_THROW(table->rewrite(damage), base::Error);
  EXPECT_THAT(all(*table), ElementsAre(IdAndText{1, "a"}, IdAndText{2, "b"}));
}

TEST_F(TableRewriteTest, RewrittenRowsStopAtTheMemoryLimitUnchanged) {
  const auto table = make({{1, "a"}, {2, "b"}});
  const auto grow = [](IdAndText& row) { return row.second.assign(size_t{40} << 20, 'x'), true; };
  EXPECT_THROW(rewrite(*table, grow), base::Error);
  EXPECT_THAT(all(*table), ElementsAre(IdAndText{1, "a"}, IdAndText{2, "b"}));
}

TEST_F(TableRewriteTest, TypeAndRowsChangeTogether) {
  const auto table = make({{1, "a"}, {2, "b"}, {3, "c"}});
  table->erase([&](std::string_view row) { return decode(*keyed_, row).first == 2; });
  const auto wide = type_of({{"id", BaseType::long_, {}},
                             {"s", BaseType::string, {"primary_key"}},
                             {"n", BaseType::int_, {"nullable"}}});
  table->change_type(wide, [](std::string_view row, std::string& converted) {
    converted = row;
    converted += '\2';
  });
  EXPECT_EQ(table->type(), wide);
  EXPECT_THAT(all(*table), ElementsAre(IdAndText{1, "a"}, IdAndText{3, "c"}));
  // The new key rules, and the old type's rows are not rows any more.
  const std::string same_key = encode(*keyed_, {7, "c"}) + '\2';
  const std::string_view rows[] = {same_key};
  EXPECT_EQ(table->insert(rows, {.update_on_existing_pk = true}).updated, 1);
  EXPECT_THROW(insert(*table, {{4, "d"}}), base::Error);
  EXPECT_THROW(table->erase([](std::string_view) { return true; }, {.type = keyed_.get()}),
               base::Error);
  EXPECT_THROW(rewrite(*table, [](IdAndText&) { return true; }), base::Error);
}

TEST_F(TableRewriteTest, FailedChangeOfTypeChangesNothing) {
  const auto table = make({{1, "a"}, {2, "a"}});
  const auto by_text =
      type_of({{"id", BaseType::long_, {}}, {"s", BaseType::string, {"primary_key"}}});
  const auto same = [](std::string_view row, std::string& converted) { converted = row; };
  EXPECT_THROW(table->change_type(by_text, same), base::Error);
  EXPECT_THROW(table->change_type(
                   keyed_, [](std::string_view, std::string& converted) { converted = "bad"; }),
               base::Error);
  EXPECT_THROW(table->change_type(
                   keyed_, [](std::string_view, std::string&) { throw std::runtime_error("no"); }),
               std::runtime_error);
  EXPECT_EQ(table->type(), keyed_);
  EXPECT_THAT(all(*table), ElementsAre(IdAndText{1, "a"}, IdAndText{2, "a"}));
  expect_keys_found(*table);
}

// Their bytes might pass for rows of the new type.
TEST_F(TableRewriteTest, RowsWrittenAsATypeThatIsGoneAreRefused) {
  const auto table = make({{1, "a"}});
  const auto renamed =
      type_of({{"id", BaseType::long_, {"primary_key"}}, {"other", BaseType::string, {}}});
  table->change_type(renamed, [](std::string_view row, std::string& same) { same = row; });
  const std::string bytes = encode(*keyed_, {2, "b"});
  const std::string_view row[] = {bytes};
  EXPECT_THROW(table->insert(row, {}, keyed_.get()), base::Error);
  EXPECT_EQ(table->read().size(), 1u);
  EXPECT_EQ(table->insert(row, {}, renamed.get()).inserted, 1);
}

TEST_F(TableRewriteTest, ReadersAndInsertersMeetOneTypeOrTheOther) {
  const auto table = make({});
  const auto wide = type_of({{"id", BaseType::long_, {"primary_key"}},
                             {"s", BaseType::string, {}},
                             {"n", BaseType::int_, {"nullable"}}});
  constexpr int64_t rows = 2000;
  std::atomic<int64_t> inserted = 0;
  std::thread inserter([&] {
    for (int64_t i = 0; i < rows; ++i) {
      const std::string narrow_row = encode(*keyed_, {i, "x"});
      const std::string wide_row = narrow_row + '\2';
      const bool is_wide = table->type() == wide;
      const std::string_view row[] = {is_wide ? wide_row : narrow_row};
      try {
        inserted += table->insert(row, {}).inserted;
      } catch (const base::Error&) {  // the type changed in between
      }
    }
  });
  std::thread reader([&] {
    while (inserted < rows / 2) all(*table);  // decode_row throws for a row of another type
  });
  const auto widen = [](std::string_view row, std::string& converted) {
    converted = row;
    converted += '\2';
  };
  const auto narrow = [](std::string_view row, std::string& converted) {
    converted = row.substr(0, row.size() - 1);
  };
  for (int i = 0; i < 20; ++i) {
    table->change_type(wide, widen);
    table->change_type(keyed_, narrow);
  }
  inserter.join();
  inserted = rows;
  reader.join();
  EXPECT_EQ(all(*table).size(), table->read().size());
  expect_keys_found(*table);
}

}  // namespace
}  // namespace kc::server
