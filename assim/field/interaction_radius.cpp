#include "assim/field/interaction_radius.hpp"

#include <algorithm>
#include <cmath>

#include "assim/field/localisation_rules.hpp"
#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/grid/sphere_tree.hpp"

namespace tilth {
namespace {

/// How far observations may lie from the columns of their owner. Collective.
double slack_km(const FieldProblem& p) {
  std::vector<double> lon, lat;
  for (const GridPoint& point : p.grid.points) {
    lon.push_back(point.lon);
    lat.push_back(point.lat);
  }
  const SphereTree columns(lon, lat);
  double slack = 0.0;
  for (std::size_t i = 0; i < p.obs.size(); ++i)
    if (p.obs.flag[i] == qc_used) slack = std::max(slack, columns.nearest_km(unit_vector(p.obs.lon[i], p.obs.lat[i])));
  require_all(p.comm, std::isfinite(slack), text("rank ", p.comm.rank(), " owns observations but no column"));
  constexpr double round_off_km = 1e-6;
  return p.comm.max(slack) + round_off_km;
}

}  // namespace

std::vector<double> interaction_radius(const FieldProblem& p) {
  const double slack = slack_km(p);
  std::vector<double> radius;
  for (int t = 0; t < p.localisation.types(); ++t)
    radius.push_back(std::max(p.localisation.reach_km(t), p.localisation.between_reach_km(t) + slack));
  return radius;
}

}  // namespace tilth
