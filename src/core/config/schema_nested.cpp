#include <algorithm>
#include <stdexcept>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/config/node_data.hpp"
#include "core/config/scalar_text.hpp"
#include "core/config/schema.hpp"
#include "core/config/schema_state.hpp"

namespace tilth {
namespace {

constexpr std::size_t sample_item = static_cast<std::size_t>(-1);  // beyond every list: the template makes a sample

std::size_t index_in(std::span<const std::string> names, const std::string& name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

/// The chosen name at `node`: `name` or `{name: {options}}`; `what` is the key, for messages.
std::string chosen_at(const Node& node, std::span<const std::string> names, const std::string& what) {
  const std::string known = "known: " + joined(names);
  if (!node.is_scalar() && !node.is_map()) refuse_value(node, "must be 'name' or '{name: {options}}'; " + known);
  const std::vector<std::string> given = node.is_scalar() ? std::vector<std::string>{node.scalar()} : node.keys();
  for (const std::string& name : given) {
    if (index_in(names, name) < names.size()) continue;
    const std::string hint = did_you_mean(name, names);
    throw Error(text(node.where(), ": unknown ", what, " '", name, "'", hint, hint.empty() ? "; " : " ", known));
  }
  require(given.size() == 1, node.where(), " has ", given.size(), " names", given.empty() ? "" : ": ", joined(given),
          "; must be exactly one; ", known);
  return given[0];
}

std::string empty_maps(std::size_t n) { return yaml_list(std::vector<std::string>(n, "{}")); }

std::string named_maps(const std::vector<std::string>& names) {
  std::vector<std::string> items;
  for (const auto& name : names) items.push_back(yaml_scalar(name) + ": {}");
  return text("{", joined(items), "}");
}

std::string yaml_words(std::vector<std::string> words) {
  std::transform(words.begin(), words.end(), words.begin(), [](const std::string& w) { return yaml_scalar(w); });
  return yaml_list(words);
}

}  // namespace

Schema::Option Schema::nested(const std::string& key, const std::function<void(Schema&)>& describe) {
  Option option = declare(key, "section", "");
  if (state_->reading) option.record().value = "{}";
  require_section(option.node_);
  Schema child(child_state(*state_, option.node_, option.record().path));
  child.state_->own_record = option.index_;
  describe(child);
  child.finish();
  return option;
}

Schema::Option Schema::nested_or_false(const std::string& key, bool& on, const std::function<void(Schema&)>& describe) {
  Option option = declare(key, "section or false", on ? "" : "false");
  Node node = option.node_;
  if (option.present_ && node.is_scalar()) {
    const std::string word = node.scalar();
    if (word != "true" && word != "false") refuse_value(node, "must be a section: a map of options, or false for none");
    on = word == "true";
    node = Node();
  } else if (option.present_) {
    on = true;
    require_section(node);
  }
  if (state_->reading) option.record().value = on ? "{}" : "false";
  if (state_->reading && !on) return option;
  Schema child(child_state(*state_, node, option.record().path));
  child.state_->own_record = option.index_;
  describe(child);
  child.finish();
  return option;
}

Schema::Option Schema::nested_list(const std::string& key, std::size_t default_size,
                                   const std::function<void(std::size_t)>& resize,
                                   const std::function<void(std::size_t, Schema&)>& describe) {
  Option option = declare(key, "list", empty_maps(default_size));
  const std::string path = option.record().path;
  if (!state_->reading) {
    Schema sample(child_state(*state_, Node(), path + "[]"));
    describe(sample_item, sample);
    return option;
  }
  const Node list = option.node_;
  if (option.present_ && !list.is_list()) refuse_value(list, "must be a list of sections; write [] for none");
  if (option.present_) resize(list.size());
  const std::size_t n = option.present_ ? list.size() : default_size;
  option.record().value = empty_maps(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Node item = list.at(i);
    require_section(item);
    Schema child(child_state(*state_, item, item.path()));
    child.state_->from_defaults |= !option.present_;
    describe(i, child);
    child.finish();
  }
  return option;
}

Schema::Option Schema::nested_map(const std::string& key, const std::vector<std::string>& default_names,
                                  const std::function<void(const std::vector<std::string>&)>& resize,
                                  const std::function<void(std::size_t, Schema&)>& describe, const std::string& word) {
  Option option = declare(key, "map", named_maps(default_names));
  const std::string path = option.record().path;
  if (!state_->reading) {
    Schema sample(child_state(*state_, Node(), path + ".<name>"));
    describe(sample_item, sample);
    return option;
  }
  const Node map = option.node_;
  if (option.present_ && !map.is_map()) refuse_value(map, "must be a map of sections; write {} for none");
  const std::vector<std::string> names = option.present_ ? map.keys() : default_names;
  for (const std::string& name : names) {
    require(!name.empty() && name.find_first_of(".[]=") == std::string::npos, map.at(name).place(), ": ", path, ": '",
            name, "' is not a name; use letters, digits, _ and -");
  }
  if (option.present_) resize(names);
  option.record().value = named_maps(names);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Node given = map.at(names[i]);
    const bool is_word = !word.empty() && given.is_scalar() && given.scalar() == word;
    if (!word.empty() && given.present() && !given.is_map() && !is_word)
      refuse_value(given, tilth::text("must be '", word, "' or a section: a map of options"));
    const Node item = is_word ? Node() : given;
    require_section(item);
    Schema child(child_state(*state_, item, given.path()));
    child.state_->from_defaults |= !option.present_;
    describe(i, child);
    child.finish();
  }
  return option;
}

void Schema::document_alternatives(std::string path, std::span<const std::string> names,
                                   const std::function<void(std::size_t, Schema&)>& describe) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    OptionRecord record;
    record.path = path_of(path, names[i]);
    record.kind = "alternative";
    Schema child(child_state(*state_, Node(), record.path));
    child.state_->own_record = state_->records->size();
    state_->records->push_back(std::move(record));
    describe(i, child);
  }
}

