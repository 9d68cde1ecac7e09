#include "server/expression/expression.h"

#include <algorithm>
#include <utility>

#include "base/error.h"
#include "server/expression/expression_code.h"
#include "wire/row_codec.h"

namespace kc::server {

using base::Error;
using base::Reaction;
using data::Value;
using wire::Int128;

namespace {

using Code = Expression::Code;
using CodePtr = std::unique_ptr<Code>;
using Op = Code::Op;

// % is any text, _ any one character (of one byte or more).
bool is_like(std::string_view text, std::string_view pattern) {
  const auto character_end = [](std::string_view in, size_t at) {
    do {
      ++at;
    } while (at < in.size() && (static_cast<uint8_t>(in[at]) & 0xc0) == 0x80);
    return at;
  };
  size_t at = 0;
  size_t wanted = 0;
  std::optional<size_t> star;  // where the pattern goes on after the latest %
  size_t star_at = 0;
  while (at < text.size()) {
    if (wanted < pattern.size() && pattern[wanted] == '%') {
      star = ++wanted;
      star_at = at;
    } else if (wanted < pattern.size() && pattern[wanted] == '_') {
      at = character_end(text, at);
      ++wanted;
    } else if (wanted < pattern.size() && pattern[wanted] == text[at]) {
      ++at;
      ++wanted;
    } else if (star) {
      wanted = *star;
      at = ++star_at;
    } else {
      return false;
    }
  }
  while (wanted < pattern.size() && pattern[wanted] == '%') ++wanted;
  return wanted == pattern.size();
}

bool matches(Op op, std::partial_ordering order) {
  switch (op) {
    case Op::equal:
      return order == 0;
    case Op::unequal:
      return order != 0;
    case Op::less:
      return order < 0;
    case Op::less_equal:
      return order <= 0;
    case Op::greater:
      return order > 0;
    default:
      return order >= 0;
  }
}

Scalar evaluate(const Code& code, std::span<const Value> row);

bool is_true(const Scalar& value) {
  return value.kind == ScalarKind::real ? value.real != 0 : value.number != 0;
}

// The value that decides; unknown where none does and one is unknown.
Scalar evaluate_chain(const Code& code, std::span<const Value> row) {
  const bool decisive = code.op == Op::either;
  Scalar result = Scalar::truth(!decisive);
  for (const CodePtr& part : code.parts) {
    const Scalar value = evaluate(*part, row);
    if (value.is_null()) {
      result = {};
    } else if (is_true(value) == decisive) {
      return Scalar::truth(decisive);
    }
  }
  return result;
}

Scalar evaluate_in(const Code& code, std::span<const Value> row) {
  const Scalar value = evaluate(*code.parts[0], row);
  if (value.is_null()) return {};
  bool unknown = code.null_item;
  if (code.sorted) {
    const auto found = std::lower_bound(
        code.parts.begin() + 1, code.parts.end(), value,
        [](const CodePtr& part, const Scalar& of) { return compare(part->constant, of) < 0; });
    if (found != code.parts.end() && compare((*found)->constant, value) == 0) {
      return Scalar::truth(!code.inverted);
    }
    return unknown ? Scalar{} : Scalar::truth(code.inverted);
  }
  for (size_t i = 1; i < code.parts.size(); ++i) {
    const Scalar item = evaluate(*code.parts[i], row);
    if (item.is_null()) {
      unknown = true;
    } else if (compare(value, item) == 0) {
      return Scalar::truth(!code.inverted);
    }
  }
  return unknown ? Scalar{} : Scalar::truth(code.inverted);
}

Scalar evaluate_between(const Code& code, std::span<const Value> row) {
  const Scalar value = evaluate(*code.parts[0], row);
  const Scalar low = evaluate(*code.parts[1], row);
  const Scalar high = evaluate(*code.parts[2], row);
  if (value.is_null() || low.is_null() || high.is_null()) return {};
  const bool inside = compare(value, low) >= 0 && compare(value, high) <= 0;
  return Scalar::truth(inside != code.inverted);
}

// Exact where numbers are and the result fits, else real.
Scalar reckon(Op op, const Scalar& left, const Scalar& right) {
  constexpr int scale_max = 37;
  if (left.kind == ScalarKind::number && right.kind == ScalarKind::number && op != Op::divide) {
    Int128 a = left.number;
    Int128 b = right.number;
    Int128 result = 0;
    int scale = op == Op::multiply ? left.scale + right.scale : std::max(left.scale, right.scale);
    bool overflow = scale > scale_max;
    if (op != Op::multiply) {
      for (int i = left.scale; i < scale; ++i) overflow |= __builtin_mul_overflow(a, 10, &a);
      for (int i = right.scale; i < scale; ++i) overflow |= __builtin_mul_overflow(b, 10, &b);
    }
    overflow |= op == Op::add        ? __builtin_add_overflow(a, b, &result)
                : op == Op::subtract ? __builtin_sub_overflow(a, b, &result)
                                     : __builtin_mul_overflow(a, b, &result);
    if (!overflow) return Scalar::of_number(result, static_cast<uint8_t>(scale));
  }
  const double a = to_real(left);
  const double b = to_real(right);
  if (op == Op::divide && b == 0) return {};
  return Scalar::of_real(op == Op::add        ? a + b
                         : op == Op::subtract ? a - b
                         : op == Op::multiply ? a * b
                                              : a / b);
}

Scalar evaluate_two(const Code& code, std::span<const Value> row) {
  const Scalar left = evaluate(*code.parts[0], row);
  if (left.is_null()) return {};
  const Scalar right = evaluate(*code.parts[1], row);
  if (right.is_null()) return {};
  switch (code.op) {
    case Op::like:
      return Scalar::truth(is_like(left.text, right.text) != code.inverted);
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
      return reckon(code.op, left, right);
    default:
      return Scalar::truth(matches(code.op, compare(left, right)));
  }
}

Scalar evaluate(const Code& code, std::span<const Value> row) {
  switch (code.op) {
    case Op::column:
      return scalar_of(code.format, row[code.column]);
    case Op::constant:
      return code.constant;
    case Op::both:
    case Op::either:
      return evaluate_chain(code, row);
    case Op::in:
      return evaluate_in(code, row);
    case Op::between:
      return evaluate_between(code, row);
    case Op::is_null:
      return Scalar::truth(evaluate(*code.parts[0], row).is_null() != code.inverted);
    case Op::negated: {
      const Scalar value = evaluate(*code.parts[0], row);
      return value.is_null() ? value : Scalar::truth(!is_true(value));
    }
    case Op::minus: {
      const Scalar value = evaluate(*code.parts[0], row);
      return value.is_null() ? value : reckon(Op::subtract, Scalar::of_number(0), value);
    }
    default:
      return evaluate_two(code, row);
  }
}

// The constant of `column = constant`, where the code is such a comparison or a conjunction with
// one; else nullptr.
const Code* demanded_constant(const Code& code, size_t column) {
  if (code.op == Op::both) {
    for (const CodePtr& part : code.parts) {
      if (const Code* found = demanded_constant(*part, column)) return found;
    }
    return nullptr;
  }
  if (code.op != Op::equal) return nullptr;
  const auto names = [&](const Code& part) {
    return part.op == Op::column && part.column == column;
  };
  const auto is_value = [](const Code& part) {
    return part.op == Op::constant && !part.constant.is_null();
  };
  const Code& left = *code.parts[0];
  const Code& right = *code.parts[1];
  if (names(left) && is_value(right)) return &right;
  return names(right) && is_value(left) ? &left : nullptr;
}

}  // namespace

Expression::Expression(std::string_view text, const wire::TableType& type)
    : Expression(*parse_expression(text, Dialect{.type = &type}), type) {}

Expression::Expression(const Node& tree, const wire::TableType& type)
    : type_(type), root_(compile_expression(tree, type)) {}

Expression::~Expression() = default;
Expression::Expression(Expression&&) noexcept = default;

void Expression::check_condition() const {
  if (is_truth(*root_)) return;
  throw Error(Reaction::fail_task, "An expression that is {} is no condition",
              scalar_kind_name(root_->result));
}

bool Expression::chooses(std::string_view row) {
  wire::decode_row(type_, row, values_);
  return chooses(values_);
}

bool Expression::chooses(std::span<const Value> row) const {
  check_condition();
  const Scalar value = evaluate(*root_, row);
  return !value.is_null() && is_true(value);
}

Scalar Expression::value(std::span<const Value> row) const { return evaluate(*root_, row); }

std::optional<size_t> Expression::column() const {
  if (root_->op != Op::column) return std::nullopt;
  return root_->column;
}

wire::Column Expression::result_column(std::string name) const {
  using wire::BaseType;
  const auto make = [&](BaseType type, const char* property) {
    wire::Column column{std::move(name), type, {"nullable"}};
    if (property != nullptr) column.properties.emplace_back(property);
    return column;
  };
  if (root_->op == Op::column) {
    wire::Column column = type_.columns()[root_->column];
    column.name = std::move(name);
    return column;
  }
  switch (root_->result) {
    case ScalarKind::number:
      return make(root_->whole ? BaseType::long_ : BaseType::double_, nullptr);
    case ScalarKind::real:
      return make(BaseType::double_, nullptr);
    case ScalarKind::bytes:
      return make(BaseType::bytes, nullptr);
    case ScalarKind::instant:
      return make(BaseType::long_, "timestamp");
    case ScalarKind::time:
      return make(BaseType::string, "time");
    case ScalarKind::ipv4:
      return make(BaseType::string, "ipv4");
    case ScalarKind::uuid:
      return make(BaseType::string, "uuid");
    default:
      return make(BaseType::string, nullptr);
  }
}

Value Expression::result(std::span<const Value> row, std::string& text) const {
  if (root_->op == Op::column) return row[root_->column];
  const Scalar value = evaluate(*root_, row);
  switch (value.kind) {
    case ScalarKind::null:
      return {};
    case ScalarKind::number:
      if (!root_->whole) return Value::float64(to_real(value));
      if (value.number != static_cast<int64_t>(value.number)) {
        throw Error(Reaction::fail_task, "The result of an expression does not fit into a long");
      }
      return Value::int64(static_cast<int64_t>(value.number));
    case ScalarKind::real:
      if (root_->whole) {
        throw Error(Reaction::fail_task, "The result of an expression does not fit into a long");
      }
      return Value::float64(value.real);
    case ScalarKind::bytes:
      return Value::bytes(value.text);
    case ScalarKind::text:
      return Value::string(value.text);
    case ScalarKind::instant:
      return Value::int64(static_cast<int64_t>(value.number));
    default:
      text = scalar_text(value, {});
      return Value::string(text);
  }
}

std::optional<std::vector<std::string>> Expression::demanded_key() const {
  std::vector<std::string> key;
  for (size_t i = 0; i < type_.columns().size(); ++i) {
    if (!type_.columns()[i].primary_key()) continue;
    const auto format = wire::column_format(type_.columns()[i]);
    // 0.0 equals -0.0, but as a key it is another.
    if (scalar_kind(format) == ScalarKind::real) return std::nullopt;
    const Code* found = demanded_constant(*root_, i);
    if (found == nullptr || found->result == ScalarKind::real) return std::nullopt;
    key.push_back(scalar_text(found->constant, format));
  }
  if (key.empty()) return std::nullopt;
  return key;
}

}  // namespace kc::server
