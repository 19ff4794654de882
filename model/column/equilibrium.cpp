#include <algorithm>
#include <cmath>
#include <vector>

#include "core/base/error.hpp"
#include "core/base/simd/math.hpp"
#include "model/carbon.hpp"
#include "model/column/column_model.hpp"
#include "model/column/rows.hpp"
#include "model/column/tile.hpp"
#include "model/disequilibrium.hpp"

namespace tilth {

using namespace column;

namespace {

/// Movement of the pools over a pass, per year and total carbon, below which a member has reached its cycle.
constexpr double drift_per_year = 6e-5;

/// Moves the slow pools of one member to their periodic equilibrium.
///
/// Within a cycle the pools are linear in their start, x_end = P x_start + q, so the start that returns to itself
/// solves (I - P) x = q, a triangular system down the chain (Xia et al. 2012; Luo et al. 2017). P is carried through
/// the cycle, q follows from both ends. Plants respond to their wood, so wood moves with damping and the cycle is
/// repeated.
struct Balance {
  ColumnView tile;
  int member, stride;
  const double* propagator;
  const double* start;  ///< rows at the start of the cycle

  double P(Propagator p) const { return propagator[std::size_t(p) * stride + member]; }
  double before(int r) const { return start[std::size_t(r) * stride + member]; }
  /// The pool at `equilibrium`, within a third and a hundredfold of what it was: a bad year is often a passing one.
  double move(int r, double equilibrium, double damping) {
    double& pool = tile.row(0, r)[member];
    const double now = std::max(1e-3, pool);
    const double factor = std::isfinite(equilibrium) ? std::clamp(equilibrium / now, 1.0 / 3.0, 100.0) : 1.0;
    return pool = std::max(1e-3, now * simd::exp(damping * simd::log(factor)));
  }
  /// Leaves, roots and labile carbon find their cycle by themselves in the years simulated.
  void apply() {
    constexpr double damped = 0.6;
    const double wood0 = before(row::carbon_wood), litter0 = before(row::carbon_litter), cwd0 = before(row::carbon_cwd);
    const double fast0 = before(row::carbon_soil_fast), slow0 = before(row::carbon_soil_slow);
    const auto end = [&](int r) { return tile.row(0, r)[member]; };
    const double q_wood = end(row::carbon_wood) - P(wood_wood) * wood0;
    const double q_litter = end(row::carbon_litter) - P(litter_litter) * litter0;
    const double q_cwd = end(row::carbon_cwd) - P(wood_cwd) * wood0 - P(cwd_cwd) * cwd0;
    const double q_fast = end(row::carbon_soil_fast) - P(wood_fast) * wood0 - P(litter_fast) * litter0 -
                          P(cwd_fast) * cwd0 - P(fast_fast) * fast0;
    const double q_slow = end(row::carbon_soil_slow) - P(wood_slow) * wood0 - P(litter_slow) * litter0 -
                          P(cwd_slow) * cwd0 - P(fast_slow) * fast0 - P(slow_slow) * slow0;
    const double wood = q_wood / (1.0 - P(wood_wood));  // what the pools below will see when it has got there
    move(row::carbon_wood, wood, damped);
    const double litter = move(row::carbon_litter, q_litter / (1.0 - P(litter_litter)), 1.0);
    const double cwd = move(row::carbon_cwd, (q_cwd + P(wood_cwd) * wood) / (1.0 - P(cwd_cwd)), 1.0);
    const double from_above = P(wood_fast) * wood + P(litter_fast) * litter + P(cwd_fast) * cwd;
    const double fast = move(row::carbon_soil_fast, (q_fast + from_above) / (1.0 - P(fast_fast)), 1.0);
    const double to_slow = P(wood_slow) * wood + P(litter_slow) * litter + P(cwd_slow) * cwd + P(fast_slow) * fast;
    move(row::carbon_soil_slow, (q_slow + to_slow) / (1.0 - P(slow_slow)), 1.0);
  }
};

/// Members that have reached their cycle, kept as they were then while others go on: no result depends on neighbours.
class Settled {
 public:
  explicit Settled(const ColumnView& column)
      : size_(std::size_t(column.tiles()) * column.rows() * column.stride()),
        kept_(size_),
        start_(size_),
        done_(std::size_t(column.stride())),
        skip_(std::size_t(column.stride() / member_padding)) {}

