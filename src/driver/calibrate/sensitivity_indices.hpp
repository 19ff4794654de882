#pragma once

#include <string>
#include <vector>

#include "assim/calibration/emulator/emulator.hpp"
#include "driver/calibrate/site_groups.hpp"

namespace tilth {

/// Why a metric of a group has no indices.
enum class IndexStatus { good, unknown, constant, too_few, refused };
/// A sentence for each.
const char* words_of(IndexStatus status);

/// What an analysis of one metric gives.
struct MetricIndices {
  IndexStatus status = IndexStatus::unknown;
  double mean = NAN, sd = NAN;      ///< over the runs
  double runs = 0.0, failed = 0.0;  ///< counts
  double q2 = NAN, coverage = NAN;  ///< of the emulator, leave-one-out
  calibration::Matrix measures;     ///< parameter x measure
  calibration::Matrix pairs;        ///< pair i < j x (value, low, high)
  calibration::Matrix curves;       ///< parameter x level, one at a time
  template <class A>
  void fields(A& archive) {
    archive(status, mean, sd, runs, failed, q2, coverage, measures, pairs, curves);
  }
};

/// A measure of a method, in the order of the columns of `measures`.
struct Measure {
  std::string name, about;
  bool of_metric = false;  ///< in the units of the metric, else 1
};
const std::vector<Measure>& measures_of(SensitivityOptions::Method method);

/// Indices from the results of the rows of `unit`: directly where they are the design of the method, else through an
/// emulator of them, unless it fails its gate.
MetricIndices indices_of(const MethodDesign& design, const calibration::Matrix& unit,
                         const calibration::Vector& values);

/// Indices of every metric ([group][metric]), dealt over ranks. Collective.
std::vector<std::vector<MetricIndices>> all_indices(const Comm& comm, const SiteRuns& runs, const SensitivityRuns& all,
                                                    const std::vector<MetricGroup>& groups,
                                                    const SensitivityOptions& options, std::uint64_t seed);

}  // namespace tilth
