#include "kinetica/rank_map.h"

#include <fmt/core.h>

#include "base/error.h"
#include "wire/shard_key.h"

namespace kc::kinetica {

namespace {

std::string property(const std::map<std::string, std::string>& properties, const char* name) {
  const auto found = properties.find(name);
  return found == properties.end() ? std::string() : found->second;
}

// The ranks' entries of a list: `;` between ranks, `,` between the addresses of one, of which the
// first counts. The head's entry is left out.
std::vector<std::string> entries(const std::string& list) {
  std::vector<std::string> result;
  if (list.empty()) return result;
  for (size_t begin = 0; begin <= list.size();) {
    const size_t end = std::min(list.find(';', begin), list.size());
    const std::string entry = list.substr(begin, end - begin);
    result.push_back(entry.substr(0, entry.find(',')));
    begin = end + 1;
  }
  result.erase(result.begin());
  return result;
}

// Empty for what is no URL: such a rank cannot be reached, and its rows go to the head.
std::string checked(const std::string& text) {
  try {
    return text.empty() ? "" : parse_urls(text).front().base();
  } catch (const base::Error&) {
    return "";
  }
}

}  // namespace

size_t RankMap::rank_of(int64_t routing_hash) const {
  const auto rank = static_cast<size_t>(shards[wire::shard_index(routing_hash, shards.size())]);
  return rank >= 1 && rank <= worker_urls.size() && !worker_urls[rank - 1].empty() ? rank : 0;
}

std::vector<std::string> worker_urls(const std::map<std::string, std::string>& properties,
                                     const Url& head) {
  if (property(properties, "conf.enable_worker_http_servers") != "TRUE") return {};
  std::vector<std::string> urls = entries(property(properties, "conf.worker_http_server_urls"));
  if (urls.empty()) {
    urls = entries(property(properties, "conf.worker_http_server_ips"));
    const auto ports = entries(property(properties, "conf.worker_http_server_ports"));
    if (ports.size() != urls.size()) return {};
    for (size_t i = 0; i < urls.size(); ++i) {
      if (urls[i].empty()) continue;
      urls[i] = fmt::format("{}://{}:{}", head.https ? "https" : "http", urls[i], ports[i]);
    }
  }
  for (std::string& url : urls) url = checked(url);
  return urls;
}

}  // namespace kc::kinetica
