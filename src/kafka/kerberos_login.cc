#include "kafka/kerberos_login.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/guarded.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;

// Of `timeout`; kinit may inherit blocked signals, but KILL cannot be blocked.
constexpr const char* deadline = "timeout -s KILL 30";
constexpr int not_found = 127;
constexpr int killed = 137;
constexpr size_t words_max = 1000;

struct Ended {
  int status;  // as of a shell
  std::string words;
};

// Standard output and error of a command of the shell, to its end.
Ended run(const std::string& command) {
  std::FILE* pipe = ::popen((command + " 2>&1 </dev/null").c_str(), "re");
  if (pipe == nullptr) return {not_found, "no process can be started"};
  std::string words;
  std::array<char, 256> buffer;
  for (size_t size; (size = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    words.append(buffer.data(), size);
  }
  const int status = ::pclose(pipe);
  words.resize(std::min(words.size(), words_max));
  while (words.ends_with('\n')) words.pop_back();
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128, words};
}

// Throws Error(fail_task) with kinit's words.
void try_login(const std::string& principal, const std::string& keytab) {
  const auto [status, words] =
      run(fmt::format(R"({} kinit -c MEMORY: -k -t "{}" -- "{}")", deadline, keytab, principal));
  if (status == 0) return;
  const std::string why = status == killed ? "kinit had no answer within 30 s"
                          : words.empty()  ? fmt::format("kinit ended with status {}", status)
                                           : words;
  throw Error(
      Reaction::fail_task, "The Kerberos login of {} with the keytab {} failed: {}. Hint: {}",
      principal, keytab, why,
      status == not_found ? "install kinit (Debian: krb5-user)"
                          : "check keyTab and principal in sasl.jaas.config, and the realm in "
                            "/etc/krb5.conf");
}

// Who uses the process' one.
struct TicketCache {
  std::string principal;
  int clients = 0;
};

base::Guarded<TicketCache>& ticket_cache() {
  static base::Guarded<TicketCache> cache;
  return cache;
}

}  // namespace

const char* const kinit_template =
    R"(kinit -k -t "%{sasl.kerberos.keytab}" -- "%{sasl.kerberos.principal}")";

void check_kerberos_names(const config::Properties& rdkafka) {
  for (const char* name : {"sasl.kerberos.principal", "sasl.kerberos.keytab"}) {
    for (const char c : rdkafka.get(name)) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isalnum(byte) || byte >= 0x80 ||
          std::string_view("._-/@:+=,").find(c) != std::string_view::npos) {
        continue;
      }
      throw Error(Reaction::fix_config,
                  "Invalid value for {}: it has the character {}, and kinit is called with it by a "
                  "shell. Hint: letters, digits and . _ - / @ : + = , are good",
                  name, std::isprint(byte) ? fmt::format("'{}'", c) : fmt::format("{:#x}", byte));
    }
  }
}

KerberosLogin::KerberosLogin(const config::Properties& rdkafka) {
  if (rdkafka.get("sasl.kerberos.kinit.cmd") != kinit_template) return;
  const std::string principal = rdkafka.get("sasl.kerberos.principal");
  try_login(principal, rdkafka.get("sasl.kerberos.keytab"));
  ticket_cache().with([&](TicketCache& cache) {
    if (cache.clients > 0 && cache.principal != principal) {
      throw Error(
          Reaction::fail_task,
          "{} cannot log in, because {} is logged in, and a process has one Kerberos ticket "
          "cache. Hint: give all clients of a worker the same principal, or a worker each",
          principal, cache.principal);
    }
    cache.principal = principal;
    ++cache.clients;
  });
  principal_ = principal;
}

KerberosLogin::~KerberosLogin() {
  if (principal_.empty()) return;
  ticket_cache().with([](TicketCache& cache) { --cache.clients; });
}

}  // namespace kc::kafka
