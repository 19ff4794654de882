#pragma once

#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "core/config/schema.hpp"

namespace tilth {

/// `observations[].bias_correction:` observations take the climatology of the model before they are used.
struct BiasCorrectionOptions {
  std::string method = "none";  ///< none | cdf_matching | linear
  std::string reference;        ///< feedback folder of an earlier run's open loop
  std::string statistics;       ///< file of statistics instead
  std::string season = "none";  ///< none | quarter | month
  int minimum_samples = 100;
  int quantiles = 20;
  bool on() const { return method != "none"; }
  int seasons() const { return season == "month" ? 12 : season == "quarter" ? 4 : 1; }
  /// Declares the option `bias_correction` in the section of a stream.
  void describe(Schema& s);
};

/// The season of a time: its month, its quarter (0: December to February) or 0.
int season_of(Time time, int seasons);

/// Monotone map of observed to modelled values: straight lines between nodes, the outer lines go on beyond them.
struct BiasMap {
  std::vector<double> observed, modelled;  ///< nodes; observed strictly ascending, at least one
  double error_scale = 1.0;                ///< of the error standard deviation: modelled over observed spread
  double operator()(double value) const;
};

/// CDF matching (Reichle & Koster 2004) with `nodes` quantiles of each sample at the probabilities (j + 1/2) / nodes.
/// Of equal observed quantiles one node is kept, with their mean modelled one. Samples without spread: a shift of the
/// mean.
/// @pre samples are not empty
BiasMap cdf_map(std::vector<double> observed, std::vector<double> modelled, int nodes);

/// Rescaling to the model's mean and standard deviation. Samples without spread: a shift of the mean.
BiasMap linear_map(const std::vector<double>& observed, const std::vector<double>& modelled);

/// The map of a method's options.
BiasMap bias_map(const BiasCorrectionOptions& options, const std::vector<double>& observed,
                 const std::vector<double>& modelled);

}  // namespace tilth
