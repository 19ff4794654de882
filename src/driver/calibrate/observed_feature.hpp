#pragma once

#include <string>

namespace tilth {

/// A feature of the observations that runs are compared with.
struct ObservedFeature {
  std::string name;       ///< such as gpp.amplitude
  std::string word;       ///< such as amplitude
  double value = 0.0;     ///< of the observations, less what their errors add to it on average
  double variance = 0.0;  ///< that their errors give it
  double scale = 1.0;     ///< size of a difference that matters: sd of the observations, per quarter of a year, ...
};

}  // namespace tilth
