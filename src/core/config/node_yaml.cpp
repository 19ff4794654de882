#include <algorithm>

#include "core/config/node.hpp"
#include "core/config/node_data.hpp"
#include "core/config/scalar_text.hpp"

namespace tilth {
namespace {

/// Text of a value that fits behind its key; empty when it needs lines of its own.
std::string on_one_line(const NodeData& node) {
  if (node.kind == NodeKind::scalar) return yaml_scalar(node.text);
  if (node.kind == NodeKind::map) return node.items.empty() ? "{}" : "";
  if (node.kind != NodeKind::list) return "null";
  std::vector<std::string> texts;
  for (const auto& item : node.items) texts.push_back(on_one_line(*item.second));
  const bool fits = std::none_of(texts.begin(), texts.end(), [](const std::string& t) { return t.empty(); });
  return fits ? yaml_list(texts) : "";
}

/// Adds the block text of `node`; its first line continues where `out` ends, the others start with `indent`.
void add_block(const NodeData& node, const std::string& indent, std::string& out) {
  const std::string line = on_one_line(node);
  if (!line.empty()) {
    out += line + "\n";
    return;
  }
  const bool list = node.kind == NodeKind::list;
  bool first = true;
  for (const auto& [key, item] : node.items) {
    if (!first) out += indent;
    first = false;
    out += list ? "- " : yaml_scalar(key) + ":";
    const bool nested = on_one_line(*item).empty();
    if (!list) out += nested ? "\n" + indent + "  " : " ";
    add_block(*item, indent + "  ", out);
  }
}

}  // namespace

std::string Node::yaml() const {
  std::string out;
  if (present()) add_block(*data_, "", out);
  return out;
}

}  // namespace tilth
