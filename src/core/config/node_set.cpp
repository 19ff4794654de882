#include <algorithm>
#include <charconv>
#include <utility>

#include "core/base/error.hpp"
#include "core/config/node.hpp"
#include "core/config/node_data.hpp"

namespace tilth {
namespace {

/// One step down: into a map by key, or into a list by index when the key is empty.
struct Step {
  std::string key;
  std::size_t index = 0;
};

/// An assignment taken apart.
struct Assignment {
  std::string whole, target, value;
  std::vector<Step> steps;
};

/// The whole message about a bad `--set`.
template <class... Parts>
[[noreturn]] void refuse(const std::string& assignment, const Parts&... parts) {
  throw Error(text("command line: --set ", assignment, ": ", parts...));
}

std::size_t index_of(const std::string& whole, const std::string& digits) {
  std::size_t index = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (digits.empty() || code != std::errc() || end != digits.data() + digits.size()) {
    refuse(whole, "'[", digits, "]' is not the number of a list item; items count from 0, such as observations[0]");
  }
  return index;
}

/// `b[2][0]` to its steps.
void add_steps(const std::string& whole, const std::string& word, std::vector<Step>& steps) {
  const auto bracket = word.find('[');
  const std::string key = word.substr(0, bracket);
  if (key.empty() || key.find(']') != std::string::npos) {
    refuse(whole, "'", word, "' is not a key; write keys joined by dots, such as a.b[0].c=value");
  }
  steps.push_back({key});
  for (auto from = bracket; from != std::string::npos && from < word.size();) {
    const auto to = word.find(']', from);
    if (word[from] != '[' || to == std::string::npos) refuse(whole, "'", word, "' has brackets that do not match");
    steps.push_back({"", index_of(whole, word.substr(from + 1, to - from - 1))});
    from = to + 1;
  }
}

Assignment taken_apart(const std::string& assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string::npos) refuse(assignment, "has no '='; write key=value, such as a.b[0].c=value");
  Assignment out{assignment, assignment.substr(0, equals), assignment.substr(equals + 1), {}};
  for (std::size_t from = 0; from <= out.target.size();) {
    const auto dot = std::min(out.target.find('.', from), out.target.size());
    add_steps(out.whole, out.target.substr(from, dot - from), out.steps);
    from = dot + 1;
  }
  return out;
}

class Assigner {
 public:
  Assigner(const Assignment& assignment, NodePtr value) : assignment_(assignment), value_(std::move(value)) {}

  /// `node` with the value set from step `i` on.
  NodePtr assigned(const NodePtr& node, std::size_t i) const {
    if (i == assignment_.steps.size()) return value_;
    const Step& step = assignment_.steps[i];
    return step.key.empty() ? in_list(*node, step.index, i) : in_map(*node, step.key, i);
  }

 private:
  NodePtr in_list(const NodeData& list, std::size_t index, std::size_t i) const {
    if (list.kind != NodeKind::list) refuse(assignment_.whole, list.path, " is not a list");
    if (index >= list.items.size()) {
      refuse(assignment_.whole, list.path, " has ", list.items.size(), " items, counted from 0");
    }
    NodeData out = list;
    out.items[index].second = assigned(list.items[index].second, i + 1);
    return std::make_shared<NodeData>(std::move(out));
  }

  NodePtr in_map(const NodeData& map, const std::string& key, std::size_t i) const {
    NodeData out = map;
    if (map.kind == NodeKind::list) {
      refuse(assignment_.whole, map.path, " is a list; name the item, such as ", map.path, "[0].", key);
    }
    if (map.kind == NodeKind::scalar) {
      if (map.text != key) refuse(assignment_.whole, map.path, " is the value '", map.text, "', not a map");
      out.text.clear();
    }
    out.kind = NodeKind::map;
    const NodePtr* old = item_of(map, key);
    const NodePtr fresh = old ? *old : std::make_shared<NodeData>(fresh_map(map, key));
    NodePtr item = assigned(fresh, i + 1);
    for (auto& entry : out.items) {
      if (entry.first == key) {
        entry.second = std::move(item);
        return std::make_shared<NodeData>(std::move(out));
      }
    }
    out.items.emplace_back(key, std::move(item));
    return std::make_shared<NodeData>(std::move(out));
  }

  NodeData fresh_map(const NodeData& parent, const std::string& key) const {
    return {NodeKind::map, "", {}, path_of(parent.path, key), value_->file, value_->line};
  }

  const Assignment& assignment_;
  NodePtr value_;
};

}  // namespace

void Node::set(const std::string& assignment) {
  const Assignment parts = taken_apart(assignment);
  const std::string target = path_of(data_->path, parts.target);
  const NodePtr value = parsed(parts.value, {"command line", false}, target);
  data_ = Assigner(parts, value).assigned(data_, 0);
}

}  // namespace tilth
