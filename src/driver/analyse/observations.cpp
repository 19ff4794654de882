#include "driver/analyse/observations.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>
#include <sstream>

#include "assim/inflation.hpp"
#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/base/text.hpp"
#include "core/grid/decomposition.hpp"
#include "core/parallel/exchange.hpp"

namespace tilth {

namespace {

const std::string only_type = "all";

const std::string& type_of(const PredictedObservations& o, std::size_t i) {
  return o.type.empty() ? only_type : o.type[i];
}

/// Observations as two flat lists, for sending.
struct Parcel {
  std::vector<std::int64_t> integers;
  std::vector<double> reals;
};

/// Where every observation goes: the nearest point; without places the points in turn.
std::vector<std::int64_t> nearest(const Comm& comm, const Grid& grid, const PredictedObservations& o,
                                  const ObservedPlaces& at) {
  if (comm.any(!at.lon.empty())) return nearest_points(comm, grid, at.lon, at.lat, std::numbers::pi * earth_radius_km);
  std::vector<std::int64_t> point;
  for (std::size_t i = 0; i < o.size(); ++i) point.push_back((o.begin + std::int64_t(i)) % grid.global_count);
  return point;
}

}  // namespace

std::vector<ObsKind> observed_kinds(const Comm& comm, const AnalyseProblem& problem,
                                    const PredictedObservations& observations, const Places& places) {
  std::set<std::string> mine;
  for (std::size_t i = 0; i < observations.size(); ++i) mine.insert(type_of(observations, i));
  std::string list;
  for (const std::string& name : mine) list += name + "\n";
  std::set<std::string> all;
  for (const std::string& part : comm.all_gather(list)) {
    std::istringstream in(part);
    for (std::string name; std::getline(in, name);) all.insert(name);
  }
  const std::vector<std::string> names(all.begin(), all.end());
  std::vector<ObsKind> kinds;
  for (const std::string& name : names) {
    require(!name.empty(), problem.observations.file.path, ": variable '", problem.observations.file.type,
            "' is empty for some observation; give every observation a type");
    ObsKind kind{name, places.km(problem.observations.half_width)};
    for (const auto& [type, options] : problem.observations.types) {
      if (type != name) continue;
      if (options.half_width > 0.0) kind.half_width_km = places.km(options.half_width);
      kind.rank_histogram = options.distribution == "bnrh";
      kind.lower = options.lower;
      kind.upper = options.upper;
    }
    kinds.push_back(kind);
  }
  for (const auto& [type, unused] : problem.observations.types)
    require(all.count(type) > 0, problem.path, ": observations.types: ", problem.observations.file.path,
            " has no type '", type, "'", did_you_mean(type, names), "; it has ", joined(names));
  return kinds;
}

void check_spread(const Comm& comm, const AnalyseProblem& problem, const PredictedObservations& o, int members) {
  const std::string& path = problem.observations.file.path;
  const std::string& hx = problem.observations.file.hx;
  require(o.members == members, path, ": variable '", hx, "' has ", o.members, " members, ", problem.ensemble.file.path,
          " has ", members, "; both must come from the same ensemble");
  require(o.perturbation.empty() || o.perturbation[0].size() == o.size() * members, path, ": variable '",
          problem.observations.file.perturbation, "' does not have ", members, " members");
  std::string alike;
  for (std::size_t i = 0; i < o.size() && alike.empty(); ++i) {
    const double* row = o.hx.data() + i * members;
    if (std::all_of(row, row + members, [&](double x) { return x == row[0]; }))
      alike = text(path, ": variable '", hx, "' has no spread for observation ", o.id[i], ": all ", members,
                   " members predict ", row[0],
                   ", so it has no effect; leave it out, or set observations.zero_spread: keep");
  }
  if (problem.observations.zero_spread == "error") require_all(comm, alike.empty(), alike);
}

ObservedPlaces observed_places(const Comm& comm, const AnalyseProblem& problem, const PredictedObservations& o,
                               const Places& places, bool needed) {
  ObservedPlaces out;
  const std::string& path = problem.observations.file.path;
  const bool given = comm.any(places.line() ? !o.x.empty() : places.sphere() && !o.lon.empty() && !o.lat.empty());
  require(given || !needed, path, ": no ", places.line() ? "'x'" : "'lon' and 'lat'",
          " of the observations, which the localisation needs; add ", places.line() ? "it" : "them",
          ", or set analysis.localisation.taper: none");
  if (!given) return out;
  for (std::size_t i = 0; i < o.size(); ++i) {
    out.lon.push_back(places.line() ? places.longitude(o.x[i]) : Places::normalised(o.lon[i]));
    out.lat.push_back(places.line() ? 0.0 : o.lat[i]);
  }
  together(comm, [&] {
    for (std::size_t i = 0; i < o.size(); ++i)
      require(std::abs(out.lat[i]) <= 90.0, path, ": variable 'lat' = ", out.lat[i], " of observation ", o.id[i],
              ", must be within -90 and 90 degrees");
  });
  return out;
}

ObsTable observed_table(const Comm& comm, const Grid& grid, const PredictedObservations& o, const ObservedPlaces& at,
                        const std::vector<ObsKind>& kinds, bool centre_perturbations) {
  const std::vector<std::int64_t> points = nearest(comm, grid, o, at);
  const std::vector<Location> owners = locate(comm, grid, points);
  const bool perturbed = !o.perturbation.empty(), about_mean = comm.any(!o.hx_mean.empty());
  const std::size_t N = o.members;
  std::vector<std::vector<std::int64_t>> integers(std::size_t(comm.size()));
  std::vector<std::vector<double>> reals(std::size_t(comm.size()));
  for (std::size_t i = 0; i < o.size(); ++i) {
    const auto type = std::find_if(kinds.begin(), kinds.end(), [&](const auto& k) { return k.name == type_of(o, i); });
    auto& whole = integers[std::size_t(owners[i].rank)];
    whole.insert(whole.end(), {o.id[i], type - kinds.begin(), points[i], std::int64_t{owners[i].index}});
    auto& real = reals[std::size_t(owners[i].rank)];
    real.insert(real.end(), {at.lon.empty() ? 0.0 : at.lon[i], at.lat.empty() ? 0.0 : at.lat[i], o.value[i],
                             o.error_sd[i], o.level.empty() ? std::nan("") : o.level[i]});
    if (about_mean) real.push_back(o.hx_mean[i]);
    real.insert(real.end(), o.hx.begin() + std::ptrdiff_t(i * N), o.hx.begin() + std::ptrdiff_t((i + 1) * N));
    if (perturbed)
      real.insert(real.end(), o.perturbation[0].begin() + std::ptrdiff_t(i * N),
                  o.perturbation[0].begin() + std::ptrdiff_t((i + 1) * N));
  }
  ObsTable table;
  table.members = int(N);
  std::size_t n = 0;
  integers = all_to_all(comm, integers);
  reals = all_to_all(comm, reals);
  for (const auto& list : integers) n += list.size() / 4;
  table.perturbation.assign(perturbed ? 1 : 0, 0.0);
  table.hx_mean.assign(about_mean ? 1 : 0, 0.0);
  table.resize(n);
  std::size_t i = 0;
  for (std::size_t r = 0; r < integers.size(); ++r) {
    const double* x = reals[r].data();
    for (std::size_t k = 0; k < integers[r].size(); k += 4, ++i) {
      const std::int64_t* whole = integers[r].data() + k;
      table.id[i] = whole[0], table.type[i] = std::int32_t(whole[1]), table.point[i] = whole[2];
      table.column[i] = std::int32_t(whole[3]);
      table.lon[i] = x[0], table.lat[i] = x[1], table.value[i] = x[2], table.error_sd[i] = x[3], table.level[i] = x[4];
      x = x + 5;
      if (about_mean) table.hx_mean[i] = *x++;
      std::copy_n(x, N, table.predictions(i));
      x += N;
      if (!perturbed) continue;
      double* e = table.perturbation.data() + i * std::size_t(table.stride());
      std::copy_n(x, N, e);
      x += N;
      const double centre = centre_perturbations ? member_mean({e, N}) : 0.0;
      for (std::size_t m = 0; m < N; ++m) e[m] -= centre;
    }
  }
  table.sort_by_id();
  return table;
}

}  // namespace tilth
