#pragma once

#include <string>
#include <vector>

#include "core/base/time.hpp"

namespace tilth {

/// What a source of forecasts says of the cases of a record; all vectors as long as the cases, or empty: not known.
struct ForecastCases {
  bool present = false;  ///< false: the source has no such record
  std::vector<double> mean, sd;
  std::vector<double> inside;           ///< 1: the truth is inside the 5-95 % interval
  std::vector<double> crps, crps_fair;  ///< ready made
  std::vector<double> rank;             ///< members below the truth, ready made; NaN: not known
  std::vector<double> members;          ///< [case][member]
};

/// What is scored at one time on this rank.
struct Cases {
  std::vector<int> cell;  ///< own column
  std::vector<double> weight, truth;
  std::vector<double> observation_variance;  ///< of the truth's error; empty: exact
  std::vector<ForecastCases> forecasts;      ///< by source

  void clear(std::size_t sources) {
    *this = {};
    forecasts.resize(sources);
  }
};

/// How much of a record is read.
enum class Detail { truth, means, all };

/// Where forecasts come from.
struct ForecastSource {
  std::string name;        ///< open_loop, analysis, an experiment, forecast, climatology
  double lead_days = 0.0;  ///< NaN: an analysis, not a forecast from one
  int members = 0;         ///< size of the ensemble; 0: not one
  bool coverage = false, crps = false, crps_fair = false;
  bool has_members = false;  ///< probabilities can be counted
};

/// Cases of one variable or stream, record by record in time.
class CaseReader {
 public:
  virtual ~CaseReader() = default;
  virtual const std::vector<ForecastSource>& sources() const = 0;
  /// The middle of every record.
  virtual const std::vector<Time>& times() const = 0;
  /// Cases of record r; what lacks a value is NaN. Collective.
  virtual void read(int r, Detail detail, Cases& cases) = 0;
};

}  // namespace tilth
