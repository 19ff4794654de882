#pragma once

#include "model/column/rows.hpp"

namespace tilth::column {

/// Rows of the weather, in the order of `Met` (asserted in column_model.cpp; kernels include no library headers).
namespace weather {
enum Row : int {
  air_temperature,
  air_temperature_min,
  air_temperature_max,
  shortwave,
  longwave,
  vapour_pressure,
  surface_pressure,
  wind_speed,
  precipitation,
  co2
};
}  // namespace weather

/// What all members of a tile share on a day. Plain data: it crosses the border between instruction sets.
struct TileSite {
  // soil
  double theta_s = 0.45, psi_s_m = -0.3, ks_m_s = 3e-6, b = 6.0;     ///< before the scales of the parameters
  double solid_capacity = 2e6;                                       ///< J m-3 K-1
  double k_dry = 0.25, k_saturated = 1.6, k_saturated_frozen = 2.6;  ///< W m-1 K-1
  double dz[soil_layers] = {};                                       ///< thickness of the active layers, m
  double heat_dz[soil_layers] = {};  ///< thickness for heat: of `dz`, and below bedrock of the standard layers, m
  int layers = soil_layers;          ///< above bedrock
  bool zero_flux_bottom = false;
  double topography = 1.0;  ///< scale of the infiltration exponent
  double soil_vis_dry = 0.2, soil_nir_dry = 0.32;
  // vegetation
  bool vegetated = true, woody = true, cold_deciduous = false, c4 = false;
  double stem_area = 1.0;         ///< of stems, for shelter and roughness
  double canopy_height_m = -1.0;  ///< given for the place; negative: the parameter
  // day
  double day_length_h = 12.0;
  double clear_sky = 300.0;  ///< shortwave of the day under a clear sky, W m-2
  double wind_height_m = 10.0;
  double leaf_width_m = 0.04;
  double log_wind_soil = 6.9, log_heat_soil = 9.2;  ///< ln(z/0.01), ln(z/0.001)
};

/// What a gram in a pool at the start of a spin-up cycle has become at its end: `wood_fast` is found in the fast soil
/// pool of what was wood.
enum Propagator : int {
  wood_wood,
  wood_cwd,
  wood_fast,
  wood_slow,
  litter_litter,
  litter_fast,
  litter_slow,
  cwd_cwd,
  cwd_fast,
  cwd_slow,
  fast_fast,
  fast_slow,
  slow_slow,
  propagator_count
};

/// One tile, all padded members, one day. Rows lie `stride` doubles apart, 64-byte aligned.
struct TileStep {
  const TileSite* site = nullptr;
  const double* const* parameter = nullptr;  ///< par::count pointers to padded members
  const double* met = nullptr;               ///< rows of MetMembers
  double* state = nullptr;                   ///< row::count rows, advanced in place
  double* water_residual = nullptr;          ///< out, kg m-2, per padded member
  double* carbon_residual = nullptr;         ///< out, g m-2
  double* healthy = nullptr;                 ///< out, 1 or 0
  double* propagator = nullptr;              ///< propagator_count rows carried through the day, or null
  const unsigned char* skip = nullptr;       ///< one per eight members: not 0 leaves them as they are; or null
  int stride = 0;
};

/// Advances a tile by a day.
using StepFunction = void (*)(const TileStep&);

}  // namespace tilth::column
