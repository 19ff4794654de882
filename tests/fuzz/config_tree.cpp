#include "fuzz/config_tree.hpp"

#include "core/config/scalar_text.hpp"

namespace tilth::test {

namespace {

void add(const ConfigTree& tree, bool top, std::string& out) {
  if (tree.kind == ConfigTree::Kind::raw) {
    out += tree.text;
  } else if (tree.kind == ConfigTree::Kind::scalar) {
    out += yaml_scalar(tree.text);
  } else {
    const bool map = tree.kind == ConfigTree::Kind::map;
    if (!top) out += map ? "{" : "[";
    for (std::size_t i = 0; i < tree.items.size(); ++i) {
      if (i > 0 && !top) out += ", ";
      if (map) out += yaml_scalar(tree.items[i].first) + ": ";
      add(tree.items[i].second, false, out);
      if (top) out += "\n";
    }
    if (!top) out += map ? "}" : "]";
  }
}

void add_places(const ConfigTree& tree, Place& here, std::vector<Place>& out) {
  for (std::size_t i = 0; i < tree.items.size(); ++i) {
    here.push_back(i);
    out.push_back(here);
    add_places(tree.items[i].second, here, out);
    here.pop_back();
  }
}

}  // namespace

ConfigTree tree_of(const Node& node) {
  ConfigTree tree;
  tree.text = node.scalar();
  if (node.is_map()) tree.kind = ConfigTree::Kind::map;
  if (node.is_list()) tree.kind = ConfigTree::Kind::list;
  for (const std::string& key : node.keys()) tree.items.push_back({key, tree_of(node.at(key))});
  for (std::size_t i = 0; node.is_list() && i < node.size(); ++i) tree.items.push_back({"", tree_of(node.at(i))});
  return tree;
}

std::string yaml_of(const ConfigTree& tree) {
  std::string out;
  add(tree, true, out);
  return out;
}

std::vector<Place> places_of(const ConfigTree& tree) {
  std::vector<Place> out;
  Place here;
  add_places(tree, here, out);
  return out;
}

ConfigTree& parent_at(ConfigTree& tree, const Place& place) {
  ConfigTree* at = &tree;
  for (std::size_t d = 0; d + 1 < place.size(); ++d) at = &at->items.at(place[d]).second;
  return *at;
}

ConfigItem& item_at(ConfigTree& tree, const Place& place) { return parent_at(tree, place).items.at(place.back()); }

std::string path_at(const ConfigTree& tree, const Place& place) {
  std::string path;
  const ConfigTree* at = &tree;
  for (const std::size_t i : place) {
    const auto& [key, value] = at->items.at(i);
    if (at->kind == ConfigTree::Kind::list) {
      path += "[" + std::to_string(i) + "]";
    } else {
      path += (path.empty() ? "" : ".") + key;
    }
    at = &value;
  }
  return path;
}

void each_scalar(const Node& node, const std::function<void(const std::string&, const std::string&)>& leaf) {
  if (node.is_scalar()) leaf(node.path(), node.scalar());
  for (const std::string& key : node.keys()) each_scalar(node.at(key), leaf);
  for (std::size_t i = 0; node.is_list() && i < node.size(); ++i) each_scalar(node.at(i), leaf);
}

}  // namespace tilth::test
