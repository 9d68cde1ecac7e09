// Consumer's dealings with its group: rebalances, commits, leaving.
#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "kafka/consumer.h"
#include "kafka/consumer_impl.h"
#include "kafka/partition_list.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;
using connect::Offsets;
using connect::TopicPartition;
using std::chrono::milliseconds;

constexpr milliseconds leave_check{20};

bool is_cooperative(rd_kafka_t* handle) {
  const char* protocol = rd_kafka_rebalance_protocol(handle);
  return protocol != nullptr && std::string_view(protocol) == "COOPERATIVE";
}

}  // namespace

// ---- Rebalance ----

// Runs on the polling thread, inside librdkafka's poll. librdkafka has to get its assign or
// unassign call whatever the listener does.
void Consumer::Impl::on_rebalance(rd_kafka_t* handle, rd_kafka_resp_err_t code,
                                  rd_kafka_topic_partition_list_t* partitions, void*) {
  Client::owner_of<Impl>(handle)->rebalance(code, partitions);
  // The caller shall see the change before more messages, and what was thrown at once.
  rd_kafka_yield(handle);
}

void Consumer::Impl::rebalance(rd_kafka_resp_err_t code,
                               rd_kafka_topic_partition_list_t* partitions) {
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    guard([&] { assign(partitions); });
  } else {
    guard([&] { revoke(partitions); });
  }
}

void Consumer::Impl::complete(rd_kafka_error_t* error, rd_kafka_resp_err_t code,
                              const char* what) const {
  if (error != nullptr) {
    const ErrorHandle owned(error);
    throw Error(Reaction::fail_task, "{} of partitions failed: {}", what,
                rd_kafka_error_string(error));
  }
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw Error(Reaction::fail_task, "{} of partitions failed: {}", what, describe(code));
  }
}

void Consumer::Impl::assign(rd_kafka_topic_partition_list_t* partitions) {
  const auto added = from_list(partitions);
  assigned.insert(added.begin(), added.end());
  base::log_info("{} partitions were assigned; {} now", added.size(), assigned.size());
  if (!closed) {
    in_assigned = true;
    guard([&] { listener.assigned(added); });
    in_assigned = false;
  }
  for (int i = 0; i < partitions->cnt; ++i) {
    auto& one = partitions->elems[i];
    const auto sought = seeks.find({one.topic, one.partition});
    if (sought == seeks.end()) continue;
    one.offset = sought->second;
    seeks.erase(sought);
  }
  rd_kafka_t* const handle = client.handle();
  if (is_cooperative(handle)) {
    complete(rd_kafka_incremental_assign(handle, partitions), RD_KAFKA_RESP_ERR_NO_ERROR,
             "The incremental assignment");
  } else {
    complete(nullptr, rd_kafka_assign(handle, partitions), "The assignment");
  }
  if (is_paused) set_paused(true, partitions);
}

void Consumer::Impl::revoke(rd_kafka_topic_partition_list_t* partitions) {
  rd_kafka_t* const handle = client.handle();
  const bool was_lost = rd_kafka_assignment_lost(handle) != 0;
  const auto removed = from_list(partitions);
  base::log_info("{} partitions were {}", removed.size(), was_lost ? "lost" : "revoked");
  if (!closed) {
    guard([&] { was_lost ? listener.lost(removed) : listener.revoked(removed); });
  }
  const auto gathered = static_cast<size_t>(
      std::distance(taking.begin(), std::find(taking.begin(), taking.end(), nullptr)));
  for (const auto& one : removed) {
    assigned.erase(one);
    seeks.erase(one);
    if (gathered > 0) stale_before[one] = gathered;
  }
  if (is_cooperative(handle)) {
    complete(rd_kafka_incremental_unassign(handle, partitions), RD_KAFKA_RESP_ERR_NO_ERROR,
             "The incremental revocation");
  } else {
    complete(nullptr, rd_kafka_assign(handle, nullptr), "The revocation");
  }
}

// rd_kafka_consumer_close() waits for ever for a group that does not let go.
void Consumer::Impl::leave(milliseconds timeout) {
  rd_kafka_t* const handle = client.handle();
  leaving.reset(rd_kafka_queue_new(handle));
  if (rd_kafka_error_t* error = rd_kafka_consumer_close_queue(handle, leaving.get())) {
    const ErrorHandle owned(error);
    base::log_warn("The consumer did not leave its group in order: {}",
                   rd_kafka_error_string(error));
    return;
  }
  auto deadline = std::chrono::steady_clock::now() + timeout;
  while (rd_kafka_consumer_closed(handle) == 0) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left <= milliseconds(0)) {
      base::log_warn(
          "The consumer's group did not let go of it within {} ms; its partitions go to others "
          "when the group misses it",
          timeout.count());
      return;
    }
    // The end itself is no event: look again soon.
    const EventHandle event(
        rd_kafka_queue_poll(leaving.get(), to_timeout(std::min(left, leave_check))));
    if (event == nullptr || rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_REBALANCE) continue;
    rebalance(rd_kafka_event_error(event.get()), rd_kafka_event_topic_partition_list(event.get()));
    deadline = std::chrono::steady_clock::now() + timeout;
  }
  left_group = true;
}

