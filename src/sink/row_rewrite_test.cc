#include "sink/row_rewrite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "sink/row_batch.h"
#include "wire/row_codec.h"

namespace kc::sink {
namespace {

using data::Value;
using testing::ElementsAre;
using testing::HasSubstr;
using wire::BaseType;
using Columns = std::vector<wire::Column>;

class RowRewriteTest : public testing::Test {
 protected:
  RowRewriteTest() {
    batch_.target = insert_target(table(columns_));
    for (int64_t id = 1; id <= 2; ++id) {
      add({Value::int64(id), Value::string(id == 1 ? "one" : ""), Value::float32(0.5F)});
    }
  }

  static kinetica::Table table(Columns columns) {
    kinetica::Table result;
    result.name = "t";
    result.type = wire::TableType(std::move(columns));
    return result;
  }
  void add(const std::vector<Value>& values) {
    std::string row;
    wire::encode_row(batch_.target->type, values, row);
    char* out = batch_.body.begin_row(row.size());
    batch_.body.end_row(std::ranges::copy(row, out).out);
  }
  std::vector<std::vector<Value>> rows() const {
    std::vector<std::vector<Value>> result;
    wire::AvroReader in(batch_.body.row_bytes());
    while (!in.at_end()) {
      wire::decode_row(batch_.target->type, in.read_bytes(), result.emplace_back());
    }
    return result;
  }
  // Why not; empty when the batch is for the new columns.
  std::string rewrite(Columns columns) {
    std::string reason;
    const bool done = rewrite_rows(batch_, table(std::move(columns)), reason);
    EXPECT_EQ(done, reason.empty());
    return reason;
  }

  const Columns columns_ = {{"id", BaseType::long_, {"primary_key"}},
                            {"text", BaseType::string, {"char8"}},
                            {"real", BaseType::float_, {}}};
  kinetica::InsertBatch batch_;
};

TEST_F(RowRewriteTest, ValuesFindTheirColumnsByName) {
  batch_.left = {1};
  EXPECT_EQ(rewrite({{"real", BaseType::double_, {"nullable"}},
                     {"new", BaseType::int_, {"nullable"}},
                     {"id", BaseType::long_, {"primary_key"}},
                     {"text", BaseType::string, {"nullable", "char16"}}}),
            "");
  EXPECT_THAT(
      rows(),
      ElementsAre(ElementsAre(Value::float64(0.5), Value(), Value::int64(1), Value::string("one")),
                  ElementsAre(Value::float64(0.5), Value(), Value::int64(2), Value::string(""))));
  EXPECT_THAT(batch_.target->key.columns(), ElementsAre(2));
  EXPECT_EQ(batch_.left, std::vector<uint32_t>{1});
  EXPECT_EQ(batch_.body.rows(), 2U);
}

TEST_F(RowRewriteTest, WhatWouldLoseAValueIsLeftAsItWas) {
  const auto before = rows();
  auto renamed = columns_;
  renamed[1].name = "words";
  EXPECT_THAT(rewrite(renamed), HasSubstr("column text is gone"));
  auto demanding = columns_;
  demanding.push_back({"new", BaseType::int_, {}});
  EXPECT_THAT(rewrite(demanding), HasSubstr("field new"));
  auto narrower = columns_;
  narrower[1].properties = {"char2"};
  EXPECT_THAT(rewrite(narrower), HasSubstr("field text"));
  auto other = columns_;
  other[1] = {"text", BaseType::int_, {}};
  EXPECT_THAT(rewrite(other), HasSubstr("field text"));
  EXPECT_EQ(rows(), before);
  EXPECT_EQ(batch_.target->type, wire::TableType(columns_));
}

}  // namespace
}  // namespace kc::sink
