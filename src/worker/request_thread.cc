#include "worker/request_thread.h"

#include <fmt/chrono.h>

namespace kc::worker {

using std::chrono::milliseconds;
using std::chrono::system_clock;

namespace {

// As java.time.Instant writes it, to the millisecond.
std::string instant(system_clock::time_point time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(whole),
                     std::chrono::duration_cast<milliseconds>(time - whole).count());
}

}  // namespace

RequestThread::RequestThread(std::function<milliseconds()> between)
    : thread_([this, between = std::move(between)](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
          const milliseconds wait = between();
          if (auto work = queue_.pop(wait, stop)) (*work)();
        }
      }) {}

void RequestThread::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  queue_.close();  // nobody may wait for a thread that is gone
}

void RequestThread::begin_stage(std::string description) {
  stage_.with([&](auto& stage) {
    stage = Stage{std::move(description), system_clock::now(), std::nullopt};
  });
}

void RequestThread::end_stage() {
  stage_.with([](auto& stage) { stage->completed = system_clock::now(); });
}

std::string RequestThread::stage_summary() const {
  return stage_.with([](const std::optional<Stage>& stage) -> std::string {
    if (!stage) return "";
    if (!stage->completed) {
      return fmt::format("The worker is currently {}, which began at {}.", stage->description,
                         instant(stage->began));
    }
    return fmt::format(
        "The last operation the worker completed was {}, which began at {} and completed at {}.",
        stage->description, instant(stage->began), instant(*stage->completed));
  });
}

}  // namespace kc::worker
