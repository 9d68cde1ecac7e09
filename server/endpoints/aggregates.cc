// /aggregate/statistics, /aggregate/minmax and /aggregate/unique over a column or an expression.
// Percentiles and cardinalities are exact, not estimated. Left out: results in a table of their own
// (option result_table), which are refused.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "base/error.h"
#include "server/endpoint.h"
#include "server/expression/selection.h"
#include "wire/row_codec.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using data::Value;

// A column by its name, which may be anything, or an expression.
Expression read_expression(const std::string& text, const wire::TableType& type) {
  if (!type.find(text)) return Expression(text, type);
  return Expression(Node{.kind = Node::Kind::column, .text = text}, type);
}

// Numbers as they are, moments and times as their milliseconds.
double number_of(const Scalar& value) {
  switch (value.kind) {
    case ScalarKind::number:
    case ScalarKind::real:
      return to_real(value);
    case ScalarKind::instant:
    case ScalarKind::time:
    case ScalarKind::ipv4:
      return static_cast<double>(value.number);
    default:
      throw Error(Reaction::fail_task, "There are no such statistics of {}",
                  scalar_kind_name(value.kind));
  }
}

void each_row(const Table::Reading& reading, const wire::TableType& type,
              const std::function<void(std::span<const Value>)>& take) {
  std::vector<Value> row;
  reading.each(0, [&](std::string_view bytes) {
    wire::decode_row(type, bytes, row);
    take(row);
    return true;
  });
}

// "percentile(75,150)" is the name percentile and the argument 75; the resolution is of no use to
// an exact answer.
struct Statistic {
  std::string text;
  std::string name;
  double argument = 0;
};

std::vector<Statistic> read_statistics(const std::string& list) {
  std::vector<Statistic> statistics;
  size_t begin = 0;
  int depth = 0;
  for (size_t at = 0; at <= list.size(); ++at) {
    const char c = at == list.size() ? ',' : list[at];
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (c != ',' || (depth != 0 && at < list.size())) continue;
    std::string text = list.substr(begin, at - begin);
    begin = at + 1;
    std::erase(text, ' ');
    if (text.empty()) continue;
    Statistic statistic{text, text.substr(0, text.find('(')), 0};
    if (const size_t open = text.find('('); open != std::string::npos) {
      const char* const first = text.data() + open + 1;
      if (std::from_chars(first, text.data() + text.size(), statistic.argument).ptr == first) {
        throw Error(Reaction::fail_task, "Statistic `{}` has no number in its parentheses", text);
      }
    }
    statistics.push_back(std::move(statistic));
  }
  return statistics;
}

struct Sample {
  std::vector<double> values;   // of all columns, without nulls
  std::vector<double> weights;  // of each value, when weights are asked for
  size_t count = 0;             // with nulls
};

Sample read_sample(Call& call, const wire::AggregateStatisticsRequest& request,
                   const wire::TableType& type) {
  std::vector<Expression> columns;
  columns.push_back(read_expression(request.column_name, type));
  Lexer more(request.options.contains("additional_column_names")
                 ? request.options.at("additional_column_names")
                 : std::string_view());
  while (!more.at_end()) {
    columns.emplace_back(*parse_expression(more, Dialect{.type = &type}), type);
    if (!more.skip(",") && !more.at_end()) more.fail("`,` should be here");
  }
  std::optional<Expression> weight;
  if (const std::string name = option(request.options, "weight_column_name"); !name.empty()) {
    weight.emplace(read_expression(name, type));
  }
  Sample sample;
  each_row(*call.reading, type, [&](std::span<const Value> row) {
    for (const Expression& column : columns) {
      ++sample.count;
      const Scalar value = column.value(row);
      if (value.is_null()) continue;
      if (weight) {
        const Scalar weighs = weight->value(row);
        if (weighs.is_null()) continue;
        sample.weights.push_back(number_of(weighs));
      }
      sample.values.push_back(number_of(value));
    }
  });
  return sample;
}

// The mean of (value - center)^power.
double moment(const std::vector<double>& values, double center, int power) {
  double sum = 0;
  for (const double value : values) sum += std::pow(value - center, power);
  return sum / static_cast<double>(values.size());
}

double sum_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum;
}

double weighted_average(const Sample& sample) {
  if (sample.weights.size() != sample.values.size()) {
    throw Error(Reaction::fail_task,
                "Statistic weighted_average needs the option weight_column_name");
  }
  double sum = 0;
  for (size_t i = 0; i < sample.values.size(); ++i) sum += sample.values[i] * sample.weights[i];
  return sum / sum_of(sample.weights);
}

// Between the two nearest values. `sorted` is not empty.
double percentile(const std::vector<double>& sorted, double percent) {
  if (!(percent >= 0 && percent <= 100)) {
    throw Error(Reaction::fail_task, "Percentile {} does not lie between 0 and 100", percent);
  }
  const double place = percent / 100 * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<size_t>(place);
  const size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (place - static_cast<double>(low));
}

// Values below, and half of those that are equal.
double percentile_rank(const std::vector<double>& sorted, double value) {
  const auto [first, last] = std::ranges::equal_range(sorted, value);
  const auto below = static_cast<double>(first - sorted.begin());
  const auto equal = static_cast<double>(last - first);
  return (below + equal / 2) / static_cast<double>(sorted.size()) * 100;
}