void Consumer::close(milliseconds timeout) {
  if (impl_->closed) return;
  // Told while we are still a member and can commit; in the middle of a rebalance librdkafka 2.8
  // would take the partitions without a word.
  if (const auto held = assignment(); !held.empty()) {
    const bool was_lost = rd_kafka_assignment_lost(impl_->client.handle()) != 0;
    base::log_info("{} partitions are given up", held.size());
    impl_->guard([&] { was_lost ? impl_->listener.lost(held) : impl_->listener.revoked(held); });
  }
  impl_->closed = true;
  impl_->leave(timeout);
  impl_->assigned.clear();
  impl_->rethrow();
}

// ---- Offsets ----

Offsets Consumer::committed(std::span<const TopicPartition> partitions, milliseconds timeout) {
  const auto list = to_list(partitions);
  const auto code = rd_kafka_committed(impl_->client.handle(), list.get(), to_timeout(timeout));
  const auto fail = [](rd_kafka_resp_err_t why) {
    throw Error(Reaction::retry,
                "The group's committed offsets could not be fetched: {}. Hint: check that the "
                "brokers of bootstrap.servers are up",
                describe(why));
  };
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) fail(code);
  Offsets offsets;
  for (const auto& one : elements(list.get())) {
    if (one.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) continue;  // Nothing committed.
    if (one.err != RD_KAFKA_RESP_ERR_NO_ERROR) fail(one.err);
    if (one.offset >= 0) offsets[{one.topic, one.partition}] = one.offset;
  }
  return offsets;
}

uintptr_t Consumer::Impl::start_commit(const Offsets& offsets) {
  const uintptr_t number = ++last_commit;
  // The number is the opaque: it is never looked into.
  const auto code = rd_kafka_commit_queue(client.handle(), to_list(offsets).get(), commits.get(),
                                          nullptr, reinterpret_cast<void*>(number));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    throw Error(Reaction::retry, "Offsets cannot be committed: {}", describe(code));
  }
  ++pending_commits;
  return number;
}

std::optional<rd_kafka_resp_err_t> Consumer::Impl::await_commit(uintptr_t wanted,
                                                                milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (pending_commits > 0) {
    const auto left =
        std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
    const EventHandle event(rd_kafka_queue_poll(commits.get(), to_timeout(left)));
    if (event == nullptr) return std::nullopt;
    if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_OFFSET_COMMIT) continue;
    --pending_commits;
    auto code = rd_kafka_event_error(event.get());
    for (const auto& one : elements(rd_kafka_event_topic_partition_list(event.get()))) {
      if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = one.err;
    }
    if (reinterpret_cast<uintptr_t>(rd_kafka_event_opaque(event.get())) == wanted) return code;
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) commit_failed(code);
  }
  return std::nullopt;
}

void Consumer::Impl::commit_failed(rd_kafka_resp_err_t code) {
  ++failed_commits;
  base::log_warn("A commit of offsets failed: {}. The next commit makes up for it", describe(code));
}

void Consumer::commit_async(const Offsets& offsets) {
  if (!offsets.empty()) impl_->start_commit(offsets);
}

uint64_t Consumer::failed_commits() const { return impl_->failed_commits; }

size_t Consumer::pending_commits() const { return impl_->pending_commits; }

void Consumer::commit(const Offsets& offsets, milliseconds timeout) {
  if (offsets.empty()) return;
  const auto number = impl_->start_commit(offsets);
  const auto code = impl_->await_commit(number, timeout);
  if (!code) {
    throw Error(Reaction::retry,
                "The commit of {} partitions' offsets was not confirmed within {} ms. Hint: check "
                "the brokers, or raise offset.flush.timeout.ms",
                offsets.size(), timeout.count())
        .with_in_doubt();
  }
  if (*code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++impl_->failed_commits;
    throw Error(Reaction::retry, "The commit of {} partitions' offsets failed: {}", offsets.size(),
                describe(*code));
  }
}

}  // namespace kc::kafka
