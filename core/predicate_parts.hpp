// A parsed predicate, between its parser and its evaluation. Immutable once parsed.
#pragma once

#include "core/ids.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace unscripted::core {

/// One step of a program: takes its operands from a stack of numbers and leaves one there.
struct predicate_step {
  enum class op : std::uint8_t {
    // leaves a number
    number,  // operand
    tick,
    seq,
    actions,
    count_all,
    count,  // name: of the kind
    deaths_all,
    deaths,       // name: the cause
    alive,        // id
    property_of,  // id, property
    min,          // name: of the kind; property; likewise the next
    max,
    mean,
    sum,
    // takes one
    negate,
    deny,
    // takes two
    add,
    subtract,
    multiply,
    divide,
    less,
    less_equal,
    greater,
    greater_equal,
    equal,
    not_equal,
    both,
    either,
  };

  op what = op::number;
  double operand = 0;
  serial id = world_serial;
  std::string name;
  std::string property;
};

/// Operands before their operation, so that evaluating needs no recursion. Leaves one number: 0 or
/// 1.
struct predicate_program {
  std::vector<predicate_step> steps;
};

}  // namespace unscripted::core
