// Keeps inserts and alterations of tables apart, within a process. An insert does not say which
// type its rows are for: a column that has become nullable meanwhile reads the number 1 of before
// as null, and the database takes the row.
//
// Inserts go in and out, any number at once; an alteration closes the gate, which waits until
// nobody is inside. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <stop_token>

namespace kc::sink {

class AlterationGate {
 public:
  // In as long as it lives, unless a stop was requested before the gate opened: then it is false.
  class Entry {
   public:
    Entry(AlterationGate& gate, const std::stop_token& stop)
        : gate_(gate), inside_(gate.enter(stop)) {}
    ~Entry() {
      if (inside_) gate_.leave();
    }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    explicit operator bool() const { return inside_; }

   private:
    AlterationGate& gate_;
    const bool inside_;
  };

  // Keeps everybody out as long as it lives, unless somebody was inside still after `wait`: then it
  // is false, and nobody is kept out.
  class Closure {
   public:
    Closure(AlterationGate& gate, std::chrono::milliseconds wait)
        : gate_(gate), closed_(gate.close(wait)) {}
    ~Closure() {
      if (closed_) gate_.open();
    }
    Closure(const Closure&) = delete;
    Closure& operator=(const Closure&) = delete;
    explicit operator bool() const { return closed_; }

   private:
    AlterationGate& gate_;
    const bool closed_;
  };

 private:
  bool enter(const std::stop_token& stop);
  void leave();
  bool close(std::chrono::milliseconds wait);
  void open();

  std::mutex mutex_;
  std::condition_variable_any changed_;
  size_t inside_ = 0;
  bool closed_ = false;
};

}  // namespace kc::sink
