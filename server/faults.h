// Failures on demand, for tests of whoever talks to the server. Each is used up by the requests
// that it hits. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace kc::server {

class Faults {
 public:
  // The next `inserts` inserts are applied and then their connection is closed without a reply.
  void drop_replies(int inserts);
  // The next `times` requests are answered with this status and not carried out: those to
  // `endpoint`, as "/insert/records", or any when it is empty.
  void answer(int status, int times, std::string endpoint = "");
  // The next insert finds its row number `row` bad.
  void refuse_row(size_t row);
  // The next `times` requests wait that long first.
  void delay(std::chrono::milliseconds time, int times);

  // {"drop_replies":1} {"answer":{"status":503,"times":2,"endpoint":"/insert/records"}}
  // {"refuse_row":5} {"delay":{"ms":100,"times":1}}; several in one object. Throws
  // Error(fail_task).
  void set_from_json(std::string_view text);

  // The dispatcher's side: each takes one fault if there is one.
  std::optional<int> take_answer(std::string_view endpoint);
  bool take_dropped_reply();
  std::optional<size_t> take_refused_row();
  // Waits as a delay asks for.
  void pass_delay();
  // Ends all waits for good.
  void stop();

 private:
  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  int dropped_replies_ = 0;
  int answer_status_ = 0;
  int answers_ = 0;
  std::string answer_endpoint_;
  std::optional<size_t> refused_row_;
  std::chrono::milliseconds delay_{0};
  int delays_ = 0;
};

}  // namespace kc::server
