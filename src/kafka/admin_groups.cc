// Admin's dealings with consumer groups.
#include <algorithm>

#include "kafka/admin_impl.h"
#include "kafka/partition_list.h"

namespace kc::kafka {
namespace {

using base::Error;
using base::Reaction;
using connect::Offsets;
using connect::TopicPartition;
using std::chrono::milliseconds;

bool group_is_in_use(rd_kafka_resp_err_t code) {
  return code == RD_KAFKA_RESP_ERR_NON_EMPTY_GROUP || code == RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID ||
         code == RD_KAFKA_RESP_ERR_GROUP_SUBSCRIBED_TO_TOPIC ||
         code == RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS;
}

struct Failure {
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
  std::string text;
};

// The first failure of the group as a whole or of one of its partitions.
Failure failure_of(const rd_kafka_group_result_t* group) {
  if (const auto* error = rd_kafka_group_result_error(group)) {
    return {rd_kafka_error_code(error), rd_kafka_error_string(error)};
  }
  for (const auto& one : elements(rd_kafka_group_result_partitions(group))) {
    if (one.err == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    return {one.err, fmt::format("{}-{}: {}", one.topic, one.partition, describe(one.err))};
  }
  return {};
}

}  // namespace

void Admin::Impl::check(const std::string& what, const rd_kafka_group_result_t* group) {
  const Failure failure = failure_of(group);
  if (failure.code == RD_KAFKA_RESP_ERR_NO_ERROR ||
      failure.code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) {
    return;
  }
  const std::string text = fmt::format("{} failed: {}", what, failure.text);
  if (group_is_in_use(failure.code)) throw GroupInUseError(text);
  if (failure.code == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    throw Error(Reaction::fix_config, text);
  }
  fail(what, failure.code, failure.text);
}

Offsets Admin::group_offsets(const std::string& group, milliseconds timeout) {
  const std::string what = "Asking for the offsets of group " + group;
  const ListGroupOffsetsHandle request(
      rd_kafka_ListConsumerGroupOffsets_new(group.c_str(), nullptr));
  auto* raw = request.get();
  const auto event = impl_->run(
      what, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, timeout,
      [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        rd_kafka_ListConsumerGroupOffsets(impl_->client.handle(), &raw, 1, options, queue);
      });
  size_t count = 0;
  const auto** groups = rd_kafka_ListConsumerGroupOffsets_result_groups(
      rd_kafka_event_ListConsumerGroupOffsets_result(event.get()), &count);
  Offsets offsets;
  for (size_t i = 0; i < count; ++i) {
    impl_->check(what, groups[i]);
    for (const auto& one : elements(rd_kafka_group_result_partitions(groups[i]))) {
      if (one.offset >= 0) offsets[{one.topic, one.partition}] = one.offset;
    }
  }
  return offsets;
}

void Admin::alter_group_offsets(const std::string& group, const Offsets& offsets,
                                milliseconds timeout) {
  if (offsets.empty()) return;
  const std::string what = "Setting the offsets of group " + group;
  const auto list = to_list(offsets);
  const AlterGroupOffsetsHandle request(
      rd_kafka_AlterConsumerGroupOffsets_new(group.c_str(), list.get()));
  auto* raw = request.get();
  const auto event = impl_->run(
      what, RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, timeout,
      [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        rd_kafka_AlterConsumerGroupOffsets(impl_->client.handle(), &raw, 1, options, queue);
      });
  size_t count = 0;
  const auto** groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(
      rd_kafka_event_AlterConsumerGroupOffsets_result(event.get()), &count);
  for (size_t i = 0; i < count; ++i) impl_->check(what, groups[i]);
}

void Admin::delete_group_offsets(const std::string& group,
                                 std::span<const TopicPartition> partitions, milliseconds timeout) {
  if (partitions.empty()) return;
  const std::string what = "Deleting offsets of group " + group;
  const auto list = to_list(partitions);
  const DeleteGroupOffsetsHandle request(
      rd_kafka_DeleteConsumerGroupOffsets_new(group.c_str(), list.get()));
  auto* raw = request.get();
  const auto event = impl_->run(
      what, RD_KAFKA_ADMIN_OP_DELETECONSUMERGROUPOFFSETS, timeout,
      [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        rd_kafka_DeleteConsumerGroupOffsets(impl_->client.handle(), &raw, 1, options, queue);
      });
  size_t count = 0;
  const auto** groups = rd_kafka_DeleteConsumerGroupOffsets_result_groups(
      rd_kafka_event_DeleteConsumerGroupOffsets_result(event.get()), &count);
  for (size_t i = 0; i < count; ++i) impl_->check(what, groups[i]);
}

void Admin::delete_group(const std::string& group, milliseconds timeout) {
  const std::string what = "Deleting group " + group;
  const DeleteGroupHandle request(rd_kafka_DeleteGroup_new(group.c_str()));
  auto* raw = request.get();
  const auto event =
      impl_->run(what, RD_KAFKA_ADMIN_OP_DELETEGROUPS, timeout,
                 [&](const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
                   rd_kafka_DeleteGroups(impl_->client.handle(), &raw, 1, options, queue);
                 });
  size_t count = 0;
  const auto** groups =
      rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(event.get()), &count);
  for (size_t i = 0; i < count; ++i) impl_->check(what, groups[i]);
}

}  // namespace kc::kafka
