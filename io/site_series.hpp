#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "io/forcing_files.hpp"
#include "io/met_raw.hpp"
#include "io/netcdf.hpp"

namespace tilth {

/// Values of a variable of a site file in our unit; those out of range are refused, or missing with a remark.
std::vector<double> checked_series(const netcdf::File& file, Raw raw, int id, const std::vector<Time>& times,
                                   const MetRules& rules, std::vector<std::string>& remarks);

/// Site CO2 far from the median of the record is not background air or not air at all: NaN with a remark, which calls
/// the values `unit`. All of it goes when a table of CO2 is used.
void drop_co2_outliers(std::vector<double>& co2, const MetRules& rules, const std::string& unit,
                       std::vector<std::string>& remarks);

/// Reports a daily pressure (NaN: missing) whose annual means differ by more than 1 %: a sensor change or drift, not
/// weather.
void report_pressure_drift(const std::vector<double>& pressure, Time first, std::vector<std::string>& remarks);

/// "Psurf: 12 days in gaps ...".
std::string gap_remark(Raw raw, std::int64_t count, const std::string& what);

/// Rain, snow and their sum are never interpolated.
bool is_water(Raw raw);

}  // namespace tilth
