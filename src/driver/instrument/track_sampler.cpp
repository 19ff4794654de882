#include <algorithm>
#include <cmath>

#include "driver/instrument/orbit.hpp"
#include "driver/instrument/sampler.hpp"

namespace tilth {

namespace {

/// A lidar: footprints along parallel tracks, one look per pass or per composite of passes. Not for two threads at
/// once.
class TrackSampler final : public Sampler {
 public:
  TrackSampler(const Domain& domain, int type)
      : domain_(domain),
        simulate_(domain.streams[type].options->simulate),
        orbit_(Orbit::inclined(options().altitude_km, options().inclination_deg, options().phase)),
        composites_(std::size_t(domain.columns())) {}

  void looks(Time day, int c, std::vector<Look>& out) const override {
    const std::int64_t days = options().composite_s / seconds_per_day;
    if (days == 0) return passes(day, c, out);
    Composite& composite = composites_[std::size_t(c)];
    const std::int64_t period = day.seconds / seconds_per_day / days;
    if (composite.period != period) composite = composite_of(period, days, c);
    if (composite.look.begin >= day && composite.look.begin < day + seconds_per_day) out.push_back(composite.look);
  }

 private:
  struct Composite {
    std::int64_t period = -1;
    Look look{.begin = {-1}, .end = {-1}};
  };

  const TrackOptions& options() const { return simulate_.sampling.tracks; }

  void passes(Time day, int c, std::vector<Look>& out) const {
    const TrackOptions& o = options();
    const GridPoint& point = domain_.grid.points[c];
    const double cell_km = 1e-3 * std::sqrt(point.area_m2);
    thread_local std::vector<Pass> found;
    found.clear();
    orbit_.passes(day, point.lon, point.lat, 0.5 * (o.width_km + cell_km), found);
    for (const Pass& pass : found) {
      const double from = std::max(pass.across_km - 0.5 * cell_km, -0.5 * o.width_km);
      const double to = std::min(pass.across_km + 0.5 * cell_km, 0.5 * o.width_km);
      const double share = (to - from) / o.width_km;
      if (share <= 0.0) continue;
      const Time at = day + std::max<std::int64_t>(1, std::int64_t(pass.second));
      Look look{.begin = at, .end = at, .number = std::int64_t(out.size()), .lon = point.lon, .lat = point.lat};
      look.length_km = cell_km, look.width_km = to - from;
      look.footprints = std::max(1.0, o.beams * share * cell_km / (1e-3 * o.spacing_m));
      out.push_back(look);
    }
  }

  // All passes of a period as one, at the last of them.
  Composite composite_of(std::int64_t period, std::int64_t days, int c) const {
    Composite out{.period = period};
    std::vector<Look> all;
    for (std::int64_t d = period * days; d < (period + 1) * days; ++d) passes({d * seconds_per_day}, c, all);
    if (all.empty()) return out;
    out.look = all.back();
    out.look.composite = true;
    out.look.number = 0;
    out.look.footprints = out.look.length_km = 0.0;
    for (const Look& look : all) out.look.footprints += look.footprints, out.look.length_km += look.length_km;
    return out;
  }

  const Domain& domain_;
  const SimulateOptions& simulate_;
  Orbit orbit_;
  mutable std::vector<Composite> composites_;  // the last one asked for, of each column
};

}  // namespace

std::unique_ptr<Sampler> track_sampler(const Domain& domain, int type) {
  return std::make_unique<TrackSampler>(domain, type);
}

}  // namespace tilth
