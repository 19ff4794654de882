#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace tilth {

struct NodeData;

/// A place in a configuration file: a value with its path, file and line; possibly absent. Hides the YAML library.
class Node {
 public:
  /// The root of an absent configuration.
  Node();
  /// Parses YAML text; `file` is named in messages. `${NAME}` and `${NAME:-default}` in scalars are replaced from the
  /// environment; an unset variable without default is an `Error`; `$${` stands for a literal `${`. A duplicate key is
  /// an `Error`. Anchors, aliases and merge keys (`<<`) are resolved.
  static Node parse(const std::string& yaml, const std::string& file);
  /// Sets `a.b[2].c=value` (command line --set); value is parsed as YAML; missing maps are made; the short form
  /// `method: letkf` opens to `method: {letkf: {...}}`. Copies of this node made before keep the old content.
  void set(const std::string& assignment);

  bool present() const;
  bool is_map() const;
  bool is_list() const;
  bool is_scalar() const;
  bool is_null() const;                   ///< the key is there without a value
  std::string scalar() const;             ///< text of a scalar, variables replaced
  std::vector<std::string> keys() const;  ///< of a map, file order
  std::size_t size() const;               ///< items of a list or map
  Node at(const std::string& key) const;  ///< absent node when there is none
  Node at(std::size_t index) const;
  const std::string& path() const;  ///< `a.b[2].c`
  /// `file:line`, or `command line` for what `set` brought; of the nearest present section when absent.
  std::string place() const;
  /// `file:line: path`, the start of every message about this place.
  std::string where() const;
  /// Text of this subtree as YAML.
  std::string yaml() const;

 private:
  explicit Node(std::shared_ptr<const NodeData> data);
  std::shared_ptr<const NodeData> data_;
};

}  // namespace tilth
