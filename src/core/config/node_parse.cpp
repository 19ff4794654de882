#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <map>

#include "core/base/error.hpp"
#include "core/config/node_data.hpp"

namespace tilth {
namespace {

constexpr int deepest_nesting = 64;  // an alias that contains itself would nest without end
// Aliases of aliases multiply: a few lines can stand for billions of values.
constexpr std::int64_t most_values = 100000;

int line_of(const YAML::Node& node, const Origin& origin) {
  return origin.has_lines && node.Mark().line >= 0 ? node.Mark().line + 1 : 0;
}

class Converter {
 public:
  explicit Converter(const Origin& origin) : origin_(origin) {}

  NodePtr node(const YAML::Node& from, const std::string& path, int line, int depth) {
    require(++values_ <= most_values, place_of(origin_.file, line), ": more than ", most_values,
            " values; do aliases (*name) repeat lists of aliases?");
    require(depth < deepest_nesting, place_of(origin_.file, line), ": ", path, ": nested more than ", deepest_nesting,
            " levels deep; does an alias (*name) contain itself?");
    NodeData data{NodeKind::null, "", {}, path, origin_.file, line};
    if (from.IsScalar()) {
      data.kind = NodeKind::scalar;
      const std::string place = place_of(origin_.file, line);
      data.text = with_environment(from.Scalar(), path.empty() ? place : place + ": " + path);
    } else if (from.IsSequence()) {
      data.kind = NodeKind::list;
      for (std::size_t i = 0; i < from.size(); ++i) {
        data.items.emplace_back("", node(from[i], path_of(path, i), line_of(from[i], origin_), depth + 1));
      }
    } else if (from.IsMap()) {
      data.kind = NodeKind::map;
      add_items(from, data, depth);
    }
    return std::make_shared<NodeData>(std::move(data));
  }

 private:
  void add_items(const YAML::Node& from, NodeData& map, int depth) {
    std::map<std::string, NodePtr> known;
    std::vector<YAML::Node> merged;
    for (const auto& item : from) {
      const int line = line_of(item.first, origin_);
      const std::string place = place_of(origin_.file, line);
      const std::string before = map.path.empty() ? place : place + ": " + map.path;
      require(item.first.IsScalar(), before, ": a key must be a plain word");
      const std::string key = item.first.Scalar();
      if (key == "<<") {
        merged.push_back(item.second);
        continue;
      }
      const auto [first, fresh] = known.try_emplace(key);
      require(fresh, before, ": '", key, "' is given twice, first ", fresh ? "" : first_place(*first->second),
              "; remove one of them");
      first->second = node(item.second, path_of(map.path, key), line, depth + 1);
      map.items.emplace_back(key, first->second);
    }
    for (const auto& source : merged) merge(source, map, depth);
  }

  static std::string first_place(const NodeData& node) {
    return node.line == 0 ? "before" : text("in line ", node.line);
  }

  /// Adds what `map` does not give itself from the map, or list of maps, of a merge key.
  void merge(const YAML::Node& source, NodeData& map, int depth) {
    require(depth < deepest_nesting, place_of(origin_.file, map.line), ": ", map.path, ": merge key in a circle");
    if (source.IsSequence()) {
      for (const auto& one : source) merge(one, map, depth + 1);
      return;
    }
    require(source.IsMap(), place_of(origin_.file, line_of(source, origin_)), ": ", map.path,
            ": the merge key '<<' takes an alias of a map, such as '<<: *defaults'");
    const NodePtr other = node(source, map.path, line_of(source, origin_), depth + 1);
    for (const auto& item : other->items) {
      if (!item_of(map, item.first)) map.items.push_back(item);
    }
  }

  const Origin& origin_;
  std::int64_t values_ = 0;
};

bool is_variable_name(const std::string& name) {
  return !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

/// Value of `NAME` or `NAME:-default`.
std::string variable(const std::string& inside, const std::string& place) {
  const auto colon = inside.find(":-");
  const std::string name = inside.substr(0, colon);
  require(is_variable_name(name), place, ": '${", inside, "}' is not a variable; write ${NAME} or ${NAME:-default}");
  const char* value = std::getenv(name.c_str());
  const bool has_default = colon != std::string::npos;
  if (has_default && (!value || !*value)) return inside.substr(colon + 2);
  require(value, place, ": environment variable ", name, " is not set; set it or write ${", name, ":-default}");
  return value;
}

}  // namespace

std::string with_environment(const std::string& text, const std::string& place) {
  std::string out;
  std::size_t from = 0;
  for (auto dollar = text.find("${"); dollar != std::string::npos; dollar = text.find("${", from)) {
    out.append(text, from, dollar - from);
    if (!out.empty() && dollar > from && text[dollar - 1] == '$') {  // `$${` is a literal `${`
      out += "{";
      from = dollar + 2;
      continue;
    }
    const auto end = text.find('}', dollar);
    require(end != std::string::npos, place, ": '", text, "': '${' without '}'; write $${ for a literal ${");
    out += variable(text.substr(dollar + 2, end - dollar - 2), place);
    from = end + 1;
  }
  return out + text.substr(from);
}

NodePtr parsed(const std::string& yaml, const Origin& origin, const std::string& path) {
  std::vector<YAML::Node> documents;
  try {
    documents = YAML::LoadAll(yaml);
  } catch (const YAML::Exception& e) {
    const bool variables = yaml.find("${") != std::string::npos;
    const int line = origin.has_lines && !e.mark.is_null() ? e.mark.line + 1 : 0;
    throw Error(text(place_of(origin.file, line), ": not valid YAML: ", e.msg,
                     variables ? "; inside {...} and [...] a ${NAME} must stand in quotes" : ""));
  }
  require(documents.size() <= 1, origin.file, ": holds ", documents.size(),
          " YAML documents, must be one; remove the lines '---'");
  return Converter(origin).node(documents.empty() ? YAML::Node() : documents[0], path, 0, 0);
}

}  // namespace tilth
