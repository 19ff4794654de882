#pragma once

#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/grid/grid.hpp"
#include "core/parallel/comm.hpp"
#include "core/state/forcing.hpp"
#include "io/forcing_files.hpp"
#include "io/met_raw.hpp"

namespace tilth {

/// The weather record of one site, without holes: one entry per day from `first`.
struct SiteRecord {
  std::string path;
  Time first;
  std::vector<MetDay> days;
  std::vector<std::string> remarks;
  std::vector<double> steps;   ///< [day][StepMet][step]; empty: days only
  std::vector<bool> borrowed;  ///< days whose precipitation was no measurement; empty: none
  Time end() const { return first + std::int64_t(days.size()) * seconds_per_day; }
};

/// Reads and completes a record with the rules of SiteForcing. `self` has this rank only.
SiteRecord read_site_record(const Comm& self, const std::string& path, const SiteForcing::Options& options,
                            const GridPoint& point);

/// Length of most intervals of a site file in seconds; 0 for instants. Collective.
std::int64_t sample_length(const Comm& self, const std::string& path);

/// Reads and completes a record of several samples a day at `per_day` steps of UTC days; `days` are the means of the
/// steps. Days that it covers in part are left out.
SiteRecord read_site_steps(const Comm& self, const std::string& path, const SiteForcing::Options& options,
                           const GridPoint& point, int per_day);

/// The only file that matches a pattern (* and ?); `Error` when there is none or more than one.
std::string only_match(const std::string& pattern, const std::string& where);
/// All files that match, sorted; `Error` when there is none.
std::vector<std::string> matches(const std::string& pattern, const std::string& where);

/// Fills gaps of at most `longest` values between two values by straight lines; returns how many were filled.
std::int64_t interpolate_gaps(std::vector<double>& values, int longest);
/// Spells without precipitation of more than `longest` days are missing values that were written as 0: they become
/// not-a-number. Returns the days, empty when there are none or `longest` is 0.
std::vector<bool> drop_false_droughts(std::vector<double>& precipitation, int longest);
/// Puts 0 into gaps of at most `longest` values between two values.
std::int64_t zero_gaps(std::vector<double>& values, int longest);

}  // namespace tilth
