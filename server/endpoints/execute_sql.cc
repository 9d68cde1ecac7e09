// /execute/sql: the statements of server/sql/parser.h, with parameters, pages and the option
// prepare_mode, which describes a statement's result without running it. Left out: joins, queries
// within queries, views, and the options that choose plans, which are passed over.
#include <charconv>
#include <chrono>
#include <variant>

#include "base/error.h"
#include "server/endpoint.h"
#include "server/expression/selection.h"
#include "server/sql/binder.h"
#include "server/sql/changes.h"
#include "server/sql/definitions.h"
#include "server/sql/paged_results.h"
#include "server/sql/parameters.h"
#include "server/sql/parser.h"
#include "server/sql/select_plan.h"

namespace kc::server {

namespace {

using base::Error;
using base::Reaction;
using sql::Window;

Window read_window(const Database& database, const wire::ExecuteSqlRequest& request) {
  const Page page = read_page(request.offset, request.limit, database.options.get_records_max);
  return {page.offset, page.limit};
}

std::chrono::minutes time_to_live(const wire::Options& options) {
  constexpr std::chrono::minutes most{24 * 60};
  const std::string text = option(options, "paging_table_ttl");
  if (text.empty()) return PagedResults::time_to_live_default;
  int64_t minutes = 0;
  const char* const end = text.data() + text.size();
  const auto [last, error] = std::from_chars(text.data(), end, minutes);
  if (error != std::errc() || last != end) {
    throw Error(Reaction::fail_task, "Option paging_table_ttl is `{}`; it is a number of minutes",
                text);
  }
  if (minutes < 0 || minutes > most.count()) return most;  // -1: for ever
  return std::chrono::minutes(minutes);
}

// A statement without a result. JDBC takes the total of -1 for its sign; Python needs a column.
void put_count(Call& call, int64_t affected, ResultEncoding encoding,
               wire::ExecuteSqlResponse& response) {
  const DynamicResult none({{"dummy", wire::BaseType::string, false, "string"}}, encoding);
  put_result(call, none, response);
  response.count_affected = affected;
  response.total_number_of_records = -1;
}

void put_page(Call& call, const DynamicResult& page, size_t offset, size_t total,
              wire::ExecuteSqlResponse& response) {
  put_result(call, page, response);
  response.count_affected = response.total_number_of_records = static_cast<int64_t>(total);
  response.has_more_records = offset < total && total - offset > page.rows();
}

// One SELECT.
class Query {
 public:
  Query(const sql::Run& run, const wire::ExecuteSqlRequest& request, const sql::Select& select)
      : run_(run), request_(request), select_(select) {
    if (!select.table) return;
    open_to_read(run.call, find_table(run, *select.table)->qualified_name());
    type_ = run.call.reading->type();
  }

  void answer(wire::ExecuteSqlResponse& response) {
    const ResultEncoding encoding = result_encoding(request_.encoding);
    const bool is_run = !run_.parameters.empty();
    const sql::Binder binder(run_.tokens, is_run ? &run_.parameters.front() : nullptr,
                             select_.table ? &*select_.table : nullptr, select_.alias);
    sql::SelectPlan plan(select_, binder, type_ ? &type_->type : nullptr);
    if (!is_run) {
      put_page(run_.call, DynamicResult(plan.columns(), encoding), 0, 0, response);
      return;
    }
    const Window window = read_window(run_.call.database, request_);
    if (is_paged()) return answer_paged(plan, window, encoding, response);
    DynamicResult page(plan.columns(), encoding);
    const size_t total = plan.run(reading(), window, [&](auto values) { page.add_row(values); });
    put_page(run_.call, page, window.offset, total, response);
  }

 private:
  bool is_paged() const {
    return !option(request_.options, "paging_table").empty() ||
           !option(request_.options, "paging_table_ttl").empty();
  }
  const Table::Reading* reading() const {
    return run_.call.reading ? &*run_.call.reading : nullptr;
  }

  void answer_paged(sql::SelectPlan& plan, Window window, ResultEncoding encoding,
                    wire::ExecuteSqlResponse& response) {
    Database& database = run_.call.database;
    auto result =
        std::make_shared<PagedResult>(request_.statement, plan.columns(), database.budget);
    plan.run(reading(), {}, [&](auto values) { result->add_row(values); });
    put_page(run_.call, result->page(window.offset, window.limit, encoding), window.offset,
             result->rows(), response);
    if (!response.has_more_records) return;
    std::string name = option(request_.options, "paging_table");
    if (name.empty()) name = database.paged_results.new_name();
    database.paged_results.keep(name, std::move(result), time_to_live(request_.options),
                                PagedResults::Clock::now());
    response.info["result_table_list"] = name;
    response.paging_table = std::move(name);
  }

  const sql::Run& run_;
  const wire::ExecuteSqlRequest& request_;
  const sql::Select& select_;
  std::shared_ptr<const TypeEntry> type_;  // shared with the table
};

// A later page of a result that is kept. False when there is none of that name and statement.
bool answer_kept(Call& call, const wire::ExecuteSqlRequest& request,
                 wire::ExecuteSqlResponse& response) {
  const std::string name = option(request.options, "paging_table");
  if (name.empty()) return false;
  const auto kept = call.database.paged_results.find(name, PagedResults::Clock::now());
  if (!kept || kept->statement() != request.statement) return false;
  const Window window = read_window(call.database, request);
  const DynamicResult page =
      kept->page(window.offset, window.limit, result_encoding(request.encoding));
  put_page(call, page, window.offset, kept->rows(), response);
  response.paging_table = response.info["result_table_list"] = name;
  return true;
}

wire::ExecuteSqlResponse execute_sql(Call& call, const wire::ExecuteSqlRequest& request) {
  wire::ExecuteSqlResponse response;
  const ResultEncoding encoding = result_encoding(request.encoding);
  const bool is_prepared_only = flag(request.options, "prepare_mode");
  // Only later pages: a first one runs the statement anew.
  if (!is_prepared_only && request.offset > 0 && answer_kept(call, request, response)) {
    return response;
  }
  const sql::Tokens tokens = sql::tokenize(request.statement);
  const sql::Statement statement = sql::parse(tokens);
  std::vector<sql::Parameters> parameters;
  if (!is_prepared_only) parameters = sql::read_parameters(request, tokens.parameter_count);
  const sql::Run run{call, request.options, tokens, parameters};
  if (const auto* select = std::get_if<sql::Select>(&statement)) {
    if (parameters.size() > 1) {
      throw Error(Reaction::fail_task, "A SELECT takes one list of parameters, not {}",
                  parameters.size());
    }
    Query(run, request, *select).answer(response);
    return response;
  }
  const int64_t affected = std::visit(
      [&](const auto& known) -> int64_t {
        if constexpr (!std::is_same_v<decltype(known), const sql::Select&>) {
          return execute(run, known);
        }
        return 0;
      },
      statement);
  put_count(call, affected, encoding, response);
  return response;
}

}  // namespace

std::vector<Endpoint> sql_endpoints() { return {endpoint<execute_sql>}; }

}  // namespace kc::server
