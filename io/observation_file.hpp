#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/config/schema.hpp"
#include "core/parallel/comm.hpp"
#include "io/attributes.hpp"

namespace tilth {

/// What to read from one observation file: a CF point file (dimension `obs`) or a CF time series at a station.
struct ObservationFileOptions {
  std::string path;
  std::string variable = "value";
  std::string error_variable;  ///< standard deviation; empty: `error_sd` when the file has it, else none
  std::string qc_variable;     ///< empty: `qc` when the file has it, else none
  double qc_minimum = 0.0;     ///< values whose quality is lower are flagged qc_bad_quality
  double qc_maximum = 1e300;   ///< and those whose quality number is higher, for files in which 0 is best
  double molar_mass = 0.0;     ///< g mol-1, where the file counts moles and the operator mass; 0: refuse such files
  double valid_min = -1e300, valid_max = 1e300;  ///< target units; values outside are flagged qc_bad_value
  Time not_before{-(std::int64_t{1} << 60)}, not_after{std::int64_t{1} << 60};  ///< intervals not inside are left out
  std::int64_t time_shift_s = 0;  ///< added to the file's times, e.g. local standard time -> UTC
  std::int64_t interval_s = -1;   ///< length of the averaging interval; -1: from the file
  void describe(Schema& s);       ///< all but `path` and `variable`
};

/// Observations of this rank as arrays of equal length, in file order over the ranks.
struct ObservationSeries {
  std::vector<std::int64_t> row;  ///< number in the file (or global id when writing), the same for any rank count
  std::vector<Time> begin, end;   ///< averaging interval; equal for an instant
  std::vector<double> lon, lat;   ///< degrees, -180 <= lon < 180
  std::vector<double> value;      ///< target units
  std::vector<double> error_sd;   ///< target units; 0: not given
  std::vector<double> level;  ///< place within the column (depth in m, layer, ...), NaN: not given; empty: none given
  std::vector<double> view_zenith_deg;  ///< angle of the instrument's view, NaN: not given; empty: none given
  std::vector<std::uint32_t> flag;      ///< QcFlag bits set by quality and valid range
  std::int64_t missing = 0;             ///< values missing in the file, over all ranks
  std::int64_t left_out = 0;            ///< outside not_before..not_after, over all ranks
  std::string station;                  ///< site code of a station file, or empty
  std::size_t size() const { return value.size(); }
};

/// Reads this rank's slab. The interval of an observation is: the time bounds; else `interval_s`; else for a station
/// series with a regular step that step, cut at the next time; else an instant. `Error` for a missing file or variable
/// (with a suggestion), absent or inconvertible units, a bad time axis, a negative error, a bad place. Collective.
ObservationSeries read_observations(const Comm& comm, const ObservationFileOptions& options,
                                    const std::string& target_units);

/// Description of the value in a file to write.
struct ObservedQuantity {
  std::string variable = "value", units, standard_name, long_name;
};

/// Writes a CF point file (featureType point) in the order of `row`, which must be unique over ranks; `flag` is left
/// out. Aside first, then renamed. Collective.
void write_observations(const Comm& comm, const std::string& path, const ObservationSeries& series,
                        const ObservedQuantity& quantity, const Attributes& attributes = {});

}  // namespace tilth
