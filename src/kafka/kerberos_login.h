// A client's login at Kerberos by a keytab. librdkafka calls kinit for its tickets, into the
// process' ticket cache, now and again; but nobody hears why that fails.
#pragma once

#include "config/properties.h"

namespace kc::kafka {

// How librdkafka gets a ticket: its property sasl.kerberos.kinit.cmd.
extern const char* const kinit_template;

// Refuses principals and keytabs that would run commands, for a shell sees them. Throws
// Error(fix_config).
void check_kerberos_names(const config::Properties& rdkafka);

// Logs in as librdkafka will, where its properties have kinit_template, and keeps no ticket. The
// names must be checked. Takes 30 s at most, where the KDC does not answer. Throws Error(fail_task)
// with kinit's words.
void check_kerberos_login(const config::Properties& rdkafka);

}  // namespace kc::kafka
