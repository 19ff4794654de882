#pragma once

#include <cstdint>

#include "core/random/random.hpp"

namespace tilth {

/// Standard normal error of the day `key.cycle` in an AR(1) sequence of daily errors with e-folding time `time_s`: the
/// weighted sum of the independent draws of that day and of the days before it, as far as they count (a share of 1e-8
/// of the variance is left out). A pure function of the key, so no state is kept between windows. 0: the day's draw.
double simulated_ar1(const Random& random, Random::Key key, std::int64_t time_s);

}  // namespace tilth
