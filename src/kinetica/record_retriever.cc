#include "kinetica/record_retriever.h"

#include <array>
#include <utility>

#include "base/error.h"
#include "kinetica/key_expression.h"
#include "wire/messages.h"

namespace kc::kinetica {

using base::Error;
using base::Reaction;

RecordRetriever::RecordRetriever(Client& client, Table table, bool multihead)
    : client_(client),
      table_(std::move(table)),
      key_(table_.type),
      columns_(key_.columns()),
      ranks_(client.session(), multihead && !table_.is_replicated) {
  if (!key_.empty()) return;
  throw Error(Reaction::fix_config,
              "Table {} has no key to look rows up by; read it with an expression", table_.name);
}

Rows RecordRetriever::get(std::span<const data::Value> key, std::string_view more) {
  if (key.size() != columns_.size()) {
    throw Error(Reaction::fail_task, "The key of table {} has {} columns; {} values were given",
                table_.name, columns_.size(), key.size());
  }
  std::vector<data::Value> row(table_.type.columns().size());
  std::vector<ColumnValue> values;
  for (size_t i = 0; i < key.size(); ++i) {
    row[columns_[i]] = key[i];
    values.push_back({&table_.type.columns()[columns_[i]], key[i]});
  }
  std::string expression = key_expression(values);
  if (!more.empty()) expression.append(" and (").append(more).append(")");
  const wire::Options options{{"expression", expression}, {"fast_index_lookup", "true"}};

  const RankMap& map = ranks_.map();
  const size_t rank = map.multihead() ? map.rank_of(key_.hash(row)) : 0;
  if (rank > 0 && ranks_.available(rank)) {
    const std::string body =
        wire::encode(wire::GetRecordsRequest{.table_name = table_.name, .options = options});
    const std::array<std::string_view, 1> parts{body};
    const std::array requests{RankRequest{ranks_.url(rank), parts}};
    auto answers = client_.session().post_to_ranks(wire::GetRecordsRequest::endpoint, requests);
    if (!answers[0].error) return rows_of(answers[0].response);
    if (answers[0].error->reaction() == Reaction::fail_task || client_.session().aborted()) {
      throw *std::move(answers[0].error);
    }
    ranks_.set_away(rank, answers[0].error->what());
  }
  return client_.get_records(table_.name, 0, wire::end_of_set, options);
}

}  // namespace kc::kinetica
