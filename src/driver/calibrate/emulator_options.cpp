#include "driver/calibrate/emulator_options.hpp"

#include <algorithm>
#include <array>

namespace tilth {

namespace {

// In the order of the enumerations.
const std::vector<std::string> kernels{"matern32", "matern52", "rbf"};
const std::vector<std::string> trends{"none", "constant", "linear", "quadratic", "interactions"};

template <class Enumeration>
Enumeration number_of(const std::vector<std::string>& words, const std::string& word) {
  return Enumeration(std::find(words.begin(), words.end(), word) - words.begin());
}

}  // namespace

void EmulatorSettings::describe(Schema& s) {
  s.text("kernel", kernel).one_of(kernels).about("Correlation function of the Gaussian process.");
  s.text("trend", trend)
      .one_of(trends)
      .about("Mean function; richer ones need more runs, and with few make the emulator too sure.");
  s.integer("starts", starts).in(1, 100).about("Starts of the search for its length scales.");
  s.real("least_q2", least_q2)
      .in(-1e9, 1.0)
      .about("An emulator that explains less of the variance of runs left out (Q2) is not used.");
  s.real("least_coverage", least_coverage)
      .in(0.0, 1.0)
      .about("Nor is one whose 95 % intervals hold a smaller part of the runs left out.");
}

calibration::EmulatorOptions EmulatorSettings::options(std::uint64_t seed) const {
  calibration::EmulatorOptions out;
  out.kernel = number_of<calibration::Kernel>(kernels, kernel);
  out.trend = number_of<calibration::Trend>(trends, trend);
  out.starts = starts;
  out.seed = seed;
  return out;
}

}  // namespace tilth
