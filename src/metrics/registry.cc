#include "metrics/registry.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "metrics/exposure.h"

namespace kc::metrics {
namespace {

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  // Counts as people write them, without an exponent.
  if (value == std::trunc(value) && std::abs(value) < 1e15) return fmt::format("{:.0f}", value);
  return fmt::format("{}", value);
}

void append_escaped(std::string& to, std::string_view text) {
  for (const char c : text) {
    if (c == '\n') {
      to += "\\n";
    } else {
      if (c == '\\' || c == '"') to += '\\';
      to += c;
    }
  }
}

void append_label(std::string& to, std::string_view name, std::string_view value) {
  if (name.empty()) return;
  to += to.empty() ? "" : ",";
  to += name;
  to += "=\"";
  append_escaped(to, value);
  to += '"';
}

size_t label_count(const Declaration& declaration) {
  if (declaration.labels.empty()) return 0;
  return 1 + static_cast<size_t>(std::ranges::count(declaration.labels, ','));
}

// Client libraries rename a counter without the suffix; the exporters of JMX show all as gauges.
std::string_view type_name(Kind kind, std::string_view name) {
  const bool as_gauge = kind == Kind::text || (kind == Kind::counter && !name.ends_with("_total"));
  return as_gauge ? "gauge" : kind_name(kind);
}

}  // namespace

// What stands under one name: the values of one declaration or, where a dialect gives several
// declarations one name, of all of them.
struct Samples::Family {
  std::string name;
  const Declaration* declaration;
  std::vector<std::string> lines{};

  void add(const Exposure& exposure, const Series& series);
  void add_line(std::string_view suffix, const std::string& labels, double value) {
    const bool bare = labels.empty();
    lines.push_back(fmt::format("{}{}{}{}{} {}\n", name, suffix, bare ? "" : "{", labels,
                                bare ? "" : "}", number(value)));
  }
};

void Samples::Family::add(const Exposure& exposure, const Series& series) {
  std::string labels;
  append_label(labels, exposure.fixed_label, exposure.fixed_value);
  for (size_t i = 0; i < series.labels.size(); ++i) {
    append_label(labels, exposure.labels[i], series.labels[i]);
  }
  if (series.counts.empty()) return add_line("", labels, series.value * exposure.scale);
  uint64_t count = 0;
  for (size_t i = 0; i < series.counts.size(); ++i) {
    count += series.counts[i];
    std::string with_bound = labels;
    const bool last = i == Histogram::bounds.size();
    append_label(with_bound, "le", last ? "+Inf" : number(Histogram::bounds[i]));
    add_line("_bucket", with_bound, static_cast<double>(count));
  }
  add_line("_sum", labels, series.value);
  add_line("_count", labels, static_cast<double>(count));
}

Samples::Series& Samples::new_series(std::string_view group, std::string_view name,
                                     const Labels& labels, bool is_histogram, bool is_text) {
  const Declaration* const declaration = find_metric(group, name);
  const bool as_declared = declaration != nullptr && labels.size() == label_count(*declaration) &&
                           is_histogram == (declaration->kind == Kind::histogram) &&
                           is_text == (declaration->kind == Kind::text);
  if (!as_declared) {
    throw std::logic_error(fmt::format("The metric table does not declare {} {} with {} label(s)",
                                       group, name, labels.size()));
  }
  return series_[declaration].emplace_back(Series{.labels = labels});
}

void Samples::add(std::string_view group, std::string_view name, const Labels& labels,
                  double value) {
  new_series(group, name, labels, false, false).value = value;
}

void Samples::add(std::string_view group, std::string_view name, const Labels& labels,
                  std::string_view text) {
  new_series(group, name, labels, false, true).labels.emplace_back(text);
}

void Samples::add(std::string_view group, std::string_view name, const Labels& labels,
                  const Histogram& histogram) {
  Series& series = new_series(group, name, labels, true, false);
  const auto counts = histogram.counts();
  series.counts.assign(counts.begin(), counts.end());
  series.value = histogram.sum();
}

std::string Samples::text() const {
  std::vector<Family> families;
  for (const auto& [declaration, all] : series_) {
    std::vector<const Series*> sorted;
    for (const Series& series : all) sorted.push_back(&series);
    const auto labels_of = [](const Series* one) -> const Labels& { return one->labels; };
    std::ranges::stable_sort(sorted, {}, labels_of);
    // What is being replaced may still be there: the latest counts.
    std::ranges::reverse(sorted);
    const auto again = std::ranges::unique(sorted, {}, labels_of);
    sorted.erase(again.begin(), again.end());
    std::ranges::reverse(sorted);
    for (const Exposure& exposure : exposures(*declaration)) {
      auto family = std::ranges::find(families, exposure.name, &Family::name);
      if (family == families.end()) {
        family = families.insert(family, Family{exposure.name, declaration});
      }
      for (const Series* series : sorted) family->add(exposure, *series);
    }
  }
  std::string result;
  for (const Family& family : families) {
    const Declaration& declaration = *family.declaration;
    result += fmt::format("# HELP {} {}\n# TYPE {} {}\n", family.name, declaration.help,
                          family.name, type_name(declaration.kind, family.name));
    for (const std::string& line : family.lines) result += line;
  }
  return result;
}

std::string Registry::text() const {
  Samples samples;
  const std::lock_guard lock(mutex_);
  for (const Source* source : sources_) source->collect(samples);
  return samples.text();
}

Registration::Registration(Registry& registry, const Source& source)
    : registry_(registry), source_(source) {
  const std::lock_guard lock(registry_.mutex_);
  registry_.sources_.push_back(&source_);
}

Registration::~Registration() {
  const std::lock_guard lock(registry_.mutex_);
  std::erase(registry_.sources_, &source_);
}

}  // namespace kc::metrics
