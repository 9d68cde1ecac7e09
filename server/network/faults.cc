#include "server/network/faults.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/whole_number.h"
#include "wire/messages/records.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using base::whole_number;
using nlohmann::json;
using std::chrono::milliseconds;

FaultScope of_inserts(FaultScope scope) {
  if (scope.endpoint.empty()) scope.endpoint = wire::InsertRecordsRequest::endpoint;
  return scope;
}

int read_times(const json& given) {
  const int times = whole_number<int>(given, "`times`");
  if (times < 0) throw Error(Reaction::fail_task, "`times` is {}; give 0 or more", times);
  return times;
}

// {"times":1,"endpoint":"/insert/records","rank":2} with `own` fields beside them.
FaultScope read_scope(const json& given, std::string_view own) {
  if (!given.is_object()) throw Error(Reaction::fail_task, "A fault is an object or a number");
  FaultScope scope;
  for (const auto& [name, value] : given.items()) {
    if (name == "times") {
      scope.times = read_times(value);
    } else if (name == "endpoint") {
      scope.endpoint = value.get<std::string>();
    } else if (name == "rank") {
      scope.rank = whole_number<size_t>(value, "`rank`");
    } else if (name != own) {
      throw Error(Reaction::fail_task,
                  "A fault has no field `{}`; times, endpoint and rank{}{} are", name,
                  own.empty() ? "" : " and ", own);
    }
  }
  return scope;
}

// One fault or a list of them.
template <typename Read>
void read_each(const json& given, Read&& read) {
  if (!given.is_array()) return read(given);
  for (const json& one : given) read(one);
}

}  // namespace

void Faults::drop_replies(FaultScope inserts) {
  const std::lock_guard lock(mutex_);
  asked_.dropped = {{true, of_inserts(std::move(inserts))}};
}

void Faults::apply_half(FaultScope inserts) {
  const std::lock_guard lock(mutex_);
  asked_.halves = {{true, of_inserts(std::move(inserts))}};
}

void Faults::refuse_row(size_t row, FaultScope inserts) {
  const std::lock_guard lock(mutex_);
  asked_.refused = {{row, of_inserts(std::move(inserts))}};
}

void Faults::answer(int status, int times, std::string endpoint, std::optional<size_t> rank) {
  const std::lock_guard lock(mutex_);
  asked_.answers = {{status, {times, std::move(endpoint), rank}}};
}

void Faults::delay(milliseconds time, FaultScope requests) {
  const std::lock_guard lock(mutex_);
  asked_.delays = {{time, std::move(requests)}};
}

void Faults::set_from_json(std::string_view text) {
  const std::lock_guard lock(mutex_);
  Asked asked = asked_;
  // A number alone is how many times.
  const auto read_inserts = [](const json& given, List<bool>& list) {
    list.clear();
    read_each(given, [&](const json& one) {
      list.push_back(
          {true, of_inserts(one.is_number() ? FaultScope(read_times(one)) : read_scope(one, ""))});
    });
  };
  try {
    const json faults = json::parse(text);
    if (!faults.is_object()) throw Error(Reaction::fail_task, "The faults are no JSON object");
    for (const auto& [name, given] : faults.items()) {
      if (name == "drop_replies") {
        read_inserts(given, asked.dropped);
      } else if (name == "apply_half") {
        read_inserts(given, asked.halves);
      } else if (name == "refuse_row") {
        asked.refused.clear();
        read_each(given, [&](const json& one) {
          const bool alone = one.is_number();
          asked.refused.push_back({whole_number<size_t>(alone ? one : one.at("row"), "`row`"),
                                   of_inserts(alone ? FaultScope() : read_scope(one, "row"))});
        });
      } else if (name == "answer") {
        asked.answers.clear();
        read_each(given, [&](const json& one) {
          const int status = whole_number<int>(one.at("status"), "`status`");
          if (status < 400 || status > 599) {
            throw Error(Reaction::fail_task, "`status` is {}; give one of 400 to 599", status);
          }
          asked.answers.push_back({status, read_scope(one, "status")});
        });
      } else if (name == "delay") {
        asked.delays.clear();
        read_each(given, [&](const json& one) {
          asked.delays.push_back(
              {milliseconds(whole_number<uint32_t>(one.at("ms"), "`ms`")), read_scope(one, "ms")});
        });
      } else {
        throw Error(Reaction::fail_task,
                    "There is no fault `{}`; drop_replies, apply_half, refuse_row, answer, delay, "
                    "close_rank, drop_monitor_messages, forget_monitor and clear are",
                    name);
      }
    }
  } catch (const json::exception& e) {
    throw Error(Reaction::fail_task, "The faults cannot be read: {}", e.what());
  }
  asked_ = std::move(asked);
}

void Faults::clear() {
  const std::lock_guard lock(mutex_);
  asked_ = {};
}

template <typename T>
std::optional<T> Faults::take_from(List<T>& list, std::string_view endpoint, size_t rank) {
  for (auto& [what, scope] : list) {
    if (scope.times <= 0) continue;
    if (!scope.endpoint.empty() && scope.endpoint != endpoint) continue;
    if (scope.rank && scope.rank != rank) continue;
    --scope.times;
    return what;
  }
  return std::nullopt;
}

RequestFaults Faults::take(std::string_view endpoint, size_t rank) {
  const std::lock_guard lock(mutex_);
  RequestFaults taken;
  taken.delay = take_from(asked_.delays, endpoint, rank).value_or(milliseconds{0});
  taken.status = take_from(asked_.answers, endpoint, rank);
  if (taken.status) return taken;  // not carried out: the others are for the next request
  taken.refused_row = take_from(asked_.refused, endpoint, rank);
  taken.half = take_from(asked_.halves, endpoint, rank).value_or(false);
  taken.drop_reply = take_from(asked_.dropped, endpoint, rank).value_or(false);
  return taken;
}

void Faults::wait(milliseconds time) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, time, [this] { return stopping_; });
}

void Faults::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
}

}  // namespace kc::server
