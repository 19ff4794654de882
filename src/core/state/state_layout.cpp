#include "core/state/state_layout.hpp"

#include <cassert>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace tilth {
namespace {

void check(const Variable& v) {
  require(!v.name.empty(), "state layout: a variable without a name");
  require(v.layers >= 1, "state variable ", v.name, ": ", v.layers, " layers, must be at least 1");
  require(v.lower <= v.upper, "state variable ", v.name, ": bounds ", v.lower, " .. ", v.upper,
          "; the lower must not exceed the upper (infinity for none)");
}

}  // namespace

StateLayout::StateLayout(std::vector<Variable> variables) : variables_(std::move(variables)) {
  for (std::size_t i = 0; i < variables_.size(); ++i) {
    check(variables_[i]);
    for (std::size_t j = 0; j < i; ++j)
      require(variables_[j].name != variables_[i].name, "state variable ", variables_[i].name, " is declared twice");
    first_row_.push_back(rows_);
    rows_ += variables_[i].layers;
  }
}

bool StateLayout::has(std::string_view name) const {
  for (const Variable& v : variables_)
    if (v.name == name) return true;
  return false;
}

int StateLayout::index(std::string_view name) const {
  for (std::size_t i = 0; i < variables_.size(); ++i)
    if (variables_[i].name == name) return int(i);
  std::vector<std::string> names;
  for (const Variable& v : variables_) names.push_back(v.name);
  const std::string wanted(name);
  throw Error(
      text("unknown state variable '", wanted, "'", did_you_mean(wanted, names), "; there are: ", joined(names)));
}

int StateLayout::row(std::string_view name) const { return row(index(name)); }

std::string StateLayout::row_name(int row) const {
  assert(row >= 0 && row < rows_);
  std::size_t i = 0;
  while (row >= first_row_[i] + variables_[i].layers) ++i;
  return variables_[i].layers == 1 ? variables_[i].name : text(variables_[i].name, "[", row - first_row_[i], "]");
}

const Variable& StateLayout::variable(std::string_view name) const { return variables_[std::size_t(index(name))]; }

}  // namespace tilth
