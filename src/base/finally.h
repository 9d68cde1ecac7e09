// What is to be done on every way out of a scope.
#pragma once

#include <utility>

namespace kc::base {

template <typename F>
class Finally {
 public:
  // `act` must not throw.
  explicit Finally(F act) : act_(std::move(act)) {}
  ~Finally() { act_(); }
  Finally(const Finally&) = delete;
  Finally& operator=(const Finally&) = delete;

 private:
  F act_;
};

}  // namespace kc::base
