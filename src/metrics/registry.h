// Who has values to show, and the text that GET /metrics answers with.
//
//   class Tank : public metrics::Source {
//     void collect(metrics::Samples& to) const override {
//       to.add("", "tank_litres", {"north"}, litres_);
//     }
//     ...
//     metrics::Registration registration_;   // last: gone before what collect() reads
//   };
//
// A source appears when it registers and is gone when its registration is. Any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/instruments.h"
#include "metrics/metric_table.h"

namespace kc::metrics {

// The values of one look. Values of labels are in the order of the declaration.
class Samples {
 public:
  using Labels = std::vector<std::string>;

  // All three throw std::logic_error for what the table does not declare like this.
  void add(std::string_view group, std::string_view name, const Labels& labels, double value);
  void add(std::string_view group, std::string_view name, const Labels& labels,
           std::string_view text);
  void add(std::string_view group, std::string_view name, const Labels& labels,
           const Histogram& histogram);

  // The Prometheus text format, version 0.0.4: metrics in the order of the table, series in that of
  // their labels. A value that is not there is NaN, as in JMX.
  std::string text() const;

 private:
  struct Series {
    Labels labels;  // with the text, where it is one
    double value = 1;
    std::vector<uint64_t> counts{};  // of a histogram, whose sum is `value`
  };
  struct Family;

  Series& new_series(std::string_view group, std::string_view name, const Labels& labels,
                     bool is_histogram, bool is_text);

  std::map<const Declaration*, std::vector<Series>> series_;  // in the order of the table
};

class Source {
 public:
  virtual ~Source() = default;
  // Called under the registry's lock by whoever looks: must neither wait nor register.
  virtual void collect(Samples& to) const = 0;
};

class Registry {
 public:
  Registry() = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // All that is registered now.
  std::string text() const;

 private:
  friend class Registration;
  mutable std::mutex mutex_;
  std::vector<const Source*> sources_;
};

// Where somebody shows values, and the labels that are theirs: `connector` and `task` of a task.
struct Scope {
  Registry& registry;
  Samples::Labels labels;
};

class Registration {
 public:
  // Both outlive it.
  Registration(Registry& registry, const Source& source);
  // Waits for a look that is under way.
  ~Registration();
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

 private:
  Registry& registry_;
  const Source& source_;
};

}  // namespace kc::metrics
