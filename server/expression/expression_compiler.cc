#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <optional>
#include <utility>

#include "base/error.h"
#include "server/expression/expression_code.h"
#include "server/rows/generated_values.h"

namespace kc::server {

using base::Error;
using base::Reaction;
using Kind = Node::Kind;

namespace {

using Code = Expression::Code;
using CodePtr = std::unique_ptr<Code>;
using Op = Code::Op;

// Constants of one kind in a list are searched for a value instead of being compared one by one:
// lists of thousands of keys are common.
void sort_items(Code& in) {
  const auto is_constant = [](const CodePtr& part) { return part->op == Op::constant; };
  if (!std::all_of(in.parts.begin() + 1, in.parts.end(), is_constant)) return;
  const auto drop = [&](auto&& is_dropped) {
    const auto end = std::remove_if(in.parts.begin() + 1, in.parts.end(), is_dropped);
    const bool any = end != in.parts.end();
    in.parts.erase(end, in.parts.end());
    return any;
  };
  in.null_item = drop([](const CodePtr& part) { return part->constant.is_null(); });
  // NaN equals nothing.
  drop([](const CodePtr& part) { return std::isnan(part->constant.real); });
  const auto of_first_kind = [&](const CodePtr& part) {
    return part->constant.kind == in.parts[1]->constant.kind;
  };
  in.sorted = std::all_of(in.parts.begin() + 1, in.parts.end(), of_first_kind);
  if (!in.sorted) return;
  std::sort(in.parts.begin() + 1, in.parts.end(), [](const CodePtr& a, const CodePtr& b) {
    return compare(a->constant, b->constant) < 0;
  });
}

CodePtr make_constant(const Scalar& value, std::string source) {
  auto code = std::make_unique<Code>(Code{.op = Op::constant, .result = value.kind});
  code->source = std::move(source);
  code->constant = value;
  if (value.kind == ScalarKind::text) code->constant.text = code->source;
  code->whole = value.kind == ScalarKind::number && value.scale == 0;
  return code;
}

class Compiler {
 public:
  explicit Compiler(const wire::TableType& type) : type_(type) {}

  CodePtr compile(const Node& node) {
    switch (node.kind) {
      case Kind::column:
        return compile_column(node);
      case Kind::null:
        return make_constant({}, "");
      case Kind::truth:
        return make_constant(Scalar::truth(node.text == "true"), node.text);
      case Kind::number:
        return compile_number(node);
      case Kind::text:
        return make_constant(Scalar::of_text(""), node.text);
      case Kind::both:
        return compile_logic(node, Op::both);
      case Kind::either:
        return compile_logic(node, Op::either);
      case Kind::negated:
        return compile_logic(node, Op::negated);
      case Kind::compared:
        return compile_set(node, comparison(node.text));
      case Kind::in:
        return compile_set(node, Op::in);
      case Kind::between:
        return compile_set(node, Op::between);
      case Kind::like:
        return compile_like(node);
      case Kind::is_null:
        return compile_parts(node, Op::is_null);
      case Kind::arithmetic:
      case Kind::minus:
        return compile_arithmetic(node);
      case Kind::call:
        return compile_call(node);
      case Kind::parameter:
        fail(node, "a parameter has no value");
      case Kind::star:
        break;
    }
    fail(node, "`*` is no value");
  }

 private:
  [[noreturn]] static void fail(const Node& node, const std::string& what) {
    throw Error(Reaction::fail_task, "Expression, position {}: {}", node.position + 1, what);
  }

  CodePtr compile_column(const Node& node) {
    const auto index = find_column(node);
    auto code = std::make_unique<Code>(Code{.op = Op::column});
    code->column = index;
    code->format = wire::column_format(type_.columns()[index]);
    code->result = scalar_kind(code->format);
    code->whole =
        code->result == ScalarKind::number && code->format.kind != wire::ColumnKind::decimal;
    return code;
  }

  // As it stands, else the only one that differs in case alone.
  size_t find_column(const Node& node) {
    if (const auto found = type_.find(node.text)) return *found;
    if (!node.qualifier.empty()) {
      if (const auto found = type_.find(node.qualifier + "." + node.text)) return *found;
    }
    std::optional<size_t> only;
    for (size_t i = 0; i < type_.columns().size(); ++i) {
      const std::string& name = type_.columns()[i].name;
      const bool same = std::ranges::equal(name, node.text, [](unsigned char a, unsigned char b) {
        return std::tolower(a) == std::tolower(b);
      });
      if (!same) continue;
      if (only) fail(node, "`" + node.text + "` may be more than one column");
      only = i;
    }
    if (!only) fail(node, "`" + node.text + "` is not a column");
    return *only;
  }

  static CodePtr compile_number(const Node& node) {
    const auto value = parse_number(node.text);
    if (!value) fail(node, "`" + node.text + "` is not a number");
    return make_constant(*value, node.text);
  }

  CodePtr compile_parts(const Node& node, Op op) {
    auto code = std::make_unique<Code>(Code{.op = op});
    code->inverted = node.inverted;
    code->whole = true;
    for (const auto& part : node.parts) code->parts.push_back(compile(*part));
    return code;
  }

  CodePtr compile_logic(const Node& node, Op op) {
    CodePtr code = compile_parts(node, op);
    for (size_t i = 0; i < code->parts.size(); ++i) {
      if (is_truth(*code->parts[i])) continue;
      fail(*node.parts[i], "a condition should be here, not " +
                               std::string(scalar_kind_name(code->parts[i]->result)));
    }
    return code;
  }

