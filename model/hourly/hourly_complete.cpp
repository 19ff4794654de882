#include <algorithm>
#include <cmath>

#include "model/hourly/hourly_model.hpp"
#include "model/hourly/hourly_rows.hpp"
#include "model/snow_layers.hpp"
#include "model/soil_enthalpy.hpp"

namespace tilth {

using namespace hourly;
namespace crow = column::row;
namespace cpar = column::par;

namespace {

/// One member of one tile whose shared states are set.
struct Member {
  const column::TileSite& site;
  ColumnParameters parameters;
  const double* before;  ///< rows before the update, or null
  ColumnView tile;
  int index, layers;

  double p(int i) const { return parameters.value[std::size_t(i)][index]; }
  double& at(int r) { return tile.row(0, r)[index]; }
  double was(int r) const { return before[std::size_t(r) * tile.stride() + index]; }
  bool changed(int r) { return !before || was(r) != at(r); }
};

/// Enthalpy that belongs to temperature and water, where either has changed.
void complete_soil(Member& m) {
  physics::SoilHeat<double> soil;
  soil.theta_s = std::clamp(m.site.theta_s + m.p(cpar::d_theta_s), 0.2, 0.93);
  soil.inverse_b = 1.0 / (m.site.b * m.p(cpar::f_b));
  soil.log_psi_s = simd::log(-(m.site.psi_s_m * m.p(cpar::f_psi)));
  soil.solid_capacity = m.site.solid_capacity;
  for (int k = 0; k < soil_layers; ++k) {
    if (!m.changed(crow::soil_moisture + k) && !m.changed(crow::soil_temperature + k)) continue;
    double liquid;
    m.at(row::soil_enthalpy + k) =
        physics::soil_enthalpy_at(soil, m.at(crow::soil_temperature + k), m.at(crow::soil_moisture + k), liquid);
  }
}

/// Layers that add up to the mass of the pack: scaled with their temperature, or new at the temperature of the soil.
void complete_snow(Member& m) {
  if (!m.changed(crow::snow_ice) && !m.changed(crow::snow_liquid)) return;
  const double mass = m.at(crow::snow_ice) + m.at(crow::snow_liquid);
  double old = 0.0;
  for (int j = 0; j < m.layers; ++j) old += m.at(row::snow_layer_ice + j) + m.at(row::snow_layer_liquid + j);
  const double cold = std::min(0.0, m.at(crow::soil_temperature) - physics::freezing_k);
  const bool as_it_is = mass > 0.0 && std::abs(mass - old) <= 1e-12 * mass;
  double ice = 0.0, liquid = 0.0;
  for (int j = 0; j < hourly::snow_layers; ++j) {
    double& layer_ice = m.at(row::snow_layer_ice + j);
    double& layer_liquid = m.at(row::snow_layer_liquid + j);
    double& heat = m.at(row::snow_layer_enthalpy + j);
    if (as_it_is) {
      // a pack that was completed before
    } else if (mass > 0.0 && old > 0.0) {
      const double factor = mass / old;
      layer_ice *= factor, layer_liquid *= factor, heat *= factor;
    } else {
      layer_ice = mass > 0.0 && j < m.layers ? mass / m.layers : 0.0;
      layer_liquid = 0.0;
      heat = physics::ice_heat_capacity * cold * layer_ice;
    }
    // Phases follow from enthalpy; water beyond what snow holds is taken as ice.
    constexpr double most_share = physics::snow_liquid_capacity / (1.0 + physics::snow_liquid_capacity);
    const double layer_mass = layer_ice + layer_liquid;
    layer_liquid = std::min(most_share * layer_mass, std::max(0.0, heat) / physics::fusion_heat);
    layer_ice = layer_mass - layer_liquid;
    heat = heat < 0.0 ? heat : physics::fusion_heat * layer_liquid;
    ice += layer_ice, liquid += layer_liquid;
  }
  m.at(crow::snow_ice) = ice;
  m.at(crow::snow_liquid) = liquid;
}

}  // namespace

void HourlyModel::complete(const column::TileSite& site, ColumnParameters tile_parameters, const double* before,
                           ColumnView tile) const {
  for (int index = 0; index < tile.stride(); ++index) {
    Member m{site, tile_parameters, before, tile, index, choices_.snow_layers};
    complete_soil(m);
    complete_snow(m);
    if (before) continue;
    m.at(row::canopy_temperature) = m.at(crow::soil_temperature);
    m.at(row::ground_temperature) = m.at(crow::soil_temperature);
  }
}

}  // namespace tilth
