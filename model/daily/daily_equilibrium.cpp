#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "model/carbon.hpp"
#include "model/daily/daily_model.hpp"

namespace tilth {

using namespace daily;

namespace {

/// Moves the slow pools of one member to where the fluxes of a cycle would balance.
///
/// Every pool is linear in its donor, so input / output of the cycle is the factor that balances it; inputs are taken
/// down the chain as they will be once the donors balance. At the periodic equilibrium all factors are 1, so it is the
/// fixed point of the repeated cycle (in the spirit of Xia et al. 2012, without forming the propagator).
struct Balance {
  ColumnView column;
  int tile, member, stride;
  const double* sums;

  double sum(Sum s) const { return sums[std::size_t(s) * stride + member]; }
  void scale(int r, double input, double output, double most) {
    double& pool = column.row(tile, r)[member];
    if (!(output > 0.0) || !(input >= 0.0)) return;
    pool = std::max(1e-3, pool * std::clamp(input / output, 1.0 / most, most));
  }
  void apply() {
    constexpr double fast_change = 2.0, slow_change = 100.0;
    const double wood = sum(wood_in);
    const double litter = std::max(0.0, sum(litter_in) + (sum(root_in) - sum(root_out)));
    const double fast = (1.0 - physics::litter_respired) * litter + (1.0 - physics::cwd_respired) * wood;
    const double slow = (1.0 - physics::fast_respired) * fast;
    scale(row::carbon_wood, wood, sum(wood_out), slow_change);
    scale(row::carbon_root, sum(root_in), sum(root_out), fast_change);
    scale(row::carbon_litter, litter, sum(litter_out), slow_change);
    scale(row::carbon_cwd, wood, sum(cwd_out), slow_change);
    scale(row::carbon_soil_fast, fast, sum(fast_out), slow_change);
    scale(row::carbon_soil_slow, slow, sum(slow_out), slow_change);
  }
};

/// Disequilibrium asked for by the parameters (Carvalhais et al. 2008).
void apply_disequilibrium(ColumnParameters parameters, ColumnView column) {
  constexpr int pools[3] = {row::carbon_wood, row::carbon_soil_fast, row::carbon_soil_slow};
  constexpr int factors[3] = {par::eta_wood, par::eta_soil_fast, par::eta_soil_slow};
  for (int t = 0; t < column.tiles(); ++t)
    for (int i = 0; i < 3; ++i)
      for (int m = 0; m < column.stride(); ++m) {
        double& pool = column.row(t, pools[i])[m];
        pool = std::clamp(pool * parameters.value[std::size_t(t) * par::count + factors[i]][m], 1e-3, 1e5);
      }
}

}  // namespace

StepReport DailyModel::equilibrate(const GridPoint& point, ColumnParameters parameters, Time begin,
                                   std::span<const MetDay> cycle, ColumnView column) const {
  require(cycle.size() >= 365, "spin-up of grid point ", point.id, ": a weather cycle of ", cycle.size(),
          " days; give whole years");
  const int years = std::max(1, int(std::lround(double(cycle.size()) / physics::days_per_year)));
  const int passes = std::max(4, (options_.spinup_years + years - 1) / years);
  const int stride = column.stride();
  Site site = site_of(point);
  MetMembers met(column.members());
  AlignedVector<double> sums(std::size_t(column.tiles()) * sum_count * stride);
  StepReport report;
  for (int pass = 0; pass < passes; ++pass) {
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t day = 0; day < cycle.size(); ++day) {
      met.fill(cycle[day]);
      site.set_day(begin + std::int64_t(day) * seconds_per_day);
      report.merge(step_column(site, parameters, met, column, sums.data()));
    }
    if (pass + 1 == passes) break;
    for (int t = 0; t < column.tiles(); ++t)
      for (int m = 0; m < stride; ++m)
        Balance{column, t, m, stride, sums.data() + std::size_t(t) * sum_count * stride}.apply();
  }
  apply_disequilibrium(parameters, column);
  return report;
}

}  // namespace tilth