  static Op comparison(const std::string& text) {
    if (text == "=") return Op::equal;
    if (text == "!=") return Op::unequal;
    if (text == "<") return Op::less;
    if (text == "<=") return Op::less_equal;
    return text == ">" ? Op::greater : Op::greater_equal;
  }

  // Everything that compares: all parts become of one kind.
  CodePtr compile_set(const Node& node, Op op) {
    CodePtr code = compile_parts(node, op);
    const ScalarKind kind = common_kind(*code);
    const bool single = std::ranges::any_of(code->parts, [](const CodePtr& part) {
      return part->op == Op::column && part->format.kind == wire::ColumnKind::float32;
    });
    for (size_t i = 0; i < code->parts.size(); ++i) {
      CodePtr& part = code->parts[i];
      if (part->op == Op::constant) {
        convert(*node.parts[i], *part, kind, single);
      } else if (!comparable(part->result, kind)) {
        fail(*node.parts[i], std::string(scalar_kind_name(part->result)) + " is compared with " +
                                 std::string(scalar_kind_name(kind)));
      }
    }
    if (op == Op::in) sort_items(*code);
    return code;
  }

  // The kind that columns bring; constants follow.
  static ScalarKind common_kind(const Code& code) {
    ScalarKind kind = ScalarKind::null;
    for (const bool constants : {false, true}) {
      for (const CodePtr& part : code.parts) {
        if ((part->op == Op::constant) != constants || part->result == ScalarKind::null) continue;
        const bool wider = kind == ScalarKind::number && part->result == ScalarKind::real;
        if (kind == ScalarKind::null || wider) kind = part->result;
      }
      if (kind != ScalarKind::null) break;
    }
    return kind;
  }

  static void convert(const Node& node, Code& constant, ScalarKind kind, bool single) {
    if (constant.constant.is_null()) return;
    std::optional<Scalar> value;
    if (kind == ScalarKind::real && constant.result == ScalarKind::number) {
      value = scalar_as(Scalar::of_text(constant.source), kind);  // rounded once
    }
    if (!value) value = scalar_as(constant.constant, kind);
    if (!value && comparable(constant.result, kind)) return;
    if (!value) {
      fail(node, "`" + constant.source.substr(0, 200) + "` is compared with " +
                     std::string(scalar_kind_name(kind)) + ", which it is not");
    }
    if (single && value->kind == ScalarKind::real) {
      value->real = static_cast<double>(static_cast<float>(value->real));
    }
    constant.constant = *value;
    constant.result = value->kind;
  }

  CodePtr compile_like(const Node& node) {
    CodePtr code = compile_parts(node, Op::like);
    for (size_t i = 0; i < code->parts.size(); ++i) {
      const ScalarKind kind = code->parts[i]->result;
      if (kind == ScalarKind::text || kind == ScalarKind::null) continue;
      fail(*node.parts[i], "`like` compares texts, not " + std::string(scalar_kind_name(kind)));
    }
    return code;
  }

  CodePtr compile_arithmetic(const Node& node) {
    const Op op = node.kind == Kind::minus ? Op::minus
                  : node.text == "+"       ? Op::add
                  : node.text == "-"       ? Op::subtract
                  : node.text == "*"       ? Op::multiply
                                           : Op::divide;
    CodePtr code = compile_parts(node, op);
    code->result = op == Op::divide ? ScalarKind::real : ScalarKind::number;
    for (size_t i = 0; i < code->parts.size(); ++i) {
      const Code& part = *code->parts[i];
      if (!is_truth(*code->parts[i])) {
        fail(*node.parts[i], "`" + (node.text.empty() ? std::string("-") : node.text) +
                                 "` reckons with numbers, not with " +
                                 std::string(scalar_kind_name(part.result)));
      }
      if (part.result == ScalarKind::real) code->result = ScalarKind::real;
      code->whole = code->whole && part.whole;
    }
    code->whole = code->whole && code->result == ScalarKind::number;
    const Code& first = *code->parts[0];
    if (op != Op::minus || first.op != Op::constant || first.result == ScalarKind::null)
      return code;
    Scalar value = first.constant;
    value.number = -value.number;
    value.real = -value.real;
    return make_constant(value, "-" + first.source);
  }

  CodePtr compile_call(const Node& node) {
    struct Clock {
      std::string_view name;
      Scalar (*read)();
    };
    static constexpr std::array<Clock, 5> clocks = {{
        {"now", [] { return Scalar::of_instant(now_milliseconds()); }},
        {"current_timestamp", [] { return Scalar::of_instant(now_milliseconds()); }},
        {"current_datetime", [] { return Scalar::of_instant(now_milliseconds()); }},
        {"current_date",
         [] {
           constexpr int64_t day = 24 * 60 * 60 * 1000;
           return Scalar::of_instant(now_milliseconds() / day * day);
         }},
        {"current_time",
         [] {
           constexpr int64_t day = 24 * 60 * 60 * 1000;
           return Scalar{ScalarKind::time, 0, now_milliseconds() % day, 0, {}};
         }},
    }};
    const auto found = std::ranges::find(clocks, node.text, &Clock::name);
    if (found == clocks.end()) {
      fail(node, "this server does not know the function `" + node.text +
                     "`; it knows is_null, now, current_timestamp, current_date and current_time");
    }
    if (!node.parts.empty()) fail(node, "`" + node.text + "` takes no arguments");
    return make_constant(found->read(), node.text + "()");
  }

  const wire::TableType& type_;
};

}  // namespace

CodePtr compile_expression(const Node& tree, const wire::TableType& type) {
  return Compiler(type).compile(tree);
}

}  // namespace kc::server
