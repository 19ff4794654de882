#include <algorithm>
#include <cmath>

#include "model/column/column_model.hpp"
#include "model/column/rows.hpp"
#include "model/roots.hpp"
#include "model/snow.hpp"
#include "model/soil_hydraulics.hpp"

namespace tilth {

using namespace column;

namespace {

/// One member of one tile after an update.
struct Member {
  const TileSite& site;
  ColumnParameters parameters;  ///< of the tile
  ColumnView column, before;
  int tile, index;
  int clipped = 0;

  double p(int i) const { return parameters.value[std::size_t(i)][index]; }
  double& at(int r) { return column.row(tile, r)[index]; }
  double was(int r) const { return before.row(tile, r)[index]; }
  /// Into lower..upper; what is not a number goes back to what it was.
  void keep(int r, double lower, double upper) {
    double& x = at(r);
    const double inside = std::clamp(std::isfinite(x) ? x : was(r), lower, upper);
    if (!(x == inside)) ++clipped;
    x = inside;
  }
  double porosity() const { return std::clamp(site.theta_s + p(par::d_theta_s), 0.2, 0.93); }
};

double water(const TileSite& site, const ColumnView& column, int tile, int m) {
  const auto at = [&](int r) { return column.row(tile, r)[m]; };
  double sum = at(row::snow_ice) + at(row::snow_liquid) + at(row::canopy_water) + at(row::pond);
  for (int k = 0; k < site.layers; ++k) sum += at(row::soil_moisture + k) * site.dz[k] * physics::water_density;
  return sum;
}

double carbon(const ColumnView& column, int tile, int m) {
  double sum = 0.0;
  for (int r = row::carbon_labile; r <= row::carbon_soil_slow; ++r) sum += column.row(tile, r)[m];
  return sum;
}

/// Bounds that depend on parameters or on other variables.
void repair_water(Member& m) {
  const double most = m.porosity();
  for (int k = 0; k < soil_layers; ++k) m.keep(row::soil_moisture + k, physics::least_moisture, most);
  if (m.at(row::snow_ice) + m.at(row::snow_liquid) < 1e-3) {
    m.keep(row::snow_ice, 0.0, 0.0);
    m.keep(row::snow_liquid, 0.0, 0.0);
  }
  const double held = std::min(1000.0, physics::snow_liquid_capacity * m.at(row::snow_ice));
  if (!(m.at(row::snow_liquid) <= held * (1.0 + 1e-9))) m.keep(row::snow_liquid, 0.0, held);
}

void repair_carbon(Member& m) {
  if (!m.site.vegetated) return;
  constexpr double most_lai = 12.0;
  m.keep(row::carbon_leaf, 0.005 * m.p(par::lma), most_lai * m.p(par::lma));
  m.keep(row::carbon_labile, 0.5, 1e5);
  m.keep(row::carbon_root, 0.5, 1e5);
}

/// Diagnostics that follow from the states, so that operators see the updated column.
void refresh_diagnostics(Member& m) {
  m.at(row::leaf_area_index) = m.site.vegetated ? m.at(row::carbon_leaf) / m.p(par::lma) : 0.0;
  const double swe = m.at(row::snow_ice) + m.at(row::snow_liquid), density = m.at(row::snow_density);
  m.at(row::snow_water_equivalent) = swe;
  m.at(row::snow_cover_fraction) = swe > 0.0 ? physics::snow_cover(swe / density, density, m.p(par::m_scf)) : 0.0;
  double metre = 0.0, depth = 0.0, total = 0.0;
  for (int k = 0; k < m.site.layers; ++k) {
    const double inside = std::max(0.0, std::min(m.site.dz[k], 1.0 - depth));
    metre += m.at(row::soil_moisture + k) * inside;
    depth += inside;
    total += m.at(row::soil_moisture + k) * (m.site.dz[k] * physics::water_density);
  }
  m.at(row::root_zone_moisture) = metre * (1.0 / depth);
  m.at(row::soil_water) = total;
}

}  // namespace

RepairReport ColumnModel::repair(const GridPoint& point, ColumnParameters parameters, ColumnView before,
                                 ColumnView column) const {
  const Site site = site_of(point);
  RepairReport report;
  for (int t = 0; t < column.tiles(); ++t) {
    const TileSite& tile = site.tile(t);
    const double weight = point.surface.tiles[std::size_t(t)].fraction / column.members();
    for (int m = 0; m < column.stride(); ++m) {
      Member member{tile, of_tile(parameters, t), column, before, t, m};
      for (std::size_t v = 0; v < traits_.layout.variables().size(); ++v) {
        const Variable& variable = traits_.layout.variables()[v];
        if (variable.kind != Variable::Kind::prognostic) continue;
        for (int k = 0; k < variable.layers; ++k)
          member.keep(traits_.layout.row(int(v)) + k, variable.lower, variable.upper);
      }
      repair_water(member);
      repair_carbon(member);
      refresh_diagnostics(member);
      if (m >= column.members()) continue;  // padding
      report.clipped += member.clipped;
      report.water_kg_m2 += weight * (water(tile, column, t, m) - water(tile, before, t, m));
      report.carbon_g_m2 += weight * (carbon(column, t, m) - carbon(before, t, m));
    }
    complete(tile, of_tile(parameters, t), before.row(t, 0),
             ColumnView(column.row(t, 0), 1, column.rows(), column.members()));
  }
  return report;
}

}  // namespace tilth
