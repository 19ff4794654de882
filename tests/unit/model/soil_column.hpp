#pragma once

#include <cmath>

#include "model/ground_heat.hpp"
#include "model/roots.hpp"

namespace tilth::test {

/// A loam: pores 0.45, entry head 0.2 m, b 5.
inline physics::SoilHeat<double> loam() {
  physics::SoilHeat<double> soil;
  soil.theta_s = 0.45;
  soil.log_psi_s = std::log(0.2);
  soil.inverse_b = 0.2;
  soil.solid_capacity = 2.1e6;
  soil.k_dry = 0.25;
  soil.k_saturated = 1.6;
  soil.k_saturated_frozen = 2.4;
  return soil;
}

/// Temperature and liquid of one layer.
inline physics::LayerHeat<double> layer_heat(const physics::SoilHeat<double>& soil, double enthalpy, double water,
                                             double near = 0.0) {
  physics::LayerHeat<double> state{near, 0.0, 0.0, 0.0};
  physics::soil_heat_state<double, 1>(soil, &enthalpy, &water, &state);
  return state;
}

/// A column of soil with its state, stepped under a flux or under a surface temperature.
template <int N>
struct SoilTestColumn {
  physics::SoilHeat<double> soil;
  double enthalpy[N], water[N], k[N], bottom_flux = 0.0;
  physics::LayerHeat<double> state[N];

  SoilTestColumn(const physics::SoilHeat<double>& s, const double* dz, double t, double moisture) : soil(s) {
    soil.dz = dz;
    for (int i = 0; i < N; ++i) {
      double liquid;
      water[i] = moisture;
      k[i] = 1.2;
      enthalpy[i] = physics::soil_enthalpy_at(soil, physics::freezing_k + t, moisture, liquid);
    }
    refresh();
  }
  void refresh() {
    for (int i = 0; i < N; ++i) state[i].t = 0.0;
    physics::soil_heat_state<double, N>(soil, enthalpy, water, state);
  }
  /// J m-2.
  double heat() const {
    double sum = 0.0;
    for (int i = 0; i < N; ++i) sum += enthalpy[i] * soil.dz[i];
    return sum;
  }
  /// Ice, m.
  double ice() const {
    double sum = 0.0;
    for (int i = 0; i < N; ++i) sum += state[i].ice * soil.dz[i];
    return sum;
  }
  physics::SoilHeatBudget<double> given_flux(double flux, double dt,
                                             const physics::WaterMoved<double, N>* moved = nullptr) {
    physics::SoilHeatStep<double, N> step;
    step.duration = dt;
    step.water = water;
    step.k_layer = k;
    step.top_flux = flux;
    step.bottom_flux = bottom_flux;
    step.moved = moved;
    return physics::advance_soil_enthalpy<double, N>(soil, step, enthalpy, state);
  }
  /// Bare ground with its surface at `t` (C); returns the flux into it.
  double fixed_surface(double t, double dt) {
    physics::SnowLayers<double> none{};
    none.density = 100.0;
    physics::GroundColumn<double, N> column;
    column.duration = dt;
    column.k_layer = k;
    column.state = state;
    column.bottom_flux = bottom_flux;
    column.snow = &none;
    column.snow_cover = 0.0;
    column.surface = physics::freezing_k + t;
    physics::GroundSolution<double> solution;
    const auto response = physics::ground_response<double, N>(soil, column, solution);
    const double flux = response.conductance * (column.surface - response.reference);
    given_flux(flux, dt);
    return flux;
  }
};

}  // namespace tilth::test
