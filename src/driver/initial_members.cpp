#include "driver/initial_members.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "driver/checkpoint.hpp"
#include "driver/member_noise.hpp"
#include "io/netcdf.hpp"

namespace tilth {

void set_true_parameters(Members& nature) {
  const Experiment& e = *nature.domain().experiment;
  ParameterSet& set = nature.parameters;
  for (const auto& [name, truth] : e.nature.parameters)
    for (int k = 0; k < int(set.uncertain().size()); ++k) {
      const ParameterDefinition& d = set.definitions()[set.uncertain()[k].definition];
      if (d.name != name) continue;
      const double z = d.transform.to_unconstrained(truth.value);
      require(truth.value >= d.lower && truth.value <= d.upper && std::isfinite(z), e.file, ": nature.parameters.",
              name, ".value = ", truth.value, ", must lie between ", d.lower, " and ", d.upper);
      for (int unit = 0; unit < set.units(k); ++unit) std::ranges::fill(set.row(k, unit), z);
    }
  set.refresh();
}

void start_around_nature(Members& members, const std::string& restart) {
  const Domain& domain = members.domain();
  Members nature(domain, {1, -1, std::uint64_t(domain.experiment->nature.seed)});
  load_members(*domain.comm, restart, nature);
  for (int c = 0; c < domain.columns(); ++c) {
    const ColumnView truth = nature.state.column(c), column = members.state.column(c);
    for (int t = 0; t < column.tiles(); ++t)
      for (int r = 0; r < column.rows(); ++r) std::fill_n(column.row(t, r), column.stride(), truth.row(t, r)[0]);
    add_state_noise(members, c, domain.experiment->ensemble.initial.states_sd);
  }
}

namespace {

// Values of one variable of this rank's columns: [column][member][layer].
std::vector<double> read_variable(const Members& members, const netcdf::File& file, const Variable& v) {
  const Domain& domain = members.domain();
  const std::int64_t points = domain.grid.global_count, size = members.size();
  const int id = file.variable(v.name);
  std::vector<std::int64_t> shape{points, size, v.layers};
  const auto dimensions = file.dimensions(id);
  if (v.layers == 1 && dimensions.size() == 2) shape.pop_back();
  std::vector<std::int64_t> found, start(shape.size(), 0), count(shape);
  for (const auto& d : dimensions) found.push_back(d.length);
  require(found == shape, file.path(), ": variable '", v.name, "' must be over (point ", points, ", member ", size,
          ", layer ", v.layers, ")");
  const std::int64_t width = size * v.layers;
  start[0] = domain.by_point->block_begin();
  count[0] = domain.by_point->block_size();
  std::vector<double> block(std::size_t(count[0] * width)), mine(std::size_t(domain.columns() * width));
  file.get(id, start, count, std::span<double>(block));
  domain.by_point->to_owner(block, mine, int(width));
  return mine;
}

}  // namespace

void read_initial_members(Members& members, const std::string& path) {
  const Domain& domain = members.domain();
  const StateLayout& layout = domain.model->traits().layout;
  const netcdf::File file = netcdf::File::open(*domain.comm, path);
  for (int v = 0; v < int(layout.variables().size()); ++v) {
    const Variable& variable = layout.variables()[v];
    if (variable.kind != Variable::Kind::prognostic) continue;
    const auto values = read_variable(members, file, variable);
    const bool good = std::all_of(values.begin(), values.end(), [&](double x) {
      return std::isfinite(x) && x >= variable.lower && x <= variable.upper;
    });
    require_all(*domain.comm, good,
                text(path, ": variable '", variable.name, "' has a value that is not finite or not within ",
                     variable.lower, " and ", variable.upper, "; correct the file"));
    for (int c = 0; c < domain.columns(); ++c) {
      const ColumnView column = members.state.column(c);
      for (int t = 0; t < column.tiles(); ++t)
        for (int layer = 0; layer < variable.layers; ++layer)
          for (int m = 0; m < column.stride(); ++m)
            column.row(t, layout.row(v) + layer)[m] =
                values[(std::size_t(c) * members.size() + std::size_t(std::min(m, members.size() - 1))) *
                           variable.layers +
                       layer];
    }
  }
}

}  // namespace tilth
