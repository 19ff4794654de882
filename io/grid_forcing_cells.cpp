#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "io/grid_forcing_state.hpp"
#include "io/netcdf.hpp"

namespace tilth {

/// The cell of every point: nearest with data of all variables at the first time of the first whole day.
void GridForcing::State::find_cells() {
  box = box_around(catalogue.axes, points, options.reach_km);
  std::vector<char> valid(std::size_t(box.cells()), 1);
  for (const MetCatalogue::Variable& v : catalogue.variables) {
    if (!v.present()) continue;
    const Samples& samples = v.days.begin()->second;
    const netcdf::File file = netcdf::File::open(*comm, catalogue.paths[std::size_t(samples.file)]);
    std::vector<double> values(valid.size());
    file.get(file.variable(v.name), std::vector<std::int64_t>{samples.first, box.row, box.column},
             std::vector<std::int64_t>{box.cells() > 0 ? 1 : 0, box.rows, box.columns}, std::span<double>(values));
    netcdf::File::unpack(file.packing(file.variable(v.name)), values);
    for (std::size_t c = 0; c < values.size(); ++c) valid[c] = valid[c] && std::isfinite(values[c]);
  }
  cells = nearest_cells(catalogue.axes, box, valid, points, options.reach_km);
  const auto lost = std::find(cells.begin(), cells.end(), -1);
  std::string problem;
  if (lost != cells.end()) {
    const GridPoint& p = points[std::size_t(lost - cells.begin())];
    problem = text("forcing ", catalogue.paths.front(), ": no cell with data within ", options.reach_km,
                   " km of grid point ", p.id, " at lon ", p.lon, ", lat ", p.lat,
                   "; restrict the grid to the region of the forcing or raise reach_km");
  }
  require_all(*comm, problem.empty(), problem);
  shrink();
}

/// Cuts the box down to the cells in use.
void GridForcing::State::shrink() {
  if (cells.empty()) return;
  Box tight{box.rows, 0, box.columns, 0};
  std::int64_t last_row = 0, last_column = 0;
  for (const std::int64_t c : cells) {
    tight.row = std::min(tight.row, c / box.columns);
    tight.column = std::min(tight.column, c % box.columns);
    last_row = std::max(last_row, c / box.columns);
    last_column = std::max(last_column, c % box.columns);
  }
  tight.rows = last_row - tight.row + 1;
  tight.columns = last_column - tight.column + 1;
  for (std::int64_t& c : cells) c = (c / box.columns - tight.row) * tight.columns + c % box.columns - tight.column;
  tight.row += box.row;
  tight.column += box.column;
  box = tight;
}

}  // namespace tilth
