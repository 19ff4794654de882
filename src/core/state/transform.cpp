#include "core/state/transform.hpp"

#include <cassert>
#include <cmath>

#include "core/base/normal.hpp"
#include "core/base/scalar_log.hpp"

namespace tilth {

double Transform::to_unconstrained(double x) const {
  switch (kind) {
    case Kind::log:
      return std::log(x - lower);
    case Kind::logit:
      return std::log((x - lower) / (upper - x));
    case Kind::probit:  // from the nearer bound: both tails are exact
      return x - lower < upper - x ? normal_quantile((x - lower) / (upper - lower))
                                   : -normal_quantile((upper - x) / (upper - lower));
    case Kind::identity:
      break;
  }
  return x;
}

double Transform::to_physical(double z) const {
  switch (kind) {
    case Kind::log:
      return lower + std::exp(z);
    case Kind::logit:
      return lower + (upper - lower) / (1.0 + std::exp(-z));
    case Kind::probit:
      return z < 0.0 ? lower + (upper - lower) * normal_cdf(z) : upper - (upper - lower) * normal_cdf(-z);
    case Kind::identity:
      break;
  }
  return z;
}

double Transform::derivative(double x) const {
  switch (kind) {
    case Kind::log:
      return x - lower;
    case Kind::logit:
      return (x - lower) * (upper - x) / (upper - lower);
    case Kind::probit:
      return (upper - lower) * normal_density(to_unconstrained(x));
    case Kind::identity:
      break;
  }
  return 1.0;
}

std::string to_string(Transform::Kind kind) {
  switch (kind) {
    case Transform::Kind::log:
      return "log";
    case Transform::Kind::logit:
      return "logit";
    case Transform::Kind::probit:
      return "probit";
    case Transform::Kind::identity:
      break;
  }
  return "identity";
}

Lognormal lognormal_of(double mean, double variance) {
  assert(mean > 0.0 && variance >= 0.0);
  const double ratio = variance / (mean * mean), one_plus = 1.0 + ratio;
  // log(1 + ratio) without the rounding of the sum (Higham 2002, section 1.14.1)
  const double sigma2 = one_plus == 1.0 ? ratio : scalar_log(one_plus) * ratio / (one_plus - 1.0);
  return {scalar_log(mean) - 0.5 * sigma2, std::sqrt(sigma2)};
}

}  // namespace tilth
