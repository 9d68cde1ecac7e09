#include "kinetica/cluster_ring.h"

#include <algorithm>
#include <random>

namespace kc::kinetica {

namespace {
constexpr std::chrono::milliseconds failback_wait_max{300'000};
}

ClusterRing::ClusterRing(const ClientSettings& settings)
    : clusters_(parse_urls(settings.url)),
      failback_wait_(settings.failback_wait),
      failback_(failback_wait_, std::max(failback_wait_, failback_wait_max)) {
  if (!settings.primary_url.empty()) {
    const Url primary = parse_urls(settings.primary_url).front();
    std::erase(clusters_, primary);
    clusters_.insert(clusters_.begin(), primary);
  }
  if (settings.random_order) {
    // A primary that nobody named is one of many.
    const auto first = clusters_.begin() + (settings.primary_url.empty() ? 0 : 1);
    std::shuffle(first, clusters_.end(), std::minstd_rand(std::random_device{}()));
  }
  unchecked_ = clusters_.size() > 1;
}

void ClusterRing::leave_current(time_point now) {
  if (clusters_.size() < 2) return;
  if (current_ == 0) {
    failback_ = base::Backoff(failback_wait_, std::max(failback_wait_, failback_wait_max));
    next_failback_ = now + failback_.next();
  }
  current_ = (current_ + 1) % clusters_.size();
  unchecked_ = true;
  ++switches_;
}

const Url* ClusterRing::primary_to_check(time_point now) const {
  return current_ == 0 || now < next_failback_ ? nullptr : &clusters_.front();
}

void ClusterRing::primary_is_back() {
  current_ = 0;
  unchecked_ = false;
  ++switches_;
}

void ClusterRing::primary_is_away(time_point now) { next_failback_ = now + failback_.next(); }

void ClusterRing::add_discovered(const std::string& head_nodes) {
  const auto known = [&](const Url& url) {
    return std::ranges::find(clusters_, url) != clusters_.end();
  };
  size_t begin = 0;
  while (begin < head_nodes.size()) {
    const size_t end = std::min(head_nodes.find(';', begin), head_nodes.size());
    const std::string addresses = head_nodes.substr(begin, end - begin);
    begin = end + 1;
    if (addresses.find_first_not_of(" ,") == std::string::npos) continue;
    // Several addresses of one cluster: any that we know is enough, else each may be the one that
    // can be reached from here.
    const auto urls = parse_urls(addresses);
    if (std::ranges::any_of(urls, known)) continue;
    clusters_.insert(clusters_.end(), urls.begin(), urls.end());
  }
}

}  // namespace kc::kinetica
