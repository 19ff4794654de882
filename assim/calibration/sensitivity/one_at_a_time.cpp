#include "assim/calibration/sensitivity/one_at_a_time.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"

namespace tilth::calibration {

Matrix one_at_a_time_design(const Vector& base, int levels) {
  require(levels >= 2, "one-at-a-time design with ", levels, " levels, needs 2");
  Matrix design = base.transpose().replicate(1 + base.size() * levels, 1);
  for (Index d = 0; d < base.size(); ++d)
    for (int k = 0; k < levels; ++k) design(1 + d * levels + k, d) = double(k) / double(levels - 1);
  return design;
}

OneAtATime one_at_a_time(const Vector& values, Index parameters) {
  const Index levels = (values.size() - 1) / std::max<Index>(parameters, 1);
  require(parameters >= 1 && levels >= 2 && values.size() == 1 + parameters * levels,
          "one-at-a-time design: ", values.size(), " results for ", parameters,
          " parameters; one for the base and as many for each parameter");
  OneAtATime out{Vector(parameters), Vector(parameters), Vector(parameters), Vector(parameters), failed_rows(values)};
  for (Index d = 0; d < parameters; ++d) {
    const Vector path = values.segment(1 + d * levels, levels);
    double least = INFINITY, most = -INFINITY, bend = 0.0;
    for (Index k = 0; k < levels; ++k) {
      if (!std::isfinite(path(k))) continue;
      least = std::min(least, path(k));
      most = std::max(most, path(k));
      const double t = double(k) / double(levels - 1);
      const double away = std::abs(path(k) - ((1.0 - t) * path(0) + t * path(levels - 1)));
      if (away > bend) bend = away;
    }
    out.range(d) = most >= least ? most - least : NAN;
    out.lower(d) = path(0) - values(0);
    out.upper(d) = path(levels - 1) - values(0);
    out.curvature(d) = out.range(d) > 0.0 ? bend / out.range(d) : 0.0;
  }
  return out;
}

}  // namespace tilth::calibration
