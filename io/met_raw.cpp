#include "io/met_raw.hpp"

#include <algorithm>

namespace tilth {

// Names of ALMA, PLUMBER2, CMIP and ERA files. Ranges: MODEL 2.1 and, for derived quantities, what they imply.
const std::array<RawVariable, raw_count> raw_variables = {{
    {{"Tair", "tas", "t2m", "TA", "air_temperature"}, "air_temperature", "", "K", 190.0, 340.0},
    {{"Tair_day"}, "", "", "K", 190.0, 340.0},
    {{"Tmin", "tasmin", "tmin", "air_temperature_min"}, "air_temperature", "minimum", "K", 190.0, 340.0},
    {{"Tmax", "tasmax", "tmax", "air_temperature_max"}, "air_temperature", "maximum", "K", 190.0, 340.0},
    {{"SWdown", "rsds", "SW_IN", "shortwave"}, "surface_downwelling_shortwave_flux_in_air", "", "W m-2", -5.0, 1500.0},
    {{"PPFD"}, "surface_downwelling_photosynthetic_photon_flux_in_air", "", "mol m-2 s-1", -1e-5, 3.2e-3},
    {{"LWdown", "rlds", "LW_IN", "longwave"}, "surface_downwelling_longwave_flux_in_air", "", "W m-2", 40.0, 600.0},
    {{"VPD", "vpd"}, "water_vapor_saturation_deficit_in_air", "", "Pa", -100.0, 12000.0},
    {{"VPD_day"}, "", "", "Pa", -100.0, 12000.0},
    {{"Qair", "huss"}, "specific_humidity", "", "kg kg-1", 0.0, 0.05},
    {{"RH", "hurs"}, "relative_humidity", "", "percent", 0.0, 110.0},
    {{"ea", "vapour_pressure"}, "water_vapor_partial_pressure_in_air", "", "Pa", 0.0, 8600.0},
    {{"Psurf", "PSurf", "ps", "surface_pressure"}, "surface_air_pressure", "", "Pa", 4.0e4, 1.1e5},
    {{"Wind", "sfcWind", "wind_speed"}, "wind_speed", "", "m s-1", 0.0, 60.0},
    {{"Precip", "pr", "Precipf", "precipitation"}, "precipitation_flux", "", "kg m-2 s-1", -1e-9, 0.1},
    {{"Rainf"}, "rainfall_flux", "", "kg m-2 s-1", -1e-9, 0.1},
    {{"Snowf", "prsn"}, "snowfall_flux", "", "kg m-2 s-1", -1e-9, 0.1},
    {{"CO2air", "co2"}, "mole_fraction_of_carbon_dioxide_in_air", "", "1e-6", 180.0, 1200.0},
}};

int find_raw(const netcdf::File& file, Raw raw) {
  const RawVariable& wanted = raw_variables[int(raw)];
  for (const std::string& name : wanted.names)
    if (file.has_variable(name)) return file.variable(name);
  if (wanted.standard_name.empty()) return -1;
  const auto contains = [](const std::string& text, const std::string& word) {
    return text.find(word) != std::string::npos;
  };
  for (const std::string& name : file.variables()) {
    const int id = file.variable(name);
    if (file.text_attribute(id, "standard_name") != wanted.standard_name) continue;
    const std::string methods = file.text_attribute(id, "cell_methods").value_or("");
    const bool extreme = contains(methods, "minimum") || contains(methods, "maximum");
    if (wanted.method.empty() ? !extreme : contains(methods, wanted.method)) return id;
  }
  return -1;
}

}  // namespace tilth
