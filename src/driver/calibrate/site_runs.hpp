#pragma once

#include <string>
#include <vector>

#include "assim/calibration/box.hpp"
#include "core/grid/grid.hpp"
#include "core/state/parameter_set.hpp"
#include "driver/observation_store.hpp"

namespace tilth {

/// A parameter that a calibration moves. Its coordinate z is 0 at the default of every plant functional type and counts
/// prior standard deviations in unconstrained space.
struct CalibrationParameter {
  int definition = 0;  ///< of the model's parameters
  std::string name, units;
  double sd = 0.0;  ///< of the prior, unconstrained
};

/// How far a run goes, and what it gives.
enum class RunReach {
  training,      ///< to the last observation that trains; predictions of later ones are 0
  observations,  ///< through the whole period
  series,        ///< the same, and daily values
};

/// What runs of one site gave.
struct SiteRun {
  calibration::Matrix predictions;          ///< set x observation; a row of not-a-number: the run failed
  std::vector<calibration::Matrix> series;  ///< of each stream, then of more: set x day; empty unless asked for
};

/// One run with its derivatives, as far as `RunReach::training`.
struct SiteDerivatives {
  calibration::Vector predictions;  ///< all not-a-number: the run failed
  calibration::Matrix jacobian;     ///< observation x parameter, by z
};

/// Runs of a land model at sites with sets of parameters. A result does not depend on the sets beside it.
class SiteRuns {
 public:
  virtual ~SiteRuns() = default;

  virtual int sites() const = 0;
  virtual std::string name(int site) const = 0;
  virtual const GridPoint& point(int site) const = 0;
  virtual const std::vector<CalibrationParameter>& parameters() const = 0;
  /// Bounds of z at a site.
  virtual calibration::Box box(int site) const = 0;
  /// Physical value of a parameter for the dominant plant functional type of a site.
  virtual double physical(int site, int parameter, double z) const = 0;

  virtual const std::vector<std::string>& streams() const = 0;
  /// Observations of a site, sorted by (stream, middle of the interval, id); flag 0: they train, `qc_withheld` alone:
  /// they validate, others are not used.
  virtual const std::vector<ObsRecord>& observations(int site) const = 0;
  /// Days of the series.
  virtual Time begin() const = 0;
  virtual Time end() const = 0;

  /// Runs rows of z. May be called by several threads.
  virtual SiteRun run(int site, const calibration::Matrix& z, RunReach reach) const = 0;
  /// Whether `run_with_derivatives` works, else a sentence why not.
  virtual std::string without_derivatives() const = 0;
  virtual SiteDerivatives run_with_derivatives(int site, const calibration::Vector& z) const = 0;
};

}  // namespace tilth
