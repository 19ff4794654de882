#include "driver/analyse/file_rows.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/grid/decomposition.hpp"

namespace tilth {

namespace {

std::vector<std::int64_t> ids_of(const Grid& grid) {
  std::vector<std::int64_t> ids;
  for (const GridPoint& p : grid.points) ids.push_back(p.id);
  return ids;
}

Transform transform_of(const VariableOptions& o) {
  if (o.transform == "log") return {Transform::Kind::log, o.lower, o.upper};
  if (o.transform == "logit") return {Transform::Kind::logit, o.lower, o.upper};
  if (o.transform == "probit") return {Transform::Kind::probit, o.lower, o.upper};
  return {};
}

RowKind kind_of(const EnsembleVariable& v, const VariableOptions& o) {
  RowKind kind{v.name};
  const std::string role = !o.role.empty() ? o.role : v.shared() ? "parameter" : "state";
  kind.role = role == "parameter" ? RowKind::Role::parameter
              : role == "product" ? RowKind::Role::product
                                  : RowKind::Role::state;
  kind.rank_histogram = o.distribution == "bnrh";
  if (kind.rank_histogram) kind.lower = o.lower, kind.upper = o.upper;
  return kind;
}

}  // namespace

FileRows::FileRows(const Comm& comm, const AnalyseProblem& problem, const EnsembleFile& file, const Grid& grid)
    : members_(file.members()),
      stride_(padded(file.members())),
      columns_(int(grid.points.size())),
      ids_(ids_of(grid)),
      exchange_(comm, ids_, grid.global_count),
      loaded_(grid.points.size()) {
  std::vector<std::string> names;
  for (const EnsembleVariable& v : file.variables()) names.push_back(v.name);
  for (const auto& [name, unused] : problem.variables)
    require(std::find(names.begin(), names.end(), name) != names.end(), problem.path, ": variables: '", name,
            "' is not updated", did_you_mean(name, names), "; ", problem.ensemble.file.path, " has ", joined(names));
  const bool one_column = !file.has_points();
  for (const EnsembleVariable& v : file.variables()) {
    const VariableOptions& o = problem.variable(v.name);
    const bool shared = v.shared() && !one_column;
    int& rows = shared ? shared_rows_ : column_rows_;
    kinds_.push_back(kind_of(v, o));
    const bool parameter = kinds_.back().role == RowKind::Role::parameter;
    variables_.push_back({&v, transform_of(o), o.lower, o.upper, rows, parameter, shared});
    rows += int(v.layers);
  }
  read(comm, problem, file);
  prior_ = data_;
  shared_prior_ = shared_;
}

void FileRows::read(const Comm& comm, const AnalyseProblem& problem, const EnsembleFile& file) {
  data_.assign(std::size_t(columns_) * column_rows_ * stride_, 0.0);
  shared_.assign(std::size_t(shared_rows_) * stride_, 0.0);
  for (const Variable& v : variables_) {
    const int layers = int(v.file->layers), width = layers * members_;
    const std::vector<double> block = file.read(*v.file, exchange_.block_begin(), exchange_.block_end());
    check(comm, problem.ensemble.file.path, v, block);
    std::vector<double> owned(std::size_t(v.shared ? 1 : columns_) * width);
    if (v.file->shared())
      owned = block;
    else
      exchange_.to_owner(block, owned, width);
    for (std::size_t i = 0; i < owned.size(); i += members_) {
      const int c = int(i) / width, k = int(i) / members_ % layers;
      double* row = (v.shared ? shared_row(v.first + k) : column_row(c, v.first + k));
      std::copy_n(owned.data() + i, members_, row);
      std::fill(row + members_, row + stride_, row[members_ - 1]);
    }
  }
}

void FileRows::check(const Comm& comm, const std::string& path, const Variable& v,
                     std::span<const double> values) const {
  const bool strict = v.transform.kind != Transform::Kind::identity;
  const auto bad = std::find_if(values.begin(), values.end(), [&](double x) {
    return strict ? !(x > v.lower && x < v.upper) : !(x >= v.lower && x <= v.upper);
  });
  std::string problem;
  if (bad != values.end())
    problem = text(path, ": variable '", v.file->name, "' = ", *bad, " is not ", strict ? "inside" : "within",
                   " its bounds ", v.lower, " and ", v.upper, "; widen variables.", v.file->name, ".lower and upper",
                   strict ? ", or take distribution: bnrh, which allows values on a bound" : "");
  require_all(comm, problem.empty(), problem);
  bool spread = false;
  for (std::size_t i = 0; i < values.size() && !spread; i += members_)
    for (int k = 1; k < members_ && !spread; ++k) spread = values[i + k] != values[i];
  require_all(comm, comm.any(spread),
              text(path, ": variable '", v.file->name, "' has no spread: all ", members_,
                   " members are equal everywhere, so nothing can move it; leave it out of ensemble.variables"));
}

Grid points_of(const Comm& comm, const EnsembleFile& file, const Places& places, std::span<const double> x) {
  Grid grid;
  grid.global_count = file.points();
  const BlockExchange blocks(comm, {}, grid.global_count);
  const std::int64_t begin = blocks.block_begin(), end = blocks.block_end();
  std::vector<double> lon, lat;
  if (places.sphere() && file.has_points()) {
    lon = file.coordinate("lon", begin, end);
    lat = file.coordinate("lat", begin, end);
  }
  for (std::int64_t i = begin; i < end; ++i) {
    GridPoint p;
    p.id = p.cell = i;
    p.area_m2 = 1.0;
    if (places.sphere() && file.has_points()) {
      p.lon = Places::normalised(lon[std::size_t(i - begin)]);
      p.lat = lat[std::size_t(i - begin)];
    } else {
      p.lon = places.line() ? places.longitude(x[std::size_t(i - begin)])
                            : 360.0 * double(i) / double(grid.global_count) - 180.0;
    }
    grid.points.push_back(std::move(p));
  }
  decompose(comm, grid, std::vector<double>(grid.points.size(), 1.0), {});
  return grid;
}

}  // namespace tilth
