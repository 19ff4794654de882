#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/base/time.hpp"
#include "core/config/scalar_text.hpp"
#include "core/config/schema.hpp"
#include "core/config/schema_state.hpp"

namespace tilth {
namespace {

/// A bound as the user would write it; durations are bounded in seconds.
std::string bound_text(double bound, const std::string& kind) {
  return kind == "duration" ? format_duration(static_cast<std::int64_t>(bound)) : real_text(bound);
}

std::string joined_range(const std::string& before, const std::string& range) {
  return before.empty() ? range : before + ", " + range;
}

}  // namespace

OptionRecord& Schema::Option::record() const { return (*state_->records)[index_]; }

/// Reads better without quotes: `x = 3, must be > 4`.
void Schema::Option::refuse(const Node& node, const std::string& expected) const {
  throw Error(tilth::text(node.where(), " = ", node.scalar(), ", must be ", expected));
}

void Schema::Option::check_numbers(const std::string& range, const std::function<bool(double)>& good) {
  for (std::size_t i = 0; i < numbers_.size(); ++i) {
    if (good(numbers_[i])) continue;
    if (present_) refuse(nodes_[i], range);
    record().fallback.clear();
    record().value.clear();
  }
}

Schema::Option& Schema::Option::in(double lower, double upper) {
  const std::string low = bound_text(lower, record().kind), high = bound_text(upper, record().kind);
  const bool has_low = std::isfinite(lower), has_high = std::isfinite(upper);
  const std::string half = has_low ? ">= " + low : "<= " + high;
  check_numbers(has_low && has_high ? "between " + low + " and " + high : half,
                [=](double x) { return x >= lower && x <= upper; });
  if (has_low || has_high) {
    record().range = joined_range(record().range, has_low && has_high ? low + " to " + high : half);
  }
  return *this;
}

Schema::Option& Schema::Option::above(double lower) {
  const std::string range = "> " + bound_text(lower, record().kind);
  check_numbers(range, [=](double x) { return x > lower; });
  record().range = joined_range(record().range, range);
  return *this;
}

Schema::Option& Schema::Option::units(const std::string& unit) {
  record().units = unit;
  return *this;
}

Schema::Option& Schema::Option::one_of(std::vector<std::string> words) {
  for (std::size_t i = 0; i < words_.size(); ++i) {
    if (std::find(words.begin(), words.end(), words_[i]) != words.end()) continue;
    if (present_) refuse_value(nodes_[i], "must be one of " + joined(words) + did_you_mean(words_[i], words));
    record().fallback.clear();
    record().value.clear();
  }
  record().range = joined_range(record().range, joined(words));
  return *this;
}

Schema::Option& Schema::Option::required() {
  record().required = true;
  record().fallback.clear();
  if (!state_->reading || present_ || state_->from_defaults) return *this;
  const std::string key = record().path.substr(state_->path.empty() ? 0 : state_->path.size() + 1);
  std::string misspelt;
  for (const std::string& given : state_->node.keys()) {
    const bool known = std::find(state_->declared.begin(), state_->declared.end(), given) != state_->declared.end();
    if (!known && !did_you_mean(given, std::span(&key, 1)).empty())
      misspelt = "; '" + given + "' looks like it misspelt";
  }
  throw Error(
      tilth::text(state_->node.where(), ": missing required option '", key, "' (", record().kind, ")", misspelt));
}

Schema::Option& Schema::Option::about(const std::string& sentence) {
  record().about = sentence;
  return *this;
}

}  // namespace tilth
