#include "io/ensemble_file.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace tilth {

namespace {

/// Calls `move(place in the file's slab, place in [point][layer][member])` for every value.
template <class Move>
void walk(const EnsembleVariable& v, std::int64_t points, const Move& move) {
  const std::size_t rank = v.dimensions.size();
  std::vector<std::int64_t> length(rank), step(rank), at(rank, 0);
  std::int64_t layer_step = v.dimensions[v.member_axis].length, total = 1;
  for (int d = int(rank) - 1; d >= 0; --d) {
    length[d] = d == v.point_axis ? points : v.dimensions[d].length;
    total *= length[d];
    if (d == v.member_axis) {
      step[d] = 1;
    } else if (d == v.point_axis) {
      step[d] = v.layers * v.dimensions[v.member_axis].length;
    } else {
      step[d] = layer_step;
      layer_step *= length[d];
    }
  }
  std::int64_t place = 0;
  for (std::int64_t i = 0; i < total; ++i) {
    move(std::size_t(i), std::size_t(place));
    for (int d = int(rank) - 1; d >= 0; --d) {
      place += step[d];
      if (++at[d] < length[d]) break;
      place -= step[d] * length[d];
      at[d] = 0;
    }
  }
}

}  // namespace

void to_members(const EnsembleVariable& v, std::int64_t points, std::span<const double> stored,
                std::span<double> members) {
  walk(v, points, [&](std::size_t i, std::size_t place) { members[place] = stored[i]; });
}

void from_members(const EnsembleVariable& v, std::int64_t points, std::span<const double> members,
                  std::span<double> stored) {
  walk(v, points, [&](std::size_t i, std::size_t place) { stored[i] = members[place]; });
}

EnsembleFile::EnsembleFile(const Comm& comm, const EnsembleFileOptions& options)
    : options_(options), comm_(comm), file_(netcdf::File::open(comm, options.path)) {
  const std::string& dimension = options_.member_dimension;
  require(file_.has_dimension(dimension), path(), ": no dimension '", dimension,
          "'; rename the dimension of the members, or name it with ensemble.member_dimension");
  members_ = int(file_.dimension(dimension));
  require(members_ >= 2, path(), ": dimension '", dimension, "' has length ", members_,
          "; an ensemble needs at least 2 members");
  std::vector<std::string> names = options_.variables, known;
  for (const std::string& name : file_.variables())
    for (const netcdf::Dimension& d : file_.dimensions(file_.variable(name)))
      if (d.name == dimension && name != dimension) known.push_back(name);
  if (names.empty()) names = known;
  require(!names.empty(), path(), ": no variable has the dimension '", dimension,
          "' of the members; nothing can be updated");
  for (const std::string& name : names) {
    require(std::count(names.begin(), names.end(), name) == 1, path(), ": ensemble.variables names '", name, "' twice");
    require(std::find(known.begin(), known.end(), name) != known.end(), path(), ": no variable '", name,
            "' over the dimension '", dimension, "'", did_you_mean(name, known), "; it has ", joined(known));
    variables_.push_back(describe(name));
  }
  require(!has_points() || points() > 0, path(), ": dimension '", options_.point_dimension, "' is empty");
}

EnsembleVariable EnsembleFile::describe(const std::string& name) const {
  EnsembleVariable v;
  const int id = file_.variable(name);
  v.name = name;
  v.type = file_.type(id);
  require(v.type != netcdf::Type::character, path(), ": variable '", name, "' holds text; it cannot be updated");
  v.dimensions = file_.dimensions(id);
  std::int64_t inner = 1;  // layers below the dimension of levels
  int level_axis = -1;
  for (int d = int(v.dimensions.size()) - 1; d >= 0; --d) {
    const std::string& dimension = v.dimensions[d].name;
    if (dimension == options_.member_dimension) {
      v.member_axis = d;
    } else if (dimension == options_.point_dimension) {
      v.point_axis = d;
    } else {
      if (dimension == options_.level_dimension) level_axis = d;
      if (level_axis < 0) inner *= v.dimensions[d].length;
      v.layers *= v.dimensions[d].length;
    }
  }
  require(v.layers > 0, path(), ": variable '", name, "' has an empty dimension");
  if (level_axis < 0 || !file_.has_variable(options_.level_dimension)) return v;
  const std::int64_t levels = v.dimensions[level_axis].length;
  const std::vector<double> values = file_.all(file_.variable(options_.level_dimension));
  require(std::int64_t(values.size()) == levels, path(), ": variable '", options_.level_dimension, "' has ",
          values.size(), " values, its dimension ", levels);
  for (std::int64_t k = 0; k < v.layers; ++k) v.level.push_back(values[std::size_t(k / inner % levels)]);
  return v;
}

std::vector<double> EnsembleFile::read(const EnsembleVariable& v, std::int64_t begin, std::int64_t end) const {
  const std::int64_t points = v.shared() ? 1 : end - begin;
  std::vector<std::int64_t> start(v.dimensions.size(), 0), count;
  for (const netcdf::Dimension& d : v.dimensions) count.push_back(d.length);
  if (!v.shared()) {
    start[v.point_axis] = points > 0 ? begin : 0;
    count[v.point_axis] = points;
  }
  std::vector<double> stored(std::size_t(points * v.layers * members_)), out(stored.size());
  const int id = file_.variable(v.name);
  file_.get(id, start, count, std::span<double>(stored));
  netcdf::File::unpack(file_.packing(id), stored);
  to_members(v, points, stored, out);
  const auto bad = std::find_if(out.begin(), out.end(), [](double x) { return !std::isfinite(x); });
  std::string problem;
  if (bad != out.end()) {
    const std::int64_t i = bad - out.begin(), row = i / members_;
    problem = text(path(), ": variable '", v.name, "' is missing or not finite at ",
                   v.shared() ? std::string() : text("point ", begin + row / v.layers, ", "), "layer ", row % v.layers,
                   ", member ", i % members_, "; leave such points out of the file, or the variable out of ",
                   "ensemble.variables");
  }
  require_all(comm_, problem.empty(), problem);
  return out;
}

std::vector<double> EnsembleFile::coordinate(const std::string& name, std::int64_t begin, std::int64_t end) const {
  const int id = file_.variable(name);
  const auto shape = file_.dimensions(id);
  require(shape.size() == 1 && shape[0].name == options_.point_dimension, path(), ": coordinate '", name,
          "' is not along the dimension '", options_.point_dimension, "'");
  std::vector<double> out(std::size_t(end - begin));
  const std::int64_t start = end > begin ? begin : 0, count = end - begin;
  file_.get(id, std::span(&start, 1), std::span(&count, 1), std::span<double>(out));
  netcdf::File::unpack(file_.packing(id), out);
  const auto bad = std::find_if(out.begin(), out.end(), [](double x) { return !std::isfinite(x); });
  const std::int64_t where = begin + (bad - out.begin());
  require_all(comm_, bad == out.end(),
              text(path(), ": coordinate '", name, "' is missing or not finite at point ", where));
  return out;
}

}  // namespace tilth
