#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/aligned.hpp"
#include "core/config/plugin.hpp"

namespace tilth {

/// Observations and predictions shared by a batch of local problems.
///
/// Y: n_obs x N, row i starts at Y + i * stride: members' predictions minus their mean, *not* divided by sqrt(N - 1).
/// d: observation minus mean prediction. variance: observation error variance.
struct ObsSpace {
  int members = 0, stride = 0;
  std::span<const double> Y;
  std::span<const double> d;
  std::span<const double> variance;
  std::span<const double> E = {};  ///< n_obs x N like Y: perturbations of the observations, for methods that perturb
  bool centred = true;             ///< false: Y is about something else than the mean of the predictions
};

/// What one column sees: which observations, how much they count, and the rows to update in place.
struct LocalProblem {
  std::vector<std::int32_t> obs;  ///< indices into ObsSpace, ascending
  std::vector<double> taper;      ///< localisation weight of each in (0, 1]: multiplies the inverse error variance
  std::vector<double*> rows;      ///< rows of N members (unconstrained values), updated in place
  std::int64_t key = 0;           ///< names the problem among those of this rank, the same in every pass of a window
};

/// Ensemble-space statistics of a set of observations; addable. N x N symmetric, row-major.
struct ObsGram {
  explicit ObsGram(int members) : YtRY(std::size_t(members) * members, 0.0), YtRd(members, 0.0) {}
  std::vector<double> YtRY;  ///< Y' R^-1 Y
  std::vector<double> YtRd;  ///< Y' R^-1 d
  double dtRd = 0.0;
  double count = 0.0;
  std::vector<double> YtRE;  ///< Y' R^-1 E, N x N row-major (row: member of Y); empty unless the method perturbs
};

/// Updates local problems; knows no ranks, files or clock.
class AnalysisMethod {
 public:
  virtual ~AnalysisMethod() = default;
  /// Updates the rows of every problem. A problem without observations is left exactly as it is. A row's result does
  /// not depend on the other problems of the batch.
  virtual void update(const ObsSpace& space, std::span<LocalProblem> batch) const = 0;
  /// The same update from statistics only (per-PFT and global parameters).
  virtual void update(const ObsGram& gram, int members, std::span<double* const> rows) const = 0;
  /// Whether ObsSpace::E and ObsGram::YtRE must be filled.
  virtual bool perturbs() const = 0;
};

/// The registered methods, in the order of assim/methods/list.hpp.
const Registry<AnalysisMethod>& analysis_methods();

}  // namespace tilth
