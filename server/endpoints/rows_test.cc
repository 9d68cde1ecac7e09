// The endpoints that read, change and count rows, without a network between.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "server/network/dispatcher.h"
#include "wire/row_codec.h"

namespace kc::server {
namespace {

using data::Value;
using testing::ElementsAre;
using testing::HasSubstr;
using wire::BaseType;
using wire::Json;

class RowsTest : public testing::Test {
 protected:
  RowsTest() {
    database_.catalog.create_table(
        "t", database_.catalog.create_type(type_.definition(), "", type_.properties())->id, "",
        false);
  }

  // Throws Error(fail_task) with the envelope's message.
  template <typename Response, typename Request>
  Response ask(const Request& request) {
    http::ServerRequest http;
    http.method = "POST";
    http.path = Request::endpoint;
    http.body = wire::encode(request);
    body_ = dispatcher_.answer(http, 0).body;
    const auto envelope = wire::decode_envelope(body_);
    if (!envelope.ok()) throw base::Error(base::Reaction::fail_task, envelope.message);
    return wire::decode<Response>(envelope.data);
  }
  template <typename Response, typename Request>
  std::string refusal(const Request& request) {
    try {
      ask<Response>(request);
    } catch (const base::Error& e) {
      return e.what();
    }
    return "no error";
  }

  std::string row(int64_t id, std::string_view name, const Value& amount) const {
    std::string bytes;
    wire::encode_row(type_, std::vector<Value>{Value::int64(id), Value::string(name), amount},
                     bytes);
    return bytes;
  }
  wire::InsertRecordsResponse insert(const std::vector<std::string>& rows,
                                     wire::Options options = {}) {
    return ask<wire::InsertRecordsResponse>(wire::InsertRecordsRequest{
        .table_name = "t", .list = {rows.begin(), rows.end()}, .options = std::move(options)});
  }
  void insert_three() {
    insert({row(1, "b", Value::string("1.50")), row(2, "a", Value()),
            row(3, "c", Value::string("-2"))});
  }
  std::vector<std::string> read(wire::Options options = {}) {
    const auto response = ask<wire::GetRecordsResponse>(
        wire::GetRecordsRequest{.table_name = "t", .options = std::move(options)});
    return {response.records_binary.begin(), response.records_binary.end()};
  }
  Json columns(wire::Strings names, wire::Options options = {}) {
    const auto response = ask<wire::GetRecordsByColumnResponse>(
        wire::GetRecordsByColumnRequest{.table_name = "t",
                                        .column_names = std::move(names),
                                        .encoding = "json",
                                        .options = std::move(options)});
    return Json::parse(response.json_encoded_response);
  }

