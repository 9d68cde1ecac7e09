#include "base/redaction.h"

#include <algorithm>
#include <atomic>
#include <vector>

#include "base/guarded.h"

namespace kc::base {
namespace {

constexpr size_t secrets_max = 4096;
constexpr std::string_view hidden = "[hidden]";

struct Registry {
  Guarded<std::vector<std::string>> secrets;  // the longest first: one may be a part of another
  std::atomic<bool> any = false;
};

Registry& registry() {
  static Registry instance;
  return instance;
}

}  // namespace

void redact(std::string_view secret) {
  if (secret.size() < redacted_bytes_min) return;
  registry().secrets.with([secret](auto& secrets) {
    if (secrets.size() >= secrets_max || std::ranges::find(secrets, secret) != secrets.end()) {
      return;
    }
    const auto place = std::ranges::find_if(
        secrets, [secret](const std::string& one) { return one.size() < secret.size(); });
    secrets.emplace(place, secret);
  });
  registry().any = true;
}

std::string redacted(std::string text) {
  if (!registry().any) return text;
  registry().secrets.with([&text](const auto& secrets) {
    for (const std::string& secret : secrets) {
      for (size_t at = text.find(secret); at != text.npos; at = text.find(secret, at)) {
        text.replace(at, secret.size(), hidden);
        at += hidden.size();
      }
    }
  });
  return text;
}

}  // namespace kc::base
