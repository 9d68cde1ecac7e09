#include "kinetica/inserter.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "base/error.h"
#include "wire/avro.h"
#include "wire/messages.h"

namespace kc::kinetica {

using base::Error;
using base::Reaction;
using wire::Options;

namespace {

// Without a key, a piece of fewer rows is not worth a request of its own.
constexpr size_t piece_rows_min = 1000;

constexpr std::string_view endpoint = wire::InsertRecordsRequest::endpoint;

bool is_true(const Options& options, const char* name) {
  const auto found = options.find(name);
  return found != options.end() && found->second == "true";
}

// The rows of a body, each with its length before it.
std::vector<std::string_view> rows_of(std::string_view bytes, size_t count) {
  std::vector<std::string_view> rows;
  rows.reserve(count);
  wire::AvroReader in(bytes);
  while (!in.at_end()) {
    const char* const begin = in.current();
    in.read_bytes();
    rows.emplace_back(begin, static_cast<size_t>(in.current() - begin));
  }
  return rows;
}

}  // namespace

// The rows of a batch that go to one rank.
struct Inserter::Part {
  size_t rank = 0;             // 0: the head
  std::vector<uint32_t> rows;  // indexes in the batch
  // The request: head, rows, tail; rows that are neighbours in the body are one piece.
  std::vector<std::string_view> pieces{std::string_view()};
  std::string head;
  std::string tail;

  void add(uint32_t index, std::string_view row) {
    rows.push_back(index);
    std::string_view& last = pieces.back();
    if (pieces.size() > 1 && last.data() + last.size() == row.data()) {
      last = {last.data(), last.size() + row.size()};
    } else {
      pieces.push_back(row);
    }
  }
  void finish(std::string_view table, const Options& options) {
    wire::write_insert_head(table, rows.size(), head);
    wire::write_insert_tail(options, tail);
    pieces.front() = head;
    pieces.push_back(tail);
  }
};

// What becomes of one call of insert().
struct Inserter::Attempt {
  const Options& options;
  InsertOutcome outcome;
  std::vector<uint32_t> left;       // to be tried again by the caller
  std::vector<uint32_t> elsewhere;  // did not arrive, to be sent to another rank
  std::optional<Error> error;

