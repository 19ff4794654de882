#include "assim/observation_error/simulated_error.hpp"

#include <cmath>

#include "core/base/time.hpp"

namespace tilth {

double simulated_ar1(const Random& random, Random::Key key, std::int64_t time_s) {
  if (time_s == 0) return random.normal(key);
  constexpr double negligible = 1e-8;  // share of the variance
  const double phi = std::exp(-double(seconds_per_day) / double(time_s));
  double sum = 0.0, variance = 0.0;
  for (double factor = 1.0; factor * factor > negligible; factor *= phi, --key.cycle) {
    sum += factor * random.normal(key);
    variance += factor * factor;
  }
  return sum / std::sqrt(variance);
}

}  // namespace tilth
