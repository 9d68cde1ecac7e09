#include "kinetica/ranks.h"

#include "base/error.h"
#include "base/log.h"
#include "wire/messages.h"

namespace kc::kinetica {

using base::Error;
using base::Reaction;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {
constexpr milliseconds absence_min{5000};
constexpr milliseconds absence_max{300'000};
}  // namespace

const RankMap& Ranks::map() {
  if (!enabled_) return map_;
  if (!loaded_ || cluster_ != session_.cluster_switches()) {
    load();
  } else if (expired_ && steady_clock::now() >= next_load_) {
    const RankMap before = map_;
    load();
    // A database that reroutes and shows the same shards is not asked at every insert.
    if (map_ == before) {
      next_load_ = steady_clock::now() + unchanged_.next();
    } else {
      unchanged_.reset();
    }
  }
  return map_;
}

void Ranks::load() {
  RankMap map;
  try {
    const auto properties =
        session_.call<wire::ShowSystemPropertiesResponse>(wire::ShowSystemPropertiesRequest{});
    map.worker_urls = worker_urls(properties.property_map, session_.cluster());
    if (map.worker_urls.size() > 1) {
      auto shards = session_.call<wire::AdminShowShardsResponse>(wire::AdminShowShardsRequest{});
      map.shards = std::move(shards.rank);
      map.version = shards.version;
    }
  } catch (const Error& error) {
    if (error.reaction() == Reaction::retry) throw;
    base::log_warn(
        "All rows go to the head of Kinetica at {}, because it does not tell its ranks: {}",
        session_.cluster().address(), error.what());
    map = {};
  }
  map_ = std::move(map);
  loaded_ = true;
  expired_ = false;
  cluster_ = session_.cluster_switches();
}

bool Ranks::available(size_t rank) const {
  const auto found = away_.find(map_.worker_urls[rank - 1]);
  return found == away_.end() || steady_clock::now() >= found->second.until;
}

void Ranks::set_away(size_t rank, const std::string& why) {
  const std::string& url = map_.worker_urls[rank - 1];
  const auto [absence, first] = away_.try_emplace(url, Absence{{}, {absence_min, absence_max}});
  const milliseconds wait = absence->second.wait.next();
  absence->second.until = steady_clock::now() + wait;
  base::log_warn("Rank {} of Kinetica at {} ({}) is away, its rows go to the head for {} ms: {}",
                 rank, session_.cluster().address(), url, wait.count(), why);
  expired_ = true;
  next_load_ = {};
}

}  // namespace kc::kinetica
