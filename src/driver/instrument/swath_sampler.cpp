#include <algorithm>
#include <cmath>

#include "driver/instrument/sampler.hpp"
#include "driver/instrument/swath.hpp"

namespace tilth {

namespace {

/// One look a day at most: the one that sees most of the cell, of equals the steepest.
class SwathSampler final : public Sampler {
 public:
  SwathSampler(const Domain& domain, int type)
      : domain_(domain),
        simulate_(domain.streams[type].options->simulate),
        orbit_(orbit_of(simulate_.sampling.swath)) {}

  void looks(Time day, int c, std::vector<Look>& out) const override {
    const SwathOptions& o = simulate_.sampling.swath;
    const GridPoint& point = domain_.grid.points[c];
    const double footprint_km = simulate_.errors.footprint_km;
    const double cell_km = std::max(1e-3 * std::sqrt(point.area_m2), footprint_km);
    thread_local std::vector<Pass> passes;
    passes.clear();
    orbit_.passes(day, point.lon, point.lat, 0.5 * (o.width_km + cell_km), passes);
    SwathView best;
    double second = 0.0;
    for (const Pass& pass : passes) {
      if (!o.both && pass.ascending != (o.node == "ascending")) continue;
      const SwathView view = swath_view(o, orbit_, pass.across_km, cell_km);
      if (view.share < best.share || (view.share == best.share && view.zenith_deg >= best.zenith_deg)) continue;
      best = view;
      second = pass.second;
    }
    if (best.share <= 0.0) return;
    // A pass at midnight is no date: a second later.
    const Time at = day + std::max<std::int64_t>(1, std::int64_t(second));
    Look look{.begin = at, .end = at, .view_zenith_deg = best.zenith_deg, .lon = point.lon, .lat = point.lat};
    look.length_km = cell_km, look.width_km = best.share * cell_km;
    if (footprint_km > 0.0)
      look.footprints = std::max(1.0, look.length_km * look.width_km / (footprint_km * footprint_km));
    out.push_back(look);
  }

 private:
  const Domain& domain_;
  const SimulateOptions& simulate_;
  Orbit orbit_;
};

}  // namespace

std::unique_ptr<Sampler> swath_sampler(const Domain& domain, int type) {
  return std::make_unique<SwathSampler>(domain, type);
}

}  // namespace tilth
