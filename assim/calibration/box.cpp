#include "assim/calibration/box.hpp"

#include <cmath>

#include "core/base/error.hpp"

namespace tilth::calibration {

bool Box::contains(const Vector& x) const { return (x.array() >= lower.array() && x.array() <= upper.array()).all(); }

Matrix Box::from_unit(const Matrix& u) const {
  Matrix x = u;
  for (Index i = 0; i < x.rows(); ++i)
    x.row(i) = (lower + width().cwiseProduct(u.row(i).transpose())).cwiseMin(upper).transpose();
  return x;
}

Matrix Box::to_unit(const Matrix& x) const {
  Matrix u = x;
  for (Index i = 0; i < u.rows(); ++i) u.row(i) = (x.row(i).transpose() - lower).cwiseQuotient(width()).transpose();
  return u;
}

void check(const Box& box) {
  require(box.size() > 0 && box.size() == box.upper.size(), "bounds of parameters: ", box.size(), " lower and ",
          box.upper.size(), " upper; give one of each per parameter");
  for (Index d = 0; d < box.size(); ++d)
    require(std::isfinite(box.lower(d)) && std::isfinite(box.upper(d)) && box.lower(d) < box.upper(d),
            "bounds of parameter ", d, ": ", box.lower(d), " to ", box.upper(d),
            ", must be finite and the lower one smaller");
}

Vector unit_start(const Box& box, const Vector& start) {
  check(box);
  require(start.size() == box.size() && start.allFinite(), "start of a search: ", start.size(), " values for ",
          box.size(), " parameters, all must be finite");
  return box.to_unit(start.transpose()).row(0).transpose().cwiseMax(0.0).cwiseMin(1.0);
}

}  // namespace tilth::calibration