  void start_pass(const ColumnView& column) { std::copy(column.data(), column.data() + size_, start_.begin()); }
  /// Keeps the members whose pools moved by less than `tolerance` of their carbon in every tile over the pass.
  void end_pass(const ColumnView& column, double tolerance) {
    for (int m = 0; m < column.stride(); ++m) {
      if (done_[std::size_t(m)] || !unmoved(column, m, tolerance)) continue;
      done_[std::size_t(m)] = 1;
      copy(column.data(), kept_.data(), column, m);
    }
    for (std::size_t b = 0; b < skip_.size(); ++b)
      skip_[b] = std::all_of(done_.begin() + long(b) * member_padding, done_.begin() + long(b + 1) * member_padding,
                             [](char d) { return d != 0; });
  }
  /// Rows at the start of the pass.
  const double* start() const { return start_.data(); }
  /// Blocks of members that need no more years.
  const unsigned char* skip() const { return skip_.data(); }
  bool all() const {
    return std::all_of(done_.begin(), done_.end(), [](char d) { return d != 0; });
  }
  void restore(ColumnView& column) const {
    for (int m = 0; m < column.stride(); ++m)
      if (done_[std::size_t(m)]) copy(kept_.data(), column.data(), column, m);
  }

 private:
  bool unmoved(const ColumnView& c, int m, double tolerance) const {
    for (int t = 0; t < c.tiles(); ++t) {
      double moved = 0.0, total = 0.0;
      for (int r = row::carbon_labile; r <= row::carbon_soil_slow; ++r) {
        const double now = c.row(t, r)[m];
        moved += std::abs(now - start_[(std::size_t(t) * c.rows() + r) * c.stride() + m]);
        total += now;
      }
      if (!(moved <= tolerance * total + 1e-3)) return false;
    }
    return true;
  }
  static void copy(const double* from, double* to, const ColumnView& c, int m) {
    for (int r = 0; r < c.tiles() * c.rows(); ++r)
      to[std::size_t(r) * c.stride() + m] = from[std::size_t(r) * c.stride() + m];
  }
  std::size_t size_;
  AlignedVector<double> kept_, start_;
  std::vector<char> done_;
  std::vector<unsigned char> skip_;
};

/// Disequilibrium asked for by the parameters.
void apply_disequilibrium(const ModelTraits& traits, ColumnParameters tile_parameters, ColumnView tile) {
  for (const Disequilibrium& d : disequilibria(traits))
    for (int m = 0; m < tile.stride(); ++m) {
      double& pool = tile.row(0, d.row)[m];
      pool = d.pool_of(pool, tile_parameters.value[std::size_t(d.parameter)][m]);
    }
}

}  // namespace

StepReport ColumnModel::equilibrate(const GridPoint& point, ColumnParameters parameters, Time begin,
                                    std::span<const MetDay> cycle, ColumnView column) const {
  require(cycle.size() >= 365, "spin-up of grid point ", point.id, ": a weather cycle of ", cycle.size(),
          " days; give whole years");
  const Site site = site_of(point);
  StepReport report;
  for (int t = 0; t < column.tiles(); ++t) {  // tiles do not know of each other
    const ColumnView tile(column.row(t, 0), 1, column.rows(), column.members());
    report.merge(equilibrate_tile(site.only(t), of_tile(parameters, t), begin, cycle, tile));
    apply_disequilibrium(traits_, of_tile(parameters, t), tile);
  }
  return report;
}

StepReport ColumnModel::equilibrate_tile(column::Site site, ColumnParameters parameters, Time begin,
                                         std::span<const MetDay> cycle, ColumnView tile) const {
  const int years = std::max(1, int(std::lround(double(cycle.size()) / physics::days_per_year)));
  const int establishing = std::max(1, 3 / years);  // passes before pools are moved
  const int passes = std::max(establishing + 3, (options_.spinup_years + years - 1) / years);
  const int stride = tile.stride();
  MetMembers met(tile.members());
  AlignedVector<double> propagator(std::size_t(propagator_count) * stride);
  Settled settled(tile);
  StepReport report;
  for (int pass = 0; pass < passes; ++pass) {
    std::fill(propagator.begin(), propagator.end(), 0.0);
    for (const Propagator unit : {wood_wood, litter_litter, cwd_cwd, fast_fast, slow_slow})
      std::fill_n(propagator.begin() + std::ptrdiff_t(unit) * stride, stride, 1.0);
    settled.start_pass(tile);
    for (std::size_t day = 0; day < cycle.size(); ++day) {
      met.fill(cycle[day]);
      const Time at = begin + std::int64_t(day) * seconds_per_day;
      site.set_day(at);
      report.merge(
          guarded_day(site, parameters, at, {met, cycle[day], nullptr}, tile, {}, {propagator.data(), settled.skip()}));
    }
    if (pass > establishing) settled.end_pass(tile, drift_per_year * years);
    if (settled.all() || pass + 1 == passes) break;
    if (pass + 1 < establishing) continue;
    for (int m = 0; m < stride; ++m) Balance{tile, m, stride, propagator.data(), settled.start()}.apply();
  }
  settled.restore(tile);
  return report;
}

}  // namespace tilth
