// Inserts batches of rows, each row at the rank that holds its shard where the database allows it
// (multi-head ingest), else at the head.
//
//   no key column        the batch goes to one rank after the other, in pieces when it is large
//   a rank is away       its rows go to the head, at once if they certainly did not arrive; the
//                        rank is tried again later
//   rows were rerouted   by the database: the map of shards is read again
//
// (Kinetica documentation, "Multi-Head Ingest".) One thread at a time, the client's abort() apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kinetica/client.h"
#include "kinetica/insert_batch.h"
#include "kinetica/ranks.h"

namespace kc::kinetica {

class Inserter {
 public:
  // `client` outlives this. Without `multihead` every row goes to the head.
  Inserter(Client& client, bool multihead)
      : session_(client.session()), ranks_(client.session(), multihead) {}

  // Sends what is left of the batch, all ranks at once. Afterwards nothing is left, except rows
  // that the database rejected one by one (the outcome names them by their index in the batch).
  // Throws when a part failed, the other parts notwithstanding: what is left then may be tried
  // again with the same batch. An error that is in_doubt() means that some of it may be there.
  InsertOutcome insert(InsertBatch& batch, const wire::Options& options);

 private:
  struct Part;
  struct Attempt;
  InsertOutcome insert_at_head(InsertBatch& batch, const wire::Options& options);
  std::vector<Part> split(const InsertBatch& batch, const std::vector<uint32_t>& rows);
  void send(std::vector<Part>& parts, Attempt& attempt);
  void send_to_head(Part& part, Attempt& attempt);
  void take(const Part& part, std::string_view response, Attempt& attempt);

  Session& session_;
  Ranks ranks_;
  size_t turn_ = 0;  // of the ranks, for tables without a key
  std::string key_;  // reused
};

}  // namespace kc::kinetica
