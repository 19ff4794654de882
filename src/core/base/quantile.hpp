#pragma once

#include <span>

namespace tilth {

/// Quantile of values in ascending order, linear between them: the least at 0, the largest at 1 (Hyndman & Fan 1996,
/// type 7). @pre not empty, 0 <= probability <= 1
double sorted_quantile(std::span<const double> ascending, double probability);

}  // namespace tilth
