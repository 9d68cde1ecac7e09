// Any text as an expression over a table with a column of every kind: it is refused with an error
// that says why, or it chooses the same rows whenever it is asked, and the rows that it chooses
// have the key that it demands.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/error.h"
#include "server/expression/expression.h"

namespace {

using kc::base::Error;
using kc::base::Reaction;
using kc::data::Value;
using kc::server::Expression;
using kc::wire::BaseType;
using kc::wire::TableType;

const TableType& type() {
  static const TableType type({{"id", BaseType::long_, {"primary_key"}},
                               {"i8", BaseType::int_, {"int8"}},
                               {"b", BaseType::int_, {"boolean"}},
                               {"f", BaseType::float_, {}},
                               {"d", BaseType::double_, {"nullable"}},
                               {"name", BaseType::string, {"char16", "nullable"}},
                               {"amount", BaseType::string, {"decimal(27,10)"}},
                               {"big", BaseType::string, {"ulong"}},
                               {"day", BaseType::string, {"date"}},
                               {"at", BaseType::string, {"datetime"}},
                               {"ts", BaseType::long_, {"timestamp"}},
                               {"clock", BaseType::string, {"time"}},
                               {"ip", BaseType::string, {"ipv4"}},
                               {"u", BaseType::string, {"uuid"}},
                               {"raw", BaseType::bytes, {"nullable"}},
                               {"my column", BaseType::int_, {}}});
  return type;
}

std::vector<Value> row(int64_t id, std::string_view name, bool nulls) {
  return {Value::int64(id),
          Value::int32(-128),
          Value::int32(1),
          Value::float32(0.1F),
          nulls ? Value() : Value::float64(0.1),
          nulls ? Value() : Value::string(name),
          Value::string("99999999999999999.9999999999"),
          Value::string("18446744073709551615"),
          Value::string("2024-02-29"),
          Value::string("2024-02-29 12:34:56.789"),
          Value::int64(29379542399999),
          Value::string("23:59:59.999"),
          Value::string("192.168.0.1"),
          Value::string("123e4567-e89b-12d3-a456-426614174000"),
          nulls ? Value() : Value::bytes("\xff"),
          Value::int32(5)};
}

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::vector<std::vector<Value>> rows = {row(7, "x", false), row(-1, "it's", true)};
  try {
    const Expression expression(text, type());
    const auto key = expression.demanded_key();
    for (const auto& values : rows) {
      const bool chosen = expression.chooses(values);
      require(chosen == expression.chooses(values));
      if (chosen && key) require(key->size() == 1);
      if (chosen && key) require(std::stod(key->front()) == double(values[0].as_integer()));
    }
  } catch (const Error& error) {
    require(error.reaction() == Reaction::fail_task);
  }
  return 0;
}
