#include "wire/insert_body.h"

#include <gtest/gtest.h>

#include "wire/message_codec.h"
#include "wire/messages.h"

namespace kc::wire {
namespace {

void add(InsertBody& body, std::string_view row) {
  char* out = body.begin_row(row.size());
  std::memcpy(out, row.data(), row.size());
  body.end_row(out + row.size());
}

std::string whole(InsertBody& body, const Options& options = {}) {
  std::string bytes;
  for (std::string_view part : body.parts("schema.table", options)) bytes += part;
  return bytes;
}

TEST(InsertBody, IsTheRequestForRowsOfEveryLengthOfLength) {
  InsertBody body;
  std::vector<std::string> rows;
  for (size_t size : {0u, 1u, 63u, 64u, 100u, 8191u, 8192u, 100'000u, 2'000'000u}) {
    rows.emplace_back(size, static_cast<char>('a' + size % 26));
  }
  for (const std::string& row : rows) add(body, row);
  EXPECT_EQ(body.rows(), rows.size());

  const std::string expected =
      encode(InsertRecordsRequest{.table_name = "schema.table",
                                  .list = {rows.begin(), rows.end()},
                                  .options = {{"update_on_existing_pk", "true"}}});
  EXPECT_EQ(whole(body, {{"update_on_existing_pk", "true"}}), expected);
}

TEST(InsertBody, AbandonedRowLeavesNothing) {
  InsertBody body;
  body.begin_row(1000);
  add(body, "x");
  EXPECT_EQ(whole(body), encode(InsertRecordsRequest{.table_name = "schema.table", .list = {"x"}}));
}

TEST(InsertBody, ClearedBodyIsEmpty) {
  InsertBody body;
  add(body, "x");
  body.clear();
  EXPECT_TRUE(body.empty());
  EXPECT_EQ(body.bytes(), 0u);
  EXPECT_EQ(whole(body), encode(InsertRecordsRequest{.table_name = "schema.table"}));
}

}  // namespace
}  // namespace kc::wire
