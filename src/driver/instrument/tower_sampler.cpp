#include <algorithm>

#include "core/base/error.hpp"
#include "core/grid/decomposition.hpp"
#include "driver/instrument/sampler.hpp"
#include "driver/instrument/towers.hpp"
#include "driver/log.hpp"
#include "driver/observation_store.hpp"

namespace tilth {

namespace {

/// Stations, each with daily means of the cell it lies in.
class TowerSampler final : public Sampler {
 public:
  TowerSampler(const Domain& domain, int type)
      : domain_(domain),
        every_days_(domain.streams[type].options->simulate.sampling.towers.every_days),
        towers_(std::size_t(domain.columns())) {
    const ObservationOptions& o = *domain.streams[type].options;
    const TowerOptions& options = o.simulate.sampling.towers;
    const std::string where = text(domain.experiment->file, ": observations (", o.name, ").simulate.sampling.towers");
    std::vector<Tower> all;
    together(*domain.comm, [&] {
      all = named_towers(options.file.empty() ? known_towers() : read_towers(options.file), options.names, where);
    });
    place(all, stream_reach_km(domain, o), where);
  }

  void looks(Time day, int c, std::vector<Look>& out) const override {
    if (day.seconds / seconds_per_day % every_days_ != 0) return;
    for (const Tower& tower : towers_[std::size_t(c)])
      out.push_back({.begin = day,
                     .end = day + seconds_per_day,
                     .number = std::int64_t(out.size()),
                     .footprints = 1.0,
                     .lon = tower.lon,
                     .lat = tower.lat});
  }

 private:
  // Every rank looks up the same stations; each keeps those of its own columns.
  void place(const std::vector<Tower>& all, double reach_km, const std::string& where) {
    std::vector<double> lon, lat;
    for (const Tower& t : all) lon.push_back(t.lon), lat.push_back(t.lat);
    const auto points = nearest_points(*domain_.comm, domain_.grid, lon, lat, reach_km);
    const auto owners = locate(*domain_.comm, domain_.grid, points);
    std::size_t inside = 0, crowded = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (owners[i].rank >= 0) ++inside;
      if (owners[i].rank != domain_.comm->rank()) continue;
      auto& here = towers_[std::size_t(owners[i].index)];
      here.push_back(all[i]);
      crowded = std::max(crowded, here.size());
    }
    require_all(*domain_.comm, inside > 0,
                text(where, ": none of the ", all.size(), " stations is within ", reach_km,
                     " km of a land point of the grid; correct the list or the grid"));
    require_all(*domain_.comm, std::int64_t(crowded) <= most_looks,
                text(where, ": ", crowded, " stations in one cell, at most ", most_looks));
    log_info(text(where, ": ", inside, " of ", all.size(), " stations are in the domain"));
  }

  const Domain& domain_;
  int every_days_;
  std::vector<std::vector<Tower>> towers_;  // of each column
};

}  // namespace

std::unique_ptr<Sampler> tower_sampler(const Domain& domain, int type) {
  return std::make_unique<TowerSampler>(domain, type);
}

}  // namespace tilth