double statistic_of(const Statistic& statistic, const Sample& sample) {
  const std::string& name = statistic.name;
  const auto& values = sample.values;  // sorted
  const auto count = static_cast<double>(values.size());
  if (name == "count") return static_cast<double>(sample.count);
  if (name == "sum") return sum_of(values);
  if (name == "cardinality" || name == "estimated_cardinality") {
    return static_cast<double>(std::set<double>(values.begin(), values.end()).size());
  }
  const double mean = values.empty() ? 0 : sum_of(values) / count;
  const auto variance = [&] {
    return count > 1 ? moment(values, mean, 2) * count / (count - 1) : 0;
  };
  const auto spread = [&] { return moment(values, mean, 2); };
  constexpr std::array<std::string_view, 11> known = {
      "mean", "min",      "max",        "variance",        "stdv",
      "skew", "kurtosis", "percentile", "percentile_rank", "weighted_average",
      "count"};
  if (std::ranges::find(known, name) == known.end()) {
    throw Error(Reaction::fail_task, "Statistic `{}` is not known", statistic.text);
  }
  if (values.empty()) return 0;
  if (name == "mean") return mean;
  if (name == "min") return values.front();
  if (name == "max") return values.back();
  if (name == "variance") return variance();
  if (name == "stdv") return std::sqrt(variance());
  if (name == "skew") return spread() == 0 ? 0 : moment(values, mean, 3) / std::pow(spread(), 1.5);
  if (name == "kurtosis")
    return spread() == 0 ? 0 : moment(values, mean, 4) / std::pow(spread(), 2);
  if (name == "percentile") return percentile(values, statistic.argument);
  if (name == "percentile_rank") return percentile_rank(values, statistic.argument);
  return weighted_average(sample);
}

wire::AggregateStatisticsResponse aggregate_statistics(
    Call& call, const wire::AggregateStatisticsRequest& request) {
  open_to_read(call, request.table_name);
  const auto type = call.reading->type();
  const auto statistics = read_statistics(request.stats);
  Sample sample = read_sample(call, request, type->type);
  wire::AggregateStatisticsResponse response;
  response.stats["count"] = static_cast<double>(sample.count);
  for (const Statistic& statistic : statistics) {
    if (statistic.name == "weighted_average") {
      response.stats[statistic.text] = statistic_of(statistic, sample);
    }
  }
  std::ranges::sort(sample.values);
  for (const Statistic& statistic : statistics) {
    if (statistic.name != "weighted_average") {
      response.stats[statistic.text] = statistic_of(statistic, sample);
    }
  }
  return response;
}

wire::AggregateMinMaxResponse aggregate_min_max(Call& call,
                                                const wire::AggregateMinMaxRequest& request) {
  open_to_read(call, request.table_name);
  const auto type = call.reading->type();
  const Expression column = read_expression(request.column_name, type->type);
  std::optional<Scalar> least;
  std::optional<Scalar> most;
  each_row(*call.reading, type->type, [&](std::span<const Value> row) {
    const Scalar value = column.value(row);
    if (value.is_null()) return;
    if (!least || compare(value, *least) < 0) least = value;
    if (!most || compare(value, *most) > 0) most = value;
  });
  wire::AggregateMinMaxResponse response;
  if (!least || !most) return response;
  if (least->kind == ScalarKind::text) {
    response.info["min_string"] = least->text;
    response.info["max_string"] = most->text;
    return response;
  }
  response.min = number_of(*least);
  response.max = number_of(*most);
  return response;
}

wire::AggregateUniqueResponse aggregate_unique(Call& call,
                                               const wire::AggregateUniqueRequest& request) {
  refuse_option(request.options, "result_table");
  refuse_option(request.options, "create_temp_table");
  const ResultEncoding encoding = result_encoding(request.encoding);
  const Page page = read_page(request.offset, request.limit, call.database.options.get_records_max);
  open_to_read(call, request.table_name);
  const auto type = call.reading->type();
  const Expression column = read_expression(request.column_name, type->type);
  auto filter = read_filter(option(request.options, "expression"), type->type);

  struct Less {
    bool operator()(const Scalar& left, const Scalar& right) const {
      return order_of(left, right) < 0;
    }
  };
  std::map<Scalar, std::string_view, Less> rows;  // the first row of each value
  std::vector<Value> row;
  call.reading->each(0, [&](std::string_view bytes) {
    wire::decode_row(type->type, bytes, row);
    if (!filter || filter->chooses(row)) rows.try_emplace(column.value(row), bytes);
    return true;
  });
  std::vector<std::string_view> sorted;
  for (const auto& [value, bytes] : rows) sorted.push_back(bytes);
  const std::string order_by = option(request.options, "order_by");
  const bool descending = option(request.options, "sort_order") == "descending" ||
                          order_by.ends_with(" desc") || order_by.ends_with(" DESC");
  if (descending) std::ranges::reverse(sorted);

  DynamicResult result({result_column(column.result_column(request.column_name))}, encoding);
  std::string text;
  for (size_t i = page.offset; i < sorted.size() && i - page.offset < page.limit; ++i) {
    wire::decode_row(type->type, sorted[i], row);
    const Value values[] = {column.result(row, text)};
    result.add_row(values);
  }
  wire::AggregateUniqueResponse response{.table_name = request.table_name};
  response.has_more_records = page.offset + result.rows() < sorted.size();
  put_result(call, result, response);
  return response;
}

}  // namespace

std::vector<Endpoint> aggregate_endpoints() {
  return {endpoint<aggregate_statistics>, endpoint<aggregate_min_max>, endpoint<aggregate_unique>};
}

}  // namespace kc::server