  const wire::TableType type_{{{"id", BaseType::long_, {"primary_key"}},
                               {"name", BaseType::string, {"char4"}},
                               {"amount", BaseType::string, {"decimal(10,2)", "nullable"}}}};
  Database database_{ServerOptions{}};
  Dispatcher dispatcher_{database_};
  std::string body_;
};

TEST_F(RowsTest, RowsAreFoundByKeyAndSorted) {
  insert_three();
  EXPECT_THAT(read({{"expression", "(id = 2)"}, {"fast_index_lookup", "true"}}),
              ElementsAre(row(2, "a", Value())));
  EXPECT_TRUE(read({{"expression", "id = 2 and name = 'b'"}}).empty());
  EXPECT_THAT(read({{"sort_by", "amount"}, {"sort_order", "descending"}}),
              ElementsAre(row(1, "b", Value::string("1.50")), row(3, "c", Value::string("-2")),
                          row(2, "a", Value())));
  EXPECT_THAT(refusal<wire::GetRecordsResponse>(
                  wire::GetRecordsRequest{.table_name = "t", .encoding = "arrow"}),
              HasSubstr("`arrow`"));
}

TEST_F(RowsTest, ColumnsAreReadWithAliasesExpressionsAndOrder) {
  insert_three();
  const Json all = columns({"*"}, {{"order_by", "name desc"}});
  EXPECT_EQ(all["column_1"], Json({3, 1, 2}));
  EXPECT_EQ(all["column_3"], Json({"-2", "1.50", nullptr}));
  EXPECT_EQ(all["column_headers"], Json({"id", "name", "amount"}));
  EXPECT_EQ(all["column_datatypes"], Json({"long", "char4", "decimal(10,2)"}));
  const Json some = columns({"name as n", "id * 2 AS twice"}, {{"expression", "amount < 0"}});
  EXPECT_EQ(some["column_1"], Json::array({"c"}));
  EXPECT_EQ(some["column_2"], Json::array({6}));
  EXPECT_EQ(some["column_headers"], Json({"n", "twice"}));
  const auto page = ask<wire::GetRecordsByColumnResponse>(wire::GetRecordsByColumnRequest{
      .table_name = "t", .column_names = {"id"}, .offset = 1, .limit = 1});
  EXPECT_TRUE(page.has_more_records);
  EXPECT_EQ(page.total_number_of_records, 3);
  EXPECT_EQ(page.binary_encoded_response.substr(0, 3), std::string("\x02\x04\x00", 3));
}

TEST_F(RowsTest, InsertOptionsDoWhatTheyAreDocumentedToDo) {
  const auto ids =
      insert({row(1, "a", Value()), row(2, "b", Value())}, {{"return_record_ids", "true"}});
  EXPECT_EQ(ids.record_ids.size(), 2u);
  const std::vector<std::string> mixed = {row(1, "x", Value()), row(3, "c", Value())};
  EXPECT_EQ(insert(mixed, {{"dry_run", "true"}, {"update_on_existing_pk", "true"}}).count_updated,
            1);
  EXPECT_EQ(read().size(), 2u);
  const auto whole = insert(mixed, {{"return_individual_errors", "true"}});
  EXPECT_EQ(whole.count_inserted, 0);
  EXPECT_EQ(whole.info.at("bad_record_indices"), "0");
  EXPECT_EQ(insert(mixed, {{"ignore_existing_pk", "true"}}).count_inserted, 1);
  const auto skipped = insert({row(4, "a", Value::string("1")), row(5, "e", Value::string("x"))},
                              {{"error_handling", "permissive"}});
  EXPECT_EQ(skipped.count_inserted, 2);
  for (const char* unknown : {"request_schema_str", "pk_conflict_predicate_higher"}) {
    EXPECT_THROW(insert(mixed, {{unknown, "x"}}), base::Error);
  }
  EXPECT_THROW(insert(mixed, {{"error_handling", "abort"}, {"allow_partial_batch", "true"}}),
               base::Error);
}

TEST_F(RowsTest, RecordsAreDeletedByIdExpressionOrAllTogether) {
  const auto ids =
      insert({row(1, "a", Value()), row(2, "b", Value())}, {{"return_record_ids", "true"}})
          .record_ids;
  const auto erase = [&](wire::Strings expressions, wire::Options options) {
    return ask<wire::DeleteRecordsResponse>(wire::DeleteRecordsRequest{
        .table_name = "t", .expressions = std::move(expressions), .options = std::move(options)});
  };
  EXPECT_EQ(erase({}, {{"record_id", ids.at(1)}}).count_deleted, 1);
  EXPECT_THAT(read(), ElementsAre(row(1, "a", Value())));
  EXPECT_THROW(erase({"id = 1"}, {{"record_id", ids.at(0)}}), base::Error);
  EXPECT_EQ(erase({"id = 1"}, {{"global_expression", "name = 'x'"}}).count_deleted, 0);
  EXPECT_THAT(erase({""}, {}).counts_deleted, ElementsAre(1));
}

TEST_F(RowsTest, UpdatesTakeConstantsExpressionsAndRecordsToInsert) {
  insert_three();
  const auto update = [&](wire::UpdateRecordsRequest request) {
    request.table_name = "t";
    return ask<wire::UpdateRecordsResponse>(request);
  };
  wire::NewValues values;
  values["amount"] = "7.25";
  wire::NewValues none;
  none["amount"] = std::nullopt;
  const auto both =
      update({.expressions = {"id = 2", "id > 2"}, .new_values_maps = {values, none}});
  EXPECT_THAT(both.counts_updated, ElementsAre(1, 1));
  EXPECT_THAT(read(), ElementsAre(row(1, "b", Value::string("1.50")),
                                  row(2, "a", Value::string("7.25")), row(3, "c", Value())));

  EXPECT_THROW(update({.expressions = {"id = 2"},
                       .new_values_maps = {values},
                       .options = {{"error_handling", "skip"}}}),
               base::Error);

  wire::NewValues twice;
  twice["amount"] = "amount * 2";
  update({.expressions = {"id = 2"},
          .new_values_maps = {twice},
          .options = {{"use_expressions_in_new_values_maps", "true"}}});
  EXPECT_THAT(read({{"expression", "id = 2"}}), ElementsAre(row(2, "a", Value::string("14.50"))));

  const std::string fresh = row(9, "i", Value());
  const auto inserted = update(
      {.expressions = {"id = 9"}, .new_values_maps = {values}, .records_to_insert = {fresh}});
  EXPECT_THAT(inserted.counts_inserted, ElementsAre(1));

  wire::NewValues key;
  key["id"] = "1";
  EXPECT_THROW(update({.expressions = {"name = 'c'"}, .new_values_maps = {key}}), base::Error);
  EXPECT_THROW(update({.expressions = {"id = 3"}, .new_values_maps = {key}}), base::Error);
  EXPECT_EQ(update({.expressions = {"id = 3"},
                    .new_values_maps = {key},
                    .options = {{"update_on_existing_pk", "true"}}})
                .count_updated,
            1);
  EXPECT_EQ(read().size(), 3u);
  wire::NewValues longer;
  longer["name"] = "abcdef";
  EXPECT_THROW(update({.expressions = {"id = 1"}, .new_values_maps = {longer}}), base::Error);
  EXPECT_EQ(update({.expressions = {"id = 1"},
                    .new_values_maps = {longer},
                    .options = {{"truncate_strings", "true"}}})
                .count_updated,
            1);
}

TEST_F(RowsTest, AggregatesCountWhatIsNotNull) {
  insert_three();
  const auto stats = ask<wire::AggregateStatisticsResponse>(wire::AggregateStatisticsRequest{
      .table_name = "t", .column_name = "amount", .stats = "sum,mean,min,max,percentile(50,200)"});
  EXPECT_EQ(stats.stats.at("count"), 3);
  EXPECT_EQ(stats.stats.at("sum"), -0.5);
  EXPECT_EQ(stats.stats.at("mean"), -0.25);
  EXPECT_EQ(stats.stats.at("min"), -2);
  EXPECT_EQ(stats.stats.at("percentile(50,200)"), -0.25);
  EXPECT_THAT(refusal<wire::AggregateStatisticsResponse>(wire::AggregateStatisticsRequest{
                  .table_name = "t", .column_name = "amount", .stats = "mode"}),
              HasSubstr("`mode`"));
  const auto ends = ask<wire::AggregateMinMaxResponse>(
      wire::AggregateMinMaxRequest{.table_name = "t", .column_name = "id"});
  EXPECT_EQ(ends.min, 1);
  EXPECT_EQ(ends.max, 3);
  const auto unique = ask<wire::AggregateUniqueResponse>(wire::AggregateUniqueRequest{
      .table_name = "t", .column_name = "name", .limit = 2, .encoding = "json"});
  EXPECT_TRUE(unique.has_more_records);
  EXPECT_EQ(Json::parse(unique.json_encoded_response)["column_1"], Json({"a", "b"}));
}

TEST_F(RowsTest, RowsAreGrouped) {
  const auto grouped = [&](wire::Strings columns, wire::Options options, int64_t limit) {
    const auto response = ask<wire::AggregateGroupByResponse>(
        wire::AggregateGroupByRequest{.table_name = "t",
                                      .column_names = std::move(columns),
                                      .limit = limit,
                                      .encoding = "json",
                                      .options = std::move(options)});
    const Json json = Json::parse(response.json_encoded_response);
    return json["column_headers"].dump() + json["column_1"].dump() + json["column_2"].dump() +
           std::to_string(response.total_number_of_records) +
           (response.has_more_records ? " more" : "");
  };
  insert_three();
  EXPECT_EQ(grouped({"name", "sum(id)"}, {{"sort_by", "key"}}, wire::end_of_set),
            R"x(["name","sum(id)"]["a","b","c"][2,1,3]3)x");
  EXPECT_EQ(grouped({"name", "count(*) as n"}, {{"expression", "id > 1"}}, 1),
            R"(["name","n"]["a"][1]2 more)");
  EXPECT_EQ(grouped({"id / 2", "count(*)"},
                    {{"having", "max(id) < 3"}, {"order_by", "id / 2 desc"}}, wire::end_of_set),
            R"x(["id / 2","count(*)"][1.0,0.5][1,1]2)x");
  EXPECT_THAT(refusal<wire::AggregateGroupByResponse>(wire::AggregateGroupByRequest{
                  .table_name = "t", .column_names = {"name"}, .options = {{"sort_by", "x"}}}),
              HasSubstr("sort_by"));
}

}  // namespace
}  // namespace kc::server
