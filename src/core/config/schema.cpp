#include "core/config/schema.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/config/node_data.hpp"
#include "core/config/schema_state.hpp"

namespace tilth {
namespace {

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_within(const std::string& path, const std::string& section) {
  return path.starts_with(section) &&
         (path.size() == section.size() || path[section.size()] == '.' || path[section.size()] == '[');
}

}  // namespace

std::string found_at(const Node& node) {
  if (node.is_scalar()) return " = '" + node.scalar() + "'";
  if (node.is_list()) return " is a list";
  return node.is_map() ? " is a map" : " has no value";
}

void refuse_value(const Node& node, const std::string& expected) {
  throw Error(text(node.where(), node.path().empty() ? ":" : "", found_at(node), ", ", expected));
}

std::shared_ptr<SchemaState> child_state(const SchemaState& parent, Node node, std::string path) {
  auto child = std::make_shared<SchemaState>();
  child->reading = parent.reading;
  child->from_defaults = parent.from_defaults;
  child->node = std::move(node);
  child->path = std::move(path);
  child->records = parent.records;
  child->first_record = parent.records->size();
  return child;
}

void require_section(const Node& node) {
  if (node.present() && !node.is_map() && !node.is_null()) {
    refuse_value(node, "must be a section: a map of options");
  }
}

Schema::Schema(std::shared_ptr<SchemaState> state) : state_(std::move(state)) {}

Schema Schema::reading(const Node& node) {
  require_section(node);
  auto state = std::make_shared<SchemaState>();
  state->reading = true;
  state->node = node;
  state->path = node.path();
  state->records = std::make_shared<std::vector<OptionRecord>>();
  return Schema(std::move(state));
}

Schema Schema::documenting(std::string path) {
  auto state = std::make_shared<SchemaState>();
  state->path = std::move(path);
  state->records = std::make_shared<std::vector<OptionRecord>>();
  return Schema(std::move(state));
}

Schema::Option Schema::declare(const std::string& key, const std::string& kind, const std::string& fallback) {
  SchemaState& state = *state_;
  if (contains(state.declared, key)) throw std::logic_error("option declared twice: " + path_of(state.path, key));
  state.declared.push_back(key);
  OptionRecord record;
  record.path = path_of(state.path, key);
  record.kind = kind;
  record.fallback = fallback;
  if (state.reading) record.value = fallback;
  Option option;
  option.state_ = state_;
  option.index_ = state.records->size();
  option.node_ = state.node.at(key);
  option.present_ = state.reading && option.node_.present();
  state.records->push_back(std::move(record));
  return option;
}

void Schema::about(const std::string& sentence) {
  if (state_->own_record != SchemaState::no_record) (*state_->records)[state_->own_record].about = sentence;
}

bool Schema::is_reading() const { return state_->reading; }

bool Schema::given(const std::string& key) const {
  state_->asked.push_back(key);
  return state_->reading && state_->node.at(key).present();
}

const std::string& Schema::path() const { return state_->path; }

std::string Schema::where() const { return state_->node.where(); }

void Schema::finish() const {
  const SchemaState& state = *state_;
  if (!state.reading) return;
  for (const std::string& key : state.node.keys()) {
    if (contains(state.declared, key)) continue;
    std::string hint = did_you_mean(key, state.declared);
    if (hint.empty()) hint = state.declared.empty() ? "; it has no options" : "; known: " + joined(state.declared);
    throw Error(tilth::text(state.node.at(key).place(), ": ", state.path, state.path.empty() ? "" : ": ",
                            "unknown option '", key, "'", hint));
  }
  for (const std::string& key : state.asked) {
    if (state.node.at(key).present()) continue;
    const std::string path = path_of(state.path, key);
    for (std::size_t i = state.first_record; i < state.records->size(); ++i) {
      OptionRecord& record = (*state.records)[i];
      if (is_within(record.path, path)) record.value.clear();
    }
  }
}

std::span<const OptionRecord> Schema::records() const { return *state_->records; }

}  // namespace tilth
