#include "driver/calibrate/sensitivity_options.hpp"

#include <algorithm>

#include "core/base/error.hpp"

namespace tilth {

namespace {
// In the order of SensitivityOptions::Method.
const std::vector<std::string> methods{"one_at_a_time", "morris", "sobol"};
}  // namespace

void OneAtATimeSettings::describe(Schema& s) {
  s.about("Every parameter over its range, the others at the prior.");
  s.integer("levels", levels).in(2, 1000).about("Values per parameter.");
}

void MorrisSettings::describe(Schema& s) {
  s.about("Elementary effects (Morris 1991): ranks parameters with few runs.");
  s.integer("trajectories", trajectories)
      .in(2, 100000)
      .about("Each is one run more than there are parameters; a larger number continues a smaller one.");
  s.integer("levels", levels).in(2, 1000).about("Values of the grid, an even number.");
  require(!s.is_reading() || levels % 2 == 0, s.where(), ".levels = ", levels, ", must be even");
}

void SobolSettings::describe(Schema& s) {
  s.about("Parts of the variance (Sobol').");
  s.integer("points", points)
      .in(2, 10000000)
      .about(
          "Base points; each is 2 runs more than there are parameters, with second order 2 more than twice as many; a "
          "larger number continues a smaller one.");
  s.flag("second_order", second_order).about("Indices of pairs, too.");
  s.text("estimator", estimator)
      .one_of({"jansen", "saltelli"})
      .about("Of the first order: Jansen (1999), or Saltelli et al. (2010), noisy where the mean is large.");
}

void SensitivityEmulator::describe(Schema& s) {
  s.integer("runs", runs).in(0, 100000).about("Runs of the Latin hypercube it learns from; 0: ten per parameter.");
  s.section("process", settings).about("Gaussian process, and the gate.");
}

SensitivityOptions::Method SensitivityOptions::kind() const {
  return Method(std::find(methods.begin(), methods.end(), method) - methods.begin());
}

void SensitivityOptions::describe(Schema& s) {
  s.alternative("method", methods, method, [&](std::size_t i, Schema& options) {
     if (Method(i) == Method::one_at_a_time) one_at_a_time.describe(options);
     if (Method(i) == Method::morris) morris.describe(options);
     if (Method(i) == Method::sobol) sobol.describe(options);
   }).about("How effects are measured.");
  s.words("metrics", metrics)
      .about(
          "What of a run counts: a stream with a metric (gpp.rmse), a metric of all streams (rmse), gpp.all, J, or "
          "all. "
          "Metrics: rmse, bias, cost, mean, annual_sum, peak, peak_day, trough, trough_day, amplitude, spring_slope, "
          "autumn_slope.");
  s.words("groups", groups)
      .one_of({"site", "pft", "all"})
      .about("Tables per site, of the mean over the sites of a dominant plant functional type, and over all sites.");
  s.text("sample", sample)
      .one_of({"uniform", "prior"})
      .about("Where parameter sets lie: evenly over the bounds of unconstrained values, or as the prior has them.");
  s.section_or_false("emulator", on_emulator, emulator)
      .about("Measure effects on an emulator of each metric in place of the model.");
  s.text("design", design)
      .about("Parameter sets to begin with, CSV or NetCDF as a run writes them; results in it are not run again.");
  s.integer("smoothing", smoothing_days)
      .in(1, 181)
      .units("days")
      .about("Running mean of the seasonal cycle, an odd number.");
  s.integer("resamples", resamples).in(0, 100000).about("Of the bootstrap for the 95 % intervals; 0: no intervals.");
  require(!s.is_reading() || smoothing_days % 2 == 1, s.where(), ".smoothing = ", smoothing_days, ", must be odd");
}

}  // namespace tilth