Schema::Option Schema::alternative(const std::string& key, std::span<const std::string> names, std::string& chosen,
                                   const std::function<void(std::size_t, Schema&)>& describe) {
  Option option = declare(key, "one of", chosen.empty() ? "" : yaml_scalar(chosen));
  option.record().range = joined(names);
  if (!state_->reading) {
    document_alternatives(option.record().path, names, describe);
    return option;
  }
  if (option.present_) chosen = chosen_at(option.node_, names, key);
  if (chosen.empty()) return option;
  const std::size_t index = index_in(names, chosen);
  if (index == names.size()) throw std::logic_error(option.record().path + ": unknown default '" + chosen + "'");
  option.record().value = yaml_scalar(chosen);
  const Node options = option.node_.at(chosen);
  require_section(options);
  Schema child(child_state(*state_, options, options.path()));
  child.state_->from_defaults |= !option.present_;
  describe(index, child);
  child.finish();
  return option;
}

Schema::Option Schema::alternatives(
    const std::string& key, std::span<const std::string> names, std::vector<std::string>& chosen,
    const std::function<void(std::size_t item, std::size_t alternative, Schema&)>& describe) {
  Option option = declare(key, "list of one of", yaml_words(chosen));
  option.record().range = joined(names);
  const std::string path = option.record().path;
  if (!state_->reading) {
    document_alternatives(path + "[]", names, [&](std::size_t i, Schema& s) { describe(0, i, s); });
    return option;
  }
  const Node list = option.node_;
  if (option.present_) {
    if (!list.is_list()) refuse_value(list, "must be a list of 'name' or '{name: {options}}'; write [] for none");
    chosen.clear();
    for (std::size_t i = 0; i < list.size(); ++i) chosen.push_back(chosen_at(list.at(i), names, key));
  }
  option.record().value = yaml_words(chosen);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const std::size_t index = index_in(names, chosen[i]);
    if (index == names.size()) throw std::logic_error(path + ": unknown default '" + chosen[i] + "'");
    const Node options = list.at(i).at(chosen[i]);
    require_section(options);
    Schema child(child_state(*state_, options, options.path()));
    child.state_->from_defaults |= !option.present_;
    describe(i, index, child);
    child.finish();
  }
  return option;
}

}  // namespace tilth
