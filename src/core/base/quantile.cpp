#include "core/base/quantile.hpp"

#include <algorithm>
#include <cassert>

namespace tilth {

double sorted_quantile(std::span<const double> x, double probability) {
  assert(!x.empty() && probability >= 0.0 && probability <= 1.0);
  const double at = probability * double(x.size() - 1);
  const std::size_t i = std::min(std::size_t(at), x.size() - 1), j = std::min(i + 1, x.size() - 1);
  return x[i] + (at - double(i)) * (x[j] - x[i]);
}

}  // namespace tilth
