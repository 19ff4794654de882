#include "core/state/forcing.hpp"

namespace tilth {

// Bounds: MODEL 2.1; vapour pressure from a specific humidity of 0..0.05 kg kg-1 at 1.1e5 Pa.
const std::array<MetVariable, met_count> met_variables = {{
    {"air_temperature", "air_temperature", "K", 190.0, 340.0},
    {"air_temperature_min", "air_temperature", "K", 190.0, 340.0},
    {"air_temperature_max", "air_temperature", "K", 190.0, 340.0},
    {"shortwave", "surface_downwelling_shortwave_flux_in_air", "W m-2", 0.0, 1500.0},
    {"longwave", "surface_downwelling_longwave_flux_in_air", "W m-2", 40.0, 600.0},
    {"vapour_pressure", "water_vapor_partial_pressure_in_air", "Pa", 0.0, 8600.0},
    {"surface_pressure", "surface_air_pressure", "Pa", 4.0e4, 1.1e5},
    {"wind_speed", "wind_speed", "m s-1", 0.0, 60.0},
    {"precipitation", "precipitation_flux", "kg m-2 s-1", 0.0, 0.1},
    {"co2", "mole_fraction_of_carbon_dioxide_in_air", "umol mol-1", 180.0, 1200.0},
}};

}  // namespace tilth
