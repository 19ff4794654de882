#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tilth {

// What stands behind `Node`; private to this folder.

enum class NodeKind { absent, null, scalar, list, map };

struct NodeData;
using NodePtr = std::shared_ptr<const NodeData>;

/// One immutable value of the tree; `set` makes new ones along its way.
struct NodeData {
  NodeKind kind = NodeKind::absent;
  std::string text;                                    ///< of a scalar
  std::vector<std::pair<std::string, NodePtr>> items;  ///< of a list (keys empty) or map, file order
  std::string path, file;
  int line = 0;  ///< counted from 1; 0 when there is none
};

/// The item of a map, or null.
const NodePtr* item_of(const NodeData& map, std::string_view key);
std::string path_of(const std::string& parent, const std::string& key);
std::string path_of(const std::string& parent, std::size_t index);
/// `file:line`.
std::string place_of(const std::string& file, int line);

/// Where a text comes from; without lines for the command line.
struct Origin {
  std::string file;
  bool has_lines = true;
};

/// The tree of a YAML text whose root stands at `path`; throws `Error`.
NodePtr parsed(const std::string& yaml, const Origin& origin, const std::string& path);
/// `text` with `${NAME}` and `${NAME:-default}` replaced; `place` starts the messages.
std::string with_environment(const std::string& text, const std::string& place);

}  // namespace tilth
