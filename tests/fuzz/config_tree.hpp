#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "core/config/node.hpp"

namespace tilth::test {

struct ConfigItem;

/// A configuration that can be changed and written, also as what no configuration may be (keys given twice).
struct ConfigTree {
  enum class Kind { raw, scalar, list, map } kind = Kind::scalar;
  std::string text;  ///< of a scalar, quoted when written; raw: written as it is
  std::vector<ConfigItem> items;
};

/// Key (empty in a list) and value.
struct ConfigItem {
  std::string first;
  ConfigTree second;
};

ConfigTree tree_of(const Node& node);
/// In flow style, one top section per line.
std::string yaml_of(const ConfigTree& tree);

/// A place in a tree: indices of items from the root.
using Place = std::vector<std::size_t>;
/// All places below the root.
std::vector<Place> places_of(const ConfigTree& tree);
/// `a.b[2].c`.
std::string path_at(const ConfigTree& tree, const Place& place);
/// The item that holds what is at the place.
ConfigTree& parent_at(ConfigTree& tree, const Place& place);
/// Key and value at the place.
ConfigItem& item_at(ConfigTree& tree, const Place& place);

/// Calls `leaf(path, scalar)` for every scalar below `node`.
void each_scalar(const Node& node, const std::function<void(const std::string&, const std::string&)>& leaf);

}  // namespace tilth::test
