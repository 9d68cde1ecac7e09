// The ranks of the cluster in use as one client knows them: their map, read when it is needed and
// again when it may have changed, and which of them do not answer just now.
//
// One thread.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "base/backoff.h"
#include "kinetica/rank_map.h"
#include "kinetica/session.h"

namespace kc::kinetica {

class Ranks {
 public:
  // Without `enabled` everything goes to the head. `session` outlives this.
  Ranks(Session& session, bool enabled) : session_(session), enabled_(enabled) {}

  // Throws Error(retry) when the database is away. A database that does not show its shards is
  // used by its head alone.
  const RankMap& map();
  // The shards may have moved: the database said so (`data_rerouted`).
  void expire() { expired_ = true; }

  // Of a rank of the map that was read last.
  const std::string& url(size_t rank) const { return map_.worker_urls[rank - 1]; }
  // Whether rows can be sent there now.
  bool available(size_t rank) const;
  // It did not answer: for a while it is left alone, and its rows go to the head. The map is read
  // again, since it may have moved.
  void set_away(size_t rank, const std::string& why);

 private:
  struct Absence {
    std::chrono::steady_clock::time_point until;
    base::Backoff wait;
  };
  void load();

  Session& session_;
  const bool enabled_;
  bool loaded_ = false;
  bool expired_ = false;
  uint64_t cluster_ = 0;
  RankMap map_;
  std::map<std::string, Absence> away_;  // by URL
  base::Backoff unchanged_{std::chrono::milliseconds(1000), std::chrono::milliseconds(60'000)};
  std::chrono::steady_clock::time_point next_load_{};
};

}  // namespace kc::kinetica
