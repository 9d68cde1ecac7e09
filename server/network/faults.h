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
#include <utility>
#include <vector>

namespace kc::server {

// The requests that a fault hits: the next `times` of those that match.
struct FaultScope {
  FaultScope(int number = 1, std::string of_endpoint = {}, std::optional<size_t> at_rank = {})
      : times(number), endpoint(std::move(of_endpoint)), rank(at_rank) {}
  int times;
  // As "/insert/records". Empty: any, or /insert/records for the faults of inserts.
  std::string endpoint;
  std::optional<size_t> rank;  // on which they come, 0 for the head; absent: any
};

// What befalls one request.
struct RequestFaults {
  std::chrono::milliseconds delay{0};
  std::optional<int> status{};          // answered with this and not carried out
  std::optional<size_t> refused_row{};  // this row of an insert is bad whatever it holds
  bool half = false;        // of an insert's rows the first half is taken, without an answer
  bool drop_reply = false;  // carried out, and the connection closed without an answer
};

class Faults {
 public:
  // Each takes the place of what the same function asked for before; 0 times: nothing any more.
  void drop_replies(FaultScope inserts);
  void apply_half(FaultScope inserts);
  void refuse_row(size_t row, FaultScope inserts = {});
  void answer(int status, int times, std::string endpoint = {}, std::optional<size_t> rank = {});
  void delay(std::chrono::milliseconds time, FaultScope requests);

  // An object as docs/server.md, "Faults for tests", has it. Throws Error(fail_task) naming what is
  // wrong, with nothing changed.
  void set_from_json(std::string_view text);

  void clear();

  // The dispatcher's side: uses up what hits this request, at most one fault of each kind.
  RequestFaults take(std::string_view endpoint, size_t rank);
  // Returns early, for good, after stop().
  void wait(std::chrono::milliseconds time);
  void stop();

 private:
  template <typename T>
  struct Fault {
    T what;
    FaultScope scope;
  };
  template <typename T>
  using List = std::vector<Fault<T>>;
  struct Asked {
    List<bool> dropped;
    List<bool> halves;
    List<size_t> refused;
    List<int> answers;
    List<std::chrono::milliseconds> delays;
  };
  template <typename T>
  static std::optional<T> take_from(List<T>& list, std::string_view endpoint, size_t rank);

  std::mutex mutex_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  Asked asked_;
};

}  // namespace kc::server
