#include "core/config/node.hpp"

#include <algorithm>
#include <utility>

#include "core/base/error.hpp"
#include "core/config/node_data.hpp"

namespace tilth {
namespace {

NodePtr absent_at(const NodeData& parent, std::string path) {
  return std::make_shared<NodeData>(NodeData{NodeKind::absent, "", {}, std::move(path), parent.file, parent.line});
}

}  // namespace

const NodePtr* item_of(const NodeData& map, std::string_view key) {
  if (map.kind != NodeKind::map) return nullptr;
  const auto found = std::find_if(map.items.begin(), map.items.end(), [&](const auto& e) { return e.first == key; });
  return found == map.items.end() ? nullptr : &found->second;
}

std::string path_of(const std::string& parent, const std::string& key) {
  return parent.empty() ? key : parent + "." + key;
}

std::string path_of(const std::string& parent, std::size_t index) { return parent + "[" + std::to_string(index) + "]"; }

std::string place_of(const std::string& file, int line) {
  if (line == 0) return file.empty() ? "configuration" : file;
  return file.empty() ? text("line ", line) : text(file, ":", line);
}

Node::Node() : data_(std::make_shared<NodeData>()) {}
Node::Node(std::shared_ptr<const NodeData> data) : data_(std::move(data)) {}

Node Node::parse(const std::string& yaml, const std::string& file) { return Node(parsed(yaml, {file, true}, "")); }

bool Node::present() const { return data_->kind != NodeKind::absent; }
bool Node::is_map() const { return data_->kind == NodeKind::map; }
bool Node::is_list() const { return data_->kind == NodeKind::list; }
bool Node::is_scalar() const { return data_->kind == NodeKind::scalar; }
bool Node::is_null() const { return data_->kind == NodeKind::null; }
std::string Node::scalar() const { return data_->text; }
std::size_t Node::size() const { return data_->items.size(); }
const std::string& Node::path() const { return data_->path; }

std::vector<std::string> Node::keys() const {
  std::vector<std::string> keys;
  if (is_map()) {
    for (const auto& item : data_->items) keys.push_back(item.first);
  }
  return keys;
}

Node Node::at(const std::string& key) const {
  const NodePtr* item = item_of(*data_, key);
  return Node(item ? *item : absent_at(*data_, path_of(data_->path, key)));
}

Node Node::at(std::size_t index) const {
  if (is_list() && index < data_->items.size()) return Node(data_->items[index].second);
  return Node(absent_at(*data_, path_of(data_->path, index)));
}

std::string Node::place() const { return place_of(data_->file, data_->line); }

std::string Node::where() const { return path().empty() ? place() : place() + ": " + path(); }

}  // namespace tilth
