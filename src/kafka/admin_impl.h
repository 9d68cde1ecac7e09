// What Admin's sources share. Only they include it.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "kafka/admin.h"
#include "kafka/client.h"

namespace kc::kafka {

struct Admin::Impl {
  explicit Impl(const config::Properties& java)
      : client(java, ClientKind::admin, this), servers(java.get("bootstrap.servers")) {}

  // Throws what `code` means for the caller. Error events are taken here, so that a refused login
  // is told as such.
  [[noreturn]] void fail(const std::string& what, rd_kafka_resp_err_t code,
                         const std::string& detail = {});

  // Starts an operation of the admin API by `start` and waits for its result. Throws what it failed
  // with as a whole.
  using Start = std::function<void(const rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>;
  EventHandle run(const std::string& what, rd_kafka_admin_op_t operation,
                  std::chrono::milliseconds timeout, const Start& start);

  // Throws the first failure of a group or of one of its partitions. One that is not there is none.
  void check(const std::string& what, const rd_kafka_group_result_t* group);

  std::pair<int64_t, int64_t> offsets(const std::string& topic, int32_t partition,
                                      std::chrono::milliseconds timeout);

  Client client;
  std::string servers;
};

}  // namespace kc::kafka
