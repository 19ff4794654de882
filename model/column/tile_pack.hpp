#pragma once

#include "model/carbon.hpp"
#include "model/column/tile.hpp"
#include "model/phenology.hpp"
#include "model/roots.hpp"
#include "model/snow.hpp"
#include "model/soil_budget.hpp"

namespace tilth::column {

using namespace tilth::physics;

/// One pack of members of a tile through a step: its states and what the processes that both tiers share hand to each
/// other.
template <class T>
struct TilePack {
  const TileStep* job = nullptr;
  const TileSite* site = nullptr;
  int member = 0;  ///< first member of the pack

  T soil_moisture[soil_layers], soil_temperature[soil_layers];
  SnowPack<T> snow;
  T canopy_water, pond;
  T labile, leaf, root, wood, litter, cwd, fast, slow;
  T lai, snow_depth, scf;
  T air_t;  ///< mean air temperature of the step or day, C
  // soil
  ClappHornberger<T, soil_layers> closure;
  SoilPoint<T> points[soil_layers];
  T theta_s, liquid[soil_layers], ice[soil_layers], log_s[soil_layers], stress[soil_layers], share[soil_layers];
  T water_stress, available_water;
  // water of the step, kg m-2
  T uptake[soil_layers], soil_evaporation, pond_evaporation, rain_to_ground, snow_outflow, runoff, drainage;
  T infiltrated;  ///< into the first layer, net of what rose out of it
  // vegetation
  T growth_temperature, phenology, lai_water, stress_memory, use_memory, acclimated_t, acclimated_vpd;
  // carbon of the day, g m-2
  T gpp, leaf_respiration, autotrophic, heterotrophic, seeded;
  T storage_before, carbon_before;

  TILTH_INLINE T p(int i) const { return simd::load<T>(job->parameter[i] + member); }
  TILTH_INLINE T met(int i) const { return simd::load<T>(job->met + i * job->stride + member); }
  TILTH_INLINE T get(int r) const { return simd::load<T>(job->state + r * job->stride + member); }
  TILTH_INLINE void put(int r, T x) const { simd::store(job->state + r * job->stride + member, x); }
};

}  // namespace tilth::column
