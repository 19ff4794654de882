#include <algorithm>
#include <limits>

#include "core/base/error.hpp"
#include "core/config/scalar_text.hpp"
#include "core/config/schema.hpp"
#include "core/config/schema_state.hpp"

namespace tilth {
namespace {

double read_real(const Node& node) {
  const auto value = node.is_scalar() ? real_of(node.scalar()) : std::nullopt;
  if (!value) refuse_value(node, "must be a finite number");
  return *value;
}

std::string read_word(const Node& node, const std::string& expected) {
  if (!node.is_scalar()) refuse_value(node, expected);
  return node.scalar();
}

/// Text of a time; empty for those beyond the years 1 to 9999, which stand for "no limit".
std::string time_text(Time time) {
  constexpr std::int64_t first = -62135596800, beyond = 253402300800;
  return time.seconds >= first && time.seconds < beyond ? format_time(time) : "";
}

/// Text of a duration; empty for a negative one, which stands for "none".
std::string duration_text(std::int64_t seconds) { return seconds >= 0 ? format_duration(seconds) : ""; }

std::string reals_text(const std::vector<double>& values) {
  std::vector<std::string> texts;
  for (const double value : values) texts.push_back(real_text(value));
  const bool usable = std::none_of(texts.begin(), texts.end(), [](const std::string& t) { return t.empty(); });
  return usable ? yaml_list(texts) : "";
}

std::string words_text(const std::vector<std::string>& values) {
  std::vector<std::string> texts;
  for (const auto& value : values) texts.push_back(yaml_scalar(value));
  return yaml_list(texts);
}

std::vector<Node> items_of(const Node& list) {
  std::vector<Node> items;
  for (std::size_t i = 0; i < list.size(); ++i) items.push_back(list.at(i));
  return items;
}

}  // namespace

Schema::Option Schema::real(const std::string& key, double& value) {
  Option option = declare(key, "real", real_text(value));
  if (option.present_) {
    value = read_real(option.node_);
    option.record().value = real_text(value);
  }
  option.numbers_ = {value};
  option.nodes_ = {option.node_};
  return option;
}

template <class Integer>
Schema::Option Schema::whole_number(const std::string& key, Integer& value) {
  using Limits = std::numeric_limits<Integer>;
  Option option = declare(key, "integer", std::to_string(value));
  if (option.present_) {
    const auto read = option.node_.is_scalar() ? integer_of(option.node_.scalar()) : std::nullopt;
    if (!read || *read < Limits::min() || *read > Limits::max()) {
      refuse_value(option.node_, tilth::text("must be an integer from ", Limits::min(), " to ", Limits::max()));
    }
    value = static_cast<Integer>(*read);
    option.record().value = std::to_string(value);
  }
  option.numbers_ = {static_cast<double>(value)};
  option.nodes_ = {option.node_};
  return option;
}

Schema::Option Schema::integer(const std::string& key, std::int64_t& value) { return whole_number(key, value); }
Schema::Option Schema::integer(const std::string& key, int& value) { return whole_number(key, value); }

Schema::Option Schema::flag(const std::string& key, bool& value) {
  Option option = declare(key, "flag", value ? "true" : "false");
  if (option.present_) {
    const std::string word = option.node_.scalar();
    if (!option.node_.is_scalar() || (word != "true" && word != "false")) {
      refuse_value(option.node_, "must be true or false");
    }
    value = word == "true";
    option.record().value = word;
  }
  return option;
}

Schema::Option Schema::text(const std::string& key, std::string& value) {
  Option option = declare(key, "text", yaml_scalar(value));
  if (option.present_) {
    value = read_word(option.node_, "must be a text");
    option.record().value = yaml_scalar(value);
  }
  option.words_ = {value};
  option.nodes_ = {option.node_};
  return option;
}

Schema::Option Schema::time(const std::string& key, Time& value) {
  Option option = declare(key, "time", time_text(value));
  if (option.present_) {
    const std::string expected = "must be a time such as 2018-01-01 or 2018-01-01T06:00:00 (UTC)";
    const std::string word = read_word(option.node_, expected);
    try {
      value = parse_time(word);
    } catch (const Error&) {
      refuse_value(option.node_, expected);
    }
    option.record().value = time_text(value);
  }
  return option;
}

Schema::Option Schema::duration(const std::string& key, std::int64_t& seconds) {
  Option option = declare(key, "duration", duration_text(seconds));
  if (option.present_) {
    const std::string expected = "must be a duration such as 8 days, 6 hours, 30 minutes or 3600 s";
    const std::string word = read_word(option.node_, expected);
    try {
      seconds = parse_duration(word);
    } catch (const Error&) {
      refuse_value(option.node_, expected);
    }
    option.record().value = format_duration(seconds);
  }
  option.numbers_ = {static_cast<double>(seconds)};
  option.nodes_ = {option.node_};
  return option;
}

Schema::Option Schema::time_offset(const std::string& key, std::int64_t& seconds) {
  const auto written = [](std::int64_t s) { return s < 0 ? "-" + format_duration(-s) : format_duration(s); };
  Option option = declare(key, "time offset", written(seconds));
  if (option.present_) {
    const std::string expected = "must be a duration of either sign such as 6 hours or -90 minutes";
    const std::string word = read_word(option.node_, expected);
    const bool back = !word.empty() && word[0] == '-';
    try {
      seconds = parse_duration(back ? word.substr(1) : word) * (back ? -1 : 1);
    } catch (const Error&) {
      refuse_value(option.node_, expected);
    }
    option.record().value = written(seconds);
  }
  option.numbers_ = {static_cast<double>(seconds)};
  option.nodes_ = {option.node_};
  return option;
}

Schema::Option Schema::reals(const std::string& key, std::vector<double>& values) {
  Option option = declare(key, "list of reals", reals_text(values));
  if (option.present_) {
    if (!option.node_.is_list()) refuse_value(option.node_, "must be a list of numbers: [a, b]");
    option.nodes_ = items_of(option.node_);
    values.clear();
    for (const Node& node : option.nodes_) values.push_back(read_real(node));
    option.record().value = reals_text(values);
  }
  option.numbers_ = values;
  option.nodes_.resize(values.size());
  return option;
}

Schema::Option Schema::words(const std::string& key, std::vector<std::string>& values) {
  Option option = declare(key, "list of texts", words_text(values));
  if (option.present_) {
    const std::string expected = "must be a list of texts: [a, b]";
    if (!option.node_.is_list() && !option.node_.is_scalar()) refuse_value(option.node_, expected);
    option.nodes_ = option.node_.is_list() ? items_of(option.node_) : std::vector<Node>{option.node_};
    values.clear();
    for (const Node& node : option.nodes_) values.push_back(read_word(node, "must be a text"));
    option.record().value = words_text(values);
  }
  option.words_ = values;
  option.nodes_.resize(values.size());
  return option;
}

Schema::Option Schema::assignments(const std::string& key, std::vector<std::pair<std::string, std::string>>& pairs) {
  Option option = declare(key, "map of values", "{}");
  if (!option.present_) return option;
  if (!option.node_.is_map()) refuse_value(option.node_, "must be a map of options: {a.b: value}");
  pairs.clear();
  for (const std::string& path : option.node_.keys()) pairs.emplace_back(path, option.node_.at(path).yaml());
  option.record().value = option.node_.yaml();
  return option;
}

}  // namespace tilth
