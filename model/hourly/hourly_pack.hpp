#pragma once

#include "model/canopy_photosynthesis.hpp"
#include "model/canopy_radiation.hpp"
#include "model/column/tile_pack.hpp"
#include "model/energy_balance.hpp"
#include "model/ground_heat.hpp"
#include "model/hourly/hourly_tile.hpp"
#include "model/snow_layers.hpp"
#include "model/soil_enthalpy.hpp"

namespace tilth::hourly {

using namespace tilth::physics;
using column::TilePack;
namespace crow = column::row;
namespace cpar = column::par;

/// Weather of a step for a pack of members.
template <class T>
struct HourWeather {
  T t, kelvin;              ///< C, K
  T shortwave, longwave;    ///< W m-2
  T vapour, pressure, vpd;  ///< Pa
  T wind, rain, snowfall;   ///< m s-1; kg m-2 of the step
  T co2;                    ///< umol mol-1
};

/// One pack of members of a tile through a step.
template <class T>
struct Hour : TilePack<T> {
  const HourStep* hour = nullptr;
  HourWeather<T> air;
  // states of this tier
  T enthalpy[soil_layers], canopy_temperature, ground_temperature, inverse_length;
  SnowLayers<T> layers;
  // canopy
  T plant_area, gap, wet_share, capacity;
  CanopyRadiation<T> light;
  CanopyStep<T> leaves;
  CanopyAssimilation<T> assimilation;
  T caught;                  ///< rain that met the canopy, kg m-2
  T snow_heat_in;            ///< of snowfall, J m-2
  T transpired, sublimated;  ///< kg m-2
  T soil_top_flux;           ///< conduction into the first layer, W m-2
  // ground
  SoilHeat<T> heat;
  LayerHeat<T> layer[soil_layers];
  T k_layer[soil_layers];
  GroundSolution<T> ground;
  SurfaceFluxes<T> flux;
  T energy_open;  ///< largest balance left open, W m-2

  TILTH_INLINE double duration() const { return hour->weather->duration; }
  TILTH_INLINE T sum(int s) const { return simd::load<T>(hour->sums + s * this->job->stride + this->member); }
  TILTH_INLINE void add(int s, T x) const {
    simd::store(hour->sums + s * this->job->stride + this->member, sum(s) + x);
  }
};

}  // namespace tilth::hourly
