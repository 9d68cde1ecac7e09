// A client's login at Kerberos by a keytab. librdkafka calls kinit for its tickets, into the
// process' ticket cache, now and again; but nobody hears why that fails.
#pragma once

#include <string>

#include "config/properties.h"

namespace kc::kafka {

// How librdkafka gets a ticket: its property sasl.kerberos.kinit.cmd.
extern const char* const kinit_template;

// Refuses principals and keytabs that would run commands, for a shell sees them. Throws
// Error(fix_config).
void check_kerberos_names(const config::Properties& rdkafka);

// Lives as long as the client. The ticket cache has room for one principal: while one is in use,
// clients of another would log in under its name.
class KerberosLogin {
 public:
  // Of the properties for librdkafka, whose names must be checked; nothing happens where they have
  // no kinit_template. Logs in as librdkafka will and keeps no ticket, which takes 30 s at most,
  // where the KDC does not answer. Throws Error(fail_task) with kinit's words, or when another
  // principal is in use.
  explicit KerberosLogin(const config::Properties& rdkafka);
  ~KerberosLogin();
  KerberosLogin(const KerberosLogin&) = delete;
  KerberosLogin& operator=(const KerberosLogin&) = delete;

 private:
  std::string principal_;  // empty: no login
};

}  // namespace kc::kafka
