#include "worker/shared_security.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace kc::worker {
namespace {

using config::Properties;

constexpr const char* protocol = "security.protocol";

bool has_https_listener(const Properties& worker) {
  std::string listeners = worker.get("listeners") + "," + worker.get("admin.listeners");
  std::ranges::transform(listeners, listeners.begin(), [](unsigned char character) {
    return static_cast<char>(std::tolower(character));
  });
  return listeners.find("https://") != std::string::npos;
}

bool names_stores(const Properties& security) {
  return std::ranges::any_of(security.entries(), [](const auto& entry) {
    return !entry.second.empty() &&
           (entry.first == "ssl.truststore.location" ||
            entry.first == "ssl.truststore.certificates" || entry.first == "ssl.keystore.location");
  });
}

bool inherits(const Properties& own) {
  return !own.contains(protocol) && !own.contains("bootstrap.servers");
}

}  // namespace

Properties shared_security(const Properties& worker) {
  Properties result;
  for (const auto& [name, value] : worker.entries()) {
    const bool shared = name == protocol || name.starts_with("ssl.") || name.starts_with("sasl.");
    if (shared) result.set(name, value);
  }
  if (!result.contains(protocol) && names_stores(result) && !has_https_listener(worker)) {
    result.set(protocol, "SSL");
  }
  return result;
}

Properties inherited_security(const Properties& worker, const Properties& own) {
  if (!inherits(own)) return {};
  const Properties shared = shared_security(worker);
  // Settings that no protocol asks for are those of the REST API or left over.
  return shared.contains(protocol) ? shared : Properties{};
}

std::string describe_inherited_security(const Properties& worker) {
  const Properties shared = inherited_security(worker, {});
  std::string names;
  std::string stock;
  for (const char* prefix : {"consumer.", "producer."}) {
    if (shared.entries().empty() || !inherits(worker.with_prefix(prefix))) continue;
    stock += (stock.empty() ? "" : " and ") + std::string(prefix) + protocol;
  }
  if (stock.empty()) return {};
  for (const auto& [name, value] : shared.entries()) {
    names += (names.empty() ? "" : ", ") + name;
    if (!worker.contains(name)) names += "=" + value;
  }
  return names +
         " of the worker's own properties are used for the Kafka clients of its connectors, too; "
         "stock Connect wants them as " +
         stock + " and so on";
}

}  // namespace kc::worker
