#include "core/obs/halo.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/grid/bounding_caps.hpp"
#include "core/grid/sphere_tree.hpp"
#include "core/parallel/exchange.hpp"

namespace tilth {
namespace {

constexpr std::size_t integers_per_obs = 7, reals_per_obs = 5;  // hx follows the reals

// A record of a message: 64-bit words, integers first, then reals by their bits; hx, perturbation and hx_mean follow.
using Words = std::vector<std::int64_t>;

std::size_t words_per_obs(const ObsTable& t) {
  const std::size_t lists = std::size_t(!t.hx.empty()) + std::size_t(!t.perturbation.empty());
  return integers_per_obs + reals_per_obs + lists * std::size_t(t.stride()) + (t.hx_mean.empty() ? 0 : 1);
}

void pack(const ObsTable& t, std::size_t i, Words& words) {
  const auto put = [&](double x) { words.push_back(std::bit_cast<std::int64_t>(x)); };
  words.insert(words.end(), {t.id[i], std::int64_t{t.type[i]}, t.point[i], std::int64_t{t.column[i]},
                             t.begin[i].seconds, t.end[i].seconds, std::int64_t{t.flag[i]}});
  for (const double x : {t.lon[i], t.lat[i], t.value[i], t.error_sd[i], t.level[i]}) put(x);
  for (const auto* list : {&t.hx, &t.perturbation})
    if (!list->empty())
      for (int k = 0; k < t.stride(); ++k) put((*list)[i * std::size_t(t.stride()) + std::size_t(k)]);
  if (!t.hx_mean.empty()) put(t.hx_mean[i]);
}

/// A record to place `i` of the table, whose optional lists are empty unless they travel.
void unpack(const std::int64_t* n, ObsTable& t, std::size_t i) {
  t.id[i] = n[0];
  t.type[i] = std::int32_t(n[1]);
  t.point[i] = n[2];
  t.column[i] = std::int32_t(n[3]);
  t.begin[i] = {n[4]};
  t.end[i] = {n[5]};
  t.flag[i] = std::uint32_t(n[6]);
  n += integers_per_obs;
  const auto take = [&] { return std::bit_cast<double>(*n++); };
  for (auto* list : {&t.lon, &t.lat, &t.value, &t.error_sd, &t.level}) (*list)[i] = take();
  for (auto* list : {&t.hx, &t.perturbation})
    if (!list->empty())
      for (int k = 0; k < t.stride(); ++k) (*list)[i * std::size_t(t.stride()) + std::size_t(k)] = take();
  if (!t.hx_mean.empty()) t.hx_mean[i] = take();
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

/// Own observations in the words of this rank, copies in those of the ranks whose caps they touch.
std::vector<Words> words_by_rank(const Comm& comm, const BoundingCaps& caps, const ObsTable& mine,
                                 const std::vector<double>& radius_km) {
  std::vector<Words> out(std::size_t(comm.size()));
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

/// Keeps what comes from this rank, and of the rest what is within reach of a column; `table` has room for all.
std::size_t keep_near(int rank, const std::vector<Words>& words, const Grid& grid, const std::vector<double>& radius_km,
                      ObsTable& table) {
  const SphereTree columns = tree_of(grid);
  const std::size_t width = words_per_obs(table);
  std::size_t kept = 0;
  for (std::size_t r = 0; r < words.size(); ++r) {
    const bool own = int(r) == rank;
    for (std::size_t at = 0; at < words[r].size(); at += width) {
      unpack(words[r].data() + at, table, kept);
      const double radius = radius_km[std::size_t(table.type[kept])];
      if (!own) table.column[kept] = -1;
      if (own || columns.any_within(unit_vector(table.lon[kept], table.lat[kept]), radius)) ++kept;
    }
  }
  return kept;
}

}  // namespace

ObsTable exchange_halo(const Comm& comm, const Grid& grid, const ObsTable& mine, const std::vector<double>& radius_km,
                       const BoundingCaps* caps) {
  together(comm, [&] { check(mine, radius_km); });
  const bool predicted = comm.any(!mine.hx.empty()), mean_predicted = comm.any(!mine.hx_mean.empty());
  require_all(comm, mine.size() == 0 || (mine.hx.empty() != predicted && mine.hx_mean.empty() != mean_predicted),
              text("observations of rank ", comm.rank(), " have no predictions although those of other ranks do"));
  const bool perturbed = comm.any(!mine.perturbation.empty());
  std::optional<BoundingCaps> own_caps;
  if (!caps) caps = &own_caps.emplace(comm, grid.points);
  const std::vector<Words> words = all_to_all(comm, words_by_rank(comm, *caps, mine, radius_km));

  ObsTable table;
  table.members = int(comm.max(std::int64_t{mine.members}));
  table.perturbation.assign(perturbed ? 1 : 0, 0.0);  // resized below
  table.hx_mean.assign(mean_predicted ? 1 : 0, 0.0);
  table.resize(1);
  if (!predicted) table.hx.clear();
  std::size_t most = 0;
  for (const Words& list : words) most += list.size() / words_per_obs(table);
  table.resize(most);
  if (!predicted) table.hx.clear();
  table.resize(keep_near(comm.rank(), words, grid, radius_km, table));
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
