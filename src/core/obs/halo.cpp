#include "core/obs/halo.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/grid/bounding_caps.hpp"
#include "core/grid/sphere_tree.hpp"

namespace tilth {
namespace {

constexpr std::size_t integers_per_obs = 7, reals_per_obs = 5;  // hx follows the reals

/// Observations as two flat lists, for sending.
struct Parcel {
  std::vector<std::int64_t> integers;
  std::vector<double> reals;
};

void pack(const ObsTable& t, std::size_t i, Parcel& p) {
  p.integers.insert(p.integers.end(), {t.id[i], std::int64_t{t.type[i]}, t.point[i], std::int64_t{t.column[i]},
                                       t.begin[i].seconds, t.end[i].seconds, std::int64_t{t.flag[i]}});
  p.reals.insert(p.reals.end(), {t.lon[i], t.lat[i], t.value[i], t.error_sd[i], t.level[i]});
  for (const auto* list : {&t.hx, &t.perturbation})
    if (!list->empty()) {
      const double* x = list->data() + i * std::size_t(t.stride());
      p.reals.insert(p.reals.end(), x, x + t.stride());
    }
  if (!t.hx_mean.empty()) p.reals.push_back(t.hx_mean[i]);
}

/// Observation `k` of a parcel to place `i` of the table, whose optional lists are empty unless they travel.
void unpack(const std::vector<std::int64_t>& integers, const std::vector<double>& reals, std::size_t k, ObsTable& t,
            std::size_t i) {
  const std::int64_t* n = integers.data() + k * integers_per_obs;
  const std::size_t lists = std::size_t(!t.hx.empty()) + std::size_t(!t.perturbation.empty());
  const double* x = reals.data() + k * (reals_per_obs + lists * std::size_t(t.stride()) + (t.hx_mean.empty() ? 0 : 1));
  t.id[i] = n[0];
  t.type[i] = std::int32_t(n[1]);
  t.point[i] = n[2];
  t.column[i] = std::int32_t(n[3]);
  t.begin[i] = {n[4]};
  t.end[i] = {n[5]};
  t.flag[i] = std::uint32_t(n[6]);
  t.lon[i] = x[0];
  t.lat[i] = x[1];
  t.value[i] = x[2];
  t.error_sd[i] = x[3];
  t.level[i] = x[4];
  x += reals_per_obs;
  for (auto* list : {&t.hx, &t.perturbation})
    if (!list->empty()) {
      std::copy_n(x, t.stride(), list->data() + i * std::size_t(t.stride()));
      x += t.stride();
    }
  if (!t.hx_mean.empty()) t.hx_mean[i] = *x;
}

SphereTree tree_of(const Grid& grid) {
  std::vector<double> lon, lat;
  for (const GridPoint& p : grid.points) {
    lon.push_back(p.lon);
    lat.push_back(p.lat);
  }
  return SphereTree(lon, lat);
}

void check(const ObsTable& mine, const std::vector<double>& radius_km) {
  for (std::size_t k = 0; k < radius_km.size(); ++k)
    require(radius_km[k] >= 0.0, "observation stream ", k, ": localisation radius ", radius_km[k],
            " km, must not be negative");
  for (std::size_t i = 0; i < mine.size(); ++i)
    require(mine.type[i] >= 0 && std::size_t(mine.type[i]) < radius_km.size(), "observation ", mine.id[i], ": stream ",
            mine.type[i], " has no localisation radius; ", radius_km.size(), " were given");
}

/// Own observations in the parcel of this rank, copies in those of the ranks whose caps they touch.
std::vector<Parcel> parcels(const Comm& comm, const Grid& grid, const ObsTable& mine,
                            const std::vector<double>& radius_km) {
  const BoundingCaps caps(comm, grid.points);
  std::vector<Parcel> out(std::size_t(comm.size()));
  std::vector<int> ranks;
  for (std::size_t i = 0; i < mine.size(); ++i) {
    if (mine.flag[i] != qc_used) continue;
    pack(mine, i, out[std::size_t(comm.rank())]);
    caps.ranks_within(unit_vector(mine.lon[i], mine.lat[i]), radius_km[std::size_t(mine.type[i])], ranks);
    for (const int r : ranks)
      if (r != comm.rank()) pack(mine, i, out[std::size_t(r)]);
  }
  return out;
}

}  // namespace

ObsTable exchange_halo(const Comm& comm, const Grid& grid, const ObsTable& mine, const std::vector<double>& radius_km) {
  together(comm, [&] { check(mine, radius_km); });
  const bool predicted = comm.any(!mine.hx.empty()), mean_predicted = comm.any(!mine.hx_mean.empty());
  require_all(comm, mine.size() == 0 || (mine.hx.empty() != predicted && mine.hx_mean.empty() != mean_predicted),
              text("observations of rank ", comm.rank(), " have no predictions although those of other ranks do"));
  const bool perturbed = comm.any(!mine.perturbation.empty());
  std::vector<std::vector<std::int64_t>> integers;
  std::vector<std::vector<double>> reals;
  for (Parcel& p : parcels(comm, grid, mine, radius_km)) {
    integers.push_back(std::move(p.integers));
    reals.push_back(std::move(p.reals));
  }
  integers = all_to_all(comm, integers);
  reals = all_to_all(comm, reals);

  ObsTable table;
  table.members = int(comm.max(std::int64_t{mine.members}));
  std::size_t most = 0;
  for (const auto& list : integers) most += list.size() / integers_per_obs;
  table.perturbation.assign(perturbed ? 1 : 0, 0.0);  // resized below
  table.hx_mean.assign(mean_predicted ? 1 : 0, 0.0);
  table.resize(most);
  if (!predicted) table.hx.clear();
  const SphereTree columns = tree_of(grid);
  std::size_t kept = 0;
  for (std::size_t r = 0; r < integers.size(); ++r) {
    for (std::size_t k = 0; k < integers[r].size() / integers_per_obs; ++k) {
      unpack(integers[r], reals[r], k, table, kept);
      const double radius = radius_km[std::size_t(table.type[kept])];
      const bool own = int(r) == comm.rank();
      if (!own) table.column[kept] = -1;
      if (own || columns.any_within(unit_vector(table.lon[kept], table.lat[kept]), radius)) ++kept;
    }
  }
  table.resize(kept);
  if (!predicted) table.hx.clear();
  table.sort_by_id();
  return table;
}

struct ObsSearch::Tree {
  SphereTree places;
};

ObsSearch::ObsSearch(const ObsTable& table) : tree_(new Tree{SphereTree(table.lon, table.lat)}) {}

ObsSearch::~ObsSearch() = default;

void ObsSearch::within(double lon, double lat, double radius_km, std::vector<std::int32_t>& out) const {
  tree_->places.within(unit_vector(lon, lat), radius_km, out);
}

}  // namespace tilth
