#include <cmath>

#include "driver/instrument/sampler.hpp"
#include "driver/observation_time.hpp"

namespace tilth {

namespace {

/// Every cell at fixed intervals; at the overpass time of the operator, else over the whole day.
class RegularSampler final : public Sampler {
 public:
  RegularSampler(const Domain& domain, int type)
      : domain_(domain), type_(type), random_(domain.experiment->run.seed, Purpose::observation_sampling) {}

  void looks(Time day, int c, std::vector<Look>& out) const override {
    const SimulateOptions& o = domain_.streams[type_].options->simulate;
    const GridPoint& point = domain_.grid.points[c];
    const std::int64_t number = day.seconds / seconds_per_day;
    // Neighbours are visited on different days, as by a swath.
    if ((number + point.id) % (o.every_s / seconds_per_day) != 0) return;
    const double overpass_h = domain_.streams[type_].op->traits().overpass_h;
    const bool overpass = !std::isnan(overpass_h);
    Look look{.begin = day, .end = day + seconds_per_day, .lon = point.lon, .lat = point.lat};
    if (overpass) look.begin = look.end = overpass_time(day, overpass_h, point.lon);
    look.view_zenith_deg = o.view_zenith_deg * random_.uniform({number, type_, point.id, 1});
    out.push_back(look);
  }

 private:
  const Domain& domain_;
  int type_;
  Random random_;
};

}  // namespace

std::unique_ptr<Sampler> regular_sampler(const Domain& domain, int type) {
  return std::make_unique<RegularSampler>(domain, type);
}

std::unique_ptr<Sampler> make_sampler(const Domain& domain, int type) {
  switch (domain.streams[type].options->simulate.sampling.kind()) {
    case SamplingOptions::Kind::swath:
      return swath_sampler(domain, type);
    case SamplingOptions::Kind::geostationary:
      return geostationary_sampler(domain, type);
    case SamplingOptions::Kind::tracks:
      return track_sampler(domain, type);
    case SamplingOptions::Kind::towers:
      return tower_sampler(domain, type);
    default:
      return regular_sampler(domain, type);
  }
}

}  // namespace tilth