  // The rows that an answer leaves out.
  void take(const Part& part, const wire::InsertRecordsResponse& response) {
    outcome.inserted += response.count_inserted;
    outcome.updated += response.count_updated;
    const auto errors = row_errors(response.info);
    for (const RowError& row_error : errors) {
      if (row_error.row >= part.rows.size()) continue;
      const uint32_t row = part.rows[row_error.row];
      outcome.rejected.push_back({row, row_error.message});
      if (is_true(options, "allow_partial_batch")) left.push_back(row);
    }
    // Otherwise one bad row keeps all others of its request out, too.
    if (!errors.empty() && !is_true(options, "allow_partial_batch")) {
      left.insert(left.end(), part.rows.begin(), part.rows.end());
    }
  }
  void fail(const std::vector<uint32_t>& rows, const Error& why) {
    left.insert(left.end(), rows.begin(), rows.end());
    // The one that the caller has to know about first: rows in doubt, then what retrying cannot
    // mend.
    const auto weight = [](const Error& e) {
      return (e.in_doubt() ? 2 : 0) + (e.reaction() == Reaction::retry ? 0 : 1);
    };
    if (!error || weight(why) > weight(*error)) error = why;
  }
};

InsertOutcome Inserter::insert(InsertBatch& batch, const Options& options) {
  const bool split_up = !batch.target->head_only && ranks_.map().multihead();
  if (!split_up && !batch.left) return insert_at_head(batch, options);
  std::vector<uint32_t> rows;
  if (batch.left) {
    rows = *batch.left;
  } else {
    rows.resize(batch.body.rows());
    std::iota(rows.begin(), rows.end(), 0);
  }
  Attempt attempt{.options = options, .outcome = {}, .left = {}, .elsewhere = {}, .error = {}};
  // Ends, because each time at least one rank more is away, and the head is final.
  while (!rows.empty()) {
    try {
      auto parts = split(batch, rows);
      for (Part& part : parts) part.finish(batch.target->table, options);
      send(parts, attempt);
    } catch (const Error& error) {
      // The map could not be read again, so nothing was sent; what was acknowledged before stays
      // so.
      attempt.fail(rows, error);
      break;
    }
    rows = std::exchange(attempt.elsewhere, {});
  }
  std::ranges::sort(attempt.left);
  batch.left = std::move(attempt.left);
  if (attempt.error) throw *std::move(attempt.error);
  std::ranges::sort(attempt.outcome.rejected, {}, &RowError::row);
  return std::move(attempt.outcome);
}

// The body as it is.
InsertOutcome Inserter::insert_at_head(InsertBatch& batch, const Options& options) {
  Part part;
  part.rows.resize(batch.body.rows());
  std::iota(part.rows.begin(), part.rows.end(), 0);
  const auto body = batch.body.parts(batch.target->table, options);
  Attempt attempt{.options = options, .outcome = {}, .left = {}, .elsewhere = {}, .error = {}};
  attempt.take(part, wire::decode<wire::InsertRecordsResponse>(
                         session_.post(endpoint, body, Repeat::never)));
  std::ranges::sort(attempt.left);
  batch.left = std::move(attempt.left);
  return std::move(attempt.outcome);
}

std::vector<Inserter::Part> Inserter::split(const InsertBatch& batch,
                                            const std::vector<uint32_t>& rows) {
  const RankMap none;
  const RankMap& map = batch.target->head_only ? none : ranks_.map();
  const auto bytes = rows_of(batch.body.row_bytes(), batch.body.rows());
  std::vector<Part> parts(map.multihead() ? map.worker_urls.size() + 1 : 1);
  for (size_t rank = 0; rank < parts.size(); ++rank) parts[rank].rank = rank;
  const auto usable = [&](size_t rank) {
    return rank > 0 && !map.worker_urls[rank - 1].empty() && ranks_.available(rank) ? rank : 0;
  };
  if (!map.multihead()) {
    for (const uint32_t row : rows) parts[0].add(row, bytes[row]);
  } else if (batch.target->key.empty()) {
    const size_t ranks = map.worker_urls.size();
    const size_t pieces = std::clamp<size_t>(rows.size() / piece_rows_min, 1, ranks);
    for (size_t i = 0; i < rows.size(); ++i) {
      const size_t rank = (turn_ + i * pieces / rows.size()) % ranks + 1;
      parts[usable(rank)].add(rows[i], bytes[rows[i]]);
    }
    turn_ = (turn_ + pieces) % ranks;
  } else {
    std::vector<size_t> destination(parts.size());
    for (size_t rank = 1; rank < parts.size(); ++rank) destination[rank] = usable(rank);
    for (const uint32_t row : rows) {
      wire::AvroReader in(bytes[row]);
      const int64_t hash = batch.target->key.hash_of_row(in.read_bytes(), key_);
      parts[destination[map.rank_of(hash)]].add(row, bytes[row]);
    }
  }
  std::erase_if(parts, [](const Part& part) { return part.rows.empty(); });
  return parts;
}

void Inserter::send(std::vector<Part>& parts, Attempt& attempt) {
  const auto first_worker =
      std::ranges::find_if(parts, [](const Part& part) { return part.rank != 0; });
  std::vector<RankRequest> requests;
  for (auto part = first_worker; part != parts.end(); ++part) {
    requests.push_back({ranks_.url(part->rank), part->pieces});
  }
  const auto answers =
      requests.empty() ? std::vector<RankAnswer>() : session_.post_to_ranks(endpoint, requests);
  for (size_t i = 0; i < answers.size(); ++i) {
    const Part& part = first_worker[static_cast<std::ptrdiff_t>(i)];
    const auto& error = answers[i].error;
    if (!error) {
      take(part, answers[i].response, attempt);
      continue;
    }
    const bool away = error->reaction() != Reaction::fail_task && !session_.aborted();
    if (away) ranks_.set_away(part.rank, error->what());
    if (away && !error->in_doubt()) {
      attempt.elsewhere.insert(attempt.elsewhere.end(), part.rows.begin(), part.rows.end());
    } else {
      attempt.fail(part.rows, *error);
    }
  }
  if (first_worker != parts.begin()) send_to_head(parts.front(), attempt);
}

void Inserter::send_to_head(Part& part, Attempt& attempt) {
  try {
    take(part, session_.post(endpoint, part.pieces, Repeat::never), attempt);
  } catch (const Error& error) {
    attempt.fail(part.rows, error);
  }
}

void Inserter::take(const Part& part, std::string_view response, Attempt& attempt) {
  wire::InsertRecordsResponse decoded;
  try {
    decoded = wire::decode<wire::InsertRecordsResponse>(response);
  } catch (const Error& error) {
    // The rows are probably there, but nobody can tell which.
    return attempt.fail(part.rows, Error(error.reaction(), error.what()).with_in_doubt());
  }
  if (is_true(decoded.info, "data_rerouted")) ranks_.expire();
  attempt.take(part, decoded);
}

}  // namespace kc::kinetica
