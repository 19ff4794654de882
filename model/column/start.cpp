#include <algorithm>
#include <cmath>
#include <numbers>

#include "model/column/column_model.hpp"
#include "model/column/rows.hpp"

namespace tilth {

using namespace column;

namespace {

/// Mean annual temperature to start from (K): zonal mean at sea level with a lapse rate of 6.5 K km-1.
double mean_temperature(const GridPoint& point) {
  const double s = std::sin(point.lat * std::numbers::pi / 180.0);
  return std::clamp(300.5 - 44.0 * s * s - 6.5e-3 * point.surface.elevation_m, 225.0, 305.0);
}

/// Start of one member of a tile; `p(i)` its parameters, `set(row, value)` its state.
template <class P, class Set>
void start_member(const TileSite& site, double temperature, P&& p, Set&& set) {
  for (int r = 0; r < row::count; ++r) set(r, 0.0);
  const double theta_s = std::clamp(site.theta_s + p(par::d_theta_s), 0.2, 0.93);
  for (int k = 0; k < soil_layers; ++k) {
    set(row::soil_moisture + k, 0.6 * theta_s);
    set(row::soil_temperature + k, temperature);
  }
  set(row::snow_density, 250.0);
  set(row::snow_albedo, 0.8);
  const double closed = site.vegetated ? p(par::lai_max) : 0.0, leaf = 0.4 * closed * p(par::lma);
  set(row::carbon_labile, std::max(0.5, leaf));
  set(row::carbon_leaf, std::max(site.vegetated ? 0.005 * p(par::lma) : 1e-3, leaf));
  set(row::carbon_root, std::max(0.5, 40.0 * closed));
  set(row::carbon_wood, std::max(1e-3, site.woody ? 200.0 * closed : 0.0));
  set(row::carbon_litter, std::max(1e-3, 40.0 * closed));
  set(row::carbon_cwd, std::max(1e-3, site.woody ? 50.0 * closed : 0.0));
  set(row::carbon_soil_fast, std::max(1e-3, 500.0 * closed));
  set(row::carbon_soil_slow, std::max(1e-3, 1500.0 * closed));
  set(row::growth_temperature, temperature);
  set(row::lai_water_limited, 3.0);
  set(row::phenology_fraction, 0.5);
  set(row::water_stress_memory, 0.8);
  set(row::transpiration_memory, 1.0);
  set(row::acclimated_temperature, temperature);
  set(row::acclimated_vpd, 800.0);
  set(row::leaf_area_index, site.vegetated ? std::max(0.005, 0.4 * closed) : 0.0);
}

}  // namespace

void ColumnModel::cold_start(const GridPoint& point, ColumnParameters parameters, ColumnView column) const {
  const Site site = site_of(point);
  const double temperature = mean_temperature(point);
  for (int t = 0; t < column.tiles(); ++t) {
    const ColumnParameters own = of_tile(parameters, t);
    for (int r = row::count; r < column.rows(); ++r) std::fill_n(column.row(t, r), column.stride(), 0.0);
    for (int m = 0; m < column.stride(); ++m)
      start_member(
          site.tile(t), temperature, [&](int i) { return own.value[std::size_t(i)][m]; },
          [&](int r, double x) { column.row(t, r)[m] = x; });
    complete(site.tile(t), own, nullptr, ColumnView(column.row(t, 0), 1, column.rows(), column.members()));
  }
}

}  // namespace tilth
