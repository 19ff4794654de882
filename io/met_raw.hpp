#pragma once

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "io/netcdf.hpp"

namespace tilth {

/// Weather as files give it, before anything is derived.
enum class Raw : int {
  tair,
  tair_day,
  tmin,
  tmax,
  swdown,
  ppfd,
  lwdown,
  vpd,
  vpd_day,
  qair,
  rh,
  ea,
  psurf,
  wind,
  precip,
  rainf,
  snowf,
  co2,
  count
};
inline constexpr int raw_count = int(Raw::count);
inline constexpr double light_per_shortwave = 2.04e-6;  ///< mol J-1 (Meek et al. 1984)

/// How a raw variable is recognised, its unit here and its plausible range.
struct RawVariable {
  std::vector<std::string> names;  ///< the first is the one messages use
  std::string standard_name;       ///< CF, or empty
  std::string method;  ///< word that cell_methods must contain with the standard name; empty: neither extreme
  std::string units;
  double lower, upper;  ///< in `units`
};
extern const std::array<RawVariable, raw_count> raw_variables;

/// One day of raw weather; NaN: not given.
struct RawDay {
  std::array<double, raw_count> value;
  RawDay() { value.fill(std::numeric_limits<double>::quiet_NaN()); }
  double& operator[](Raw r) { return value[int(r)]; }
  double operator[](Raw r) const { return value[int(r)]; }
  bool has(Raw r) const { return value[int(r)] == value[int(r)]; }
};

/// Variable of a file that holds `raw`: by name, else by CF standard name and cell method; -1 when there is none.
int find_raw(const netcdf::File& file, Raw raw);

}  // namespace tilth
