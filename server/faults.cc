#include "server/faults.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.h"

namespace kc::server {

void Faults::drop_replies(int inserts) {
  const std::lock_guard lock(mutex_);
  dropped_replies_ = inserts;
}

void Faults::answer(int status, int times, std::string endpoint) {
  const std::lock_guard lock(mutex_);
  answer_status_ = status;
  answers_ = times;
  answer_endpoint_ = std::move(endpoint);
}

void Faults::refuse_row(size_t row) {
  const std::lock_guard lock(mutex_);
  refused_row_ = row;
}

void Faults::delay(std::chrono::milliseconds time, int times) {
  const std::lock_guard lock(mutex_);
  delay_ = time;
  delays_ = times;
}

void Faults::set_from_json(std::string_view text) {
  using nlohmann::json;
  try {
    const json faults = json::parse(text);
    if (faults.contains("drop_replies")) drop_replies(faults["drop_replies"]);
    if (faults.contains("answer")) {
      const json& answers = faults["answer"];
      answer(answers.at("status"), answers.value("times", 1), answers.value("endpoint", ""));
    }
    if (faults.contains("refuse_row")) refuse_row(faults["refuse_row"]);
    if (faults.contains("delay")) {
      const json& delays = faults["delay"];
      delay(std::chrono::milliseconds(delays.at("ms").get<int>()), delays.value("times", 1));
    }
  } catch (const json::exception& e) {
    throw base::Error(base::Reaction::fail_task, "The faults cannot be read: {}", e.what());
  }
}

std::optional<int> Faults::take_answer(std::string_view endpoint) {
  const std::lock_guard lock(mutex_);
  if (answers_ <= 0) return std::nullopt;
  if (!answer_endpoint_.empty() && answer_endpoint_ != endpoint) return std::nullopt;
  --answers_;
  return answer_status_;
}

bool Faults::take_dropped_reply() {
  const std::lock_guard lock(mutex_);
  if (dropped_replies_ <= 0) return false;
  --dropped_replies_;
  return true;
}

std::optional<size_t> Faults::take_refused_row() {
  const std::lock_guard lock(mutex_);
  return std::exchange(refused_row_, std::nullopt);
}

void Faults::pass_delay() {
  std::unique_lock lock(mutex_);
  if (delays_ <= 0) return;
  --delays_;
  stopped_.wait_for(lock, delay_, [this] { return stopping_; });
}

void Faults::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
}

}  // namespace kc::server
