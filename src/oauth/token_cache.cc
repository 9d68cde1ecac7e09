#include "oauth/token_cache.h"

#include <algorithm>

#include "base/error.h"
#include "base/log.h"

namespace kc::oauth {
namespace {

constexpr std::chrono::seconds retry_interval{10};

}  // namespace

TokenCache::TokenCache(TokenRequest request, std::chrono::seconds early, const base::Clock& clock)
    : endpoint_(std::move(request)), early_(early), clock_(clock) {}

const std::string& TokenCache::token() {
  const auto now = clock_.now();
  if (!token_ || now >= end_) {
    fetch();
  } else if (now >= renew_) {
    try {
      fetch();
    } catch (const base::Error& error) {
      base::log_warn("The access token could not be renewed and serves on: {}", error.what());
      renew_ = now + retry_interval;
    }
  }
  return token_->text.reveal();
}

void TokenCache::fetch() {
  AccessToken token = endpoint_.fetch();
  const auto now = clock_.now();
  const auto left = std::max(std::chrono::system_clock::duration::zero(),
                             token.expires - std::chrono::system_clock::now());
  end_ = now + left;
  renew_ = end_ - std::min<std::chrono::system_clock::duration>(early_, left / 5);
  token_ = std::move(token);
}

}  // namespace kc::oauth
