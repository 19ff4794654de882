#include "driver/bias_correction.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>

#include "assim/observation_error/bias_correction.hpp"
#include "core/base/error.hpp"
#include "core/grid/decomposition.hpp"
#include "core/parallel/exchange.hpp"
#include "driver/climatology.hpp"

namespace tilth {

namespace {

std::string place_of(const Domain& domain, int type) {
  return text(domain.experiment->file, ": observations (", domain.streams[type].options->name, ").bias_correction");
}

/// A reference inside the run's own output would be overwritten by the run, and read differently on resuming.
void require_other_run(const Domain& domain, int type, const std::string& reference) {
  const auto own = std::filesystem::weakly_canonical(domain.experiment->run.output);
  const auto given = std::filesystem::weakly_canonical(reference);
  const bool inside = std::mismatch(own.begin(), own.end(), given.begin(), given.end()).first == own.end();
  require(!inside, place_of(domain, type), ".reference: ", reference, " belongs to the output of this run, ",
          domain.experiment->run.output, ", which will be written anew; give another output folder");
}

void append(ClimatologyPairs& to, const ClimatologyPairs& from) {
  to.observed.insert(to.observed.end(), from.observed.begin(), from.observed.end());
  to.modelled.insert(to.modelled.end(), from.modelled.begin(), from.modelled.end());
}

/// Maps of the whole stream, one per season and, last, of the year; empty where even the stream has too few pairs.
struct StreamMaps {
  std::vector<BiasMap> map;
  std::vector<std::int64_t> samples;
};

StreamMaps stream_maps(const Domain& domain, int type, const std::vector<ClimatologyPairs>& pairs) {
  const BiasCorrectionOptions& o = domain.streams[type].options->bias_correction;
  const int seasons = o.seasons();
  constexpr int sample = 2000;  // quantiles that stand for the pairs of all places
  StreamMaps out;
  for (int season = 0; season <= seasons; ++season) {
    ClimatologyPairs mine;
    for (std::size_t i = 0; i < pairs.size(); ++i)
      if (season == seasons || int(i) % seasons == season) append(mine, pairs[i]);
    out.samples.push_back(domain.comm->sum(std::int64_t(mine.observed.size())));
    const ClimatologyPairs all = pooled(*domain.comm, mine, sample);
    out.map.push_back(out.samples.back() >= o.minimum_samples ? bias_map(o, all.observed, all.modelled) : BiasMap{});
  }
  const std::int64_t total = out.samples.back();
  require_all(
      *domain.comm, total >= o.minimum_samples,
      text(place_of(domain, type), ": ", total, " usable pairs in all of ", o.reference, ", minimum_samples is ",
           o.minimum_samples, "; give a longer run (withheld observations are not used), or lower it"));
  return out;
}

void add_row(BiasStatistics& s, std::int64_t point, int season, std::int64_t samples, int pooling, const BiasMap& map) {
  s.point.push_back(point);
  s.season.push_back(season);
  s.samples.push_back(samples);
  s.pooling.push_back(pooling);
  s.error_scale.push_back(map.error_scale);
  for (const auto& [to, from] : {std::pair{&s.observed, &map.observed}, std::pair{&s.modelled, &map.modelled}}) {
    to->insert(to->end(), from->begin(), from->end());
    to->resize(s.size() * std::size_t(s.nodes), std::numeric_limits<double>::quiet_NaN());
  }
}

BiasStatistics computed(const Domain& domain, int type, std::vector<std::string>& files) {
  const BiasCorrectionOptions& o = domain.streams[type].options->bias_correction;
  together(*domain.comm, [&] { require_other_run(domain, type, o.reference); });
  const int seasons = o.seasons();
  const auto pairs = read_pairs(domain, type, o.reference, seasons, files);
  const StreamMaps stream = stream_maps(domain, type, pairs);
  const auto enough = [&](std::int64_t n) { return n >= o.minimum_samples; };
  BiasStatistics s;
  s.nodes = o.method == "linear" ? 2 : o.quantiles;
  s.seasons = seasons;
  for (int c = 0; c < domain.columns(); ++c) {
    ClimatologyPairs year;
    for (int season = 0; season < seasons; ++season) append(year, pairs[std::size_t(c * seasons + season)]);
    for (int season = 0; season < seasons; ++season) {
      const ClimatologyPairs& own = pairs[std::size_t(c * seasons + season)];
      const std::int64_t point = domain.grid.points[c].id, n = std::int64_t(own.observed.size()),
                         n_year = std::int64_t(year.observed.size());
      if (enough(n))
        add_row(s, point, season, n, 0, bias_map(o, own.observed, own.modelled));
      else if (enough(n_year))
        add_row(s, point, season, n_year, 1, bias_map(o, year.observed, year.modelled));
      else if (enough(stream.samples[season]))
        add_row(s, point, season, stream.samples[season], 2, stream.map[season]);
      else
        add_row(s, point, season, stream.samples.back(), 3, stream.map.back());
    }
  }
  return s;
}

/// Rows of a file to the owners of their points.
BiasStatistics routed(const Domain& domain, const BiasStatistics& slab) {
  const auto owners = locate(*domain.comm, domain.grid, slab.point);
  const std::size_t ranks = std::size_t(domain.comm->size()), nodes = std::size_t(slab.nodes);
  std::vector<std::vector<std::int64_t>> whole(ranks);
  std::vector<std::vector<double>> real(ranks);
  for (std::size_t i = 0; i < slab.size(); ++i) {
    if (owners[i].rank < 0) continue;
    const auto r = std::size_t(owners[i].rank);
    whole[r].insert(whole[r].end(), {slab.point[i], slab.season[i], slab.samples[i], slab.pooling[i]});
    real[r].push_back(slab.error_scale[i]);
    for (const auto* values : {&slab.observed, &slab.modelled})
      real[r].insert(real[r].end(), values->begin() + std::ptrdiff_t(i * nodes),
                     values->begin() + std::ptrdiff_t((i + 1) * nodes));
  }
  BiasStatistics s;
  s.nodes = slab.nodes, s.seasons = slab.seasons;
  whole = all_to_all(*domain.comm, whole), real = all_to_all(*domain.comm, real);
  for (std::size_t r = 0; r < ranks; ++r)
    for (std::size_t i = 0; i < whole[r].size() / 4; ++i) {
      const std::int64_t* n = whole[r].data() + 4 * i;
      const double* x = real[r].data() + i * (1 + 2 * nodes);
      s.point.push_back(n[0]), s.season.push_back(n[1]), s.samples.push_back(n[2]), s.pooling.push_back(n[3]);
      s.error_scale.push_back(x[0]);
      s.observed.insert(s.observed.end(), x + 1, x + 1 + nodes);
      s.modelled.insert(s.modelled.end(), x + 1 + nodes, x + 1 + 2 * nodes);
    }
  return s;
}

BiasMap map_of(const BiasStatistics& s, std::size_t row) {
  BiasMap map;
  map.error_scale = s.error_scale[row];
  for (std::size_t j = row * std::size_t(s.nodes); j < (row + 1) * std::size_t(s.nodes); ++j) {
    if (std::isnan(s.observed[j])) break;
    map.observed.push_back(s.observed[j]);
    map.modelled.push_back(s.modelled[j]);
  }
  return map;
}

}  // namespace

BiasStatistics bias_statistics(const Domain& domain, int type, std::vector<std::string>& files) {
  const BiasCorrectionOptions& o = domain.streams[type].options->bias_correction;
  if (o.statistics.empty()) return computed(domain, type, files);
  std::string method;
  const BiasStatistics slab = read_bias_statistics(*domain.comm, o.statistics, method);
  require_all(*domain.comm, method == o.method && slab.seasons == o.seasons(),
              text(place_of(domain, type), ".statistics: ", o.statistics, " is of method '", method, "' with ",
                   slab.seasons, " seasons, expected ", o.method, " with ", o.seasons(),
                   "; change the options, or compute it anew from a reference"));
  files.push_back(o.statistics);
  return routed(domain, slab);
}

void correct_bias(const Domain& domain, int type, const BiasStatistics& s, std::vector<ObsRecord>& records) {
  std::vector<BiasMap> maps(std::size_t(domain.columns() * s.seasons));
  std::map<std::int64_t, int> column_of;
  for (int c = 0; c < domain.columns(); ++c) column_of[domain.grid.points[c].id] = c;
  for (std::size_t i = 0; i < s.size(); ++i)
    maps[std::size_t(column_of.at(s.point[i]) * s.seasons + s.season[i])] = map_of(s, i);
  std::string problem;
  for (ObsRecord& r : records) {
    if (r.column < 0) continue;
    const BiasMap& map = maps[std::size_t(r.column * s.seasons + season_of(middle(r.begin, r.end), s.seasons))];
    if (map.observed.empty()) {
      problem = text(place_of(domain, type), ": no statistics for grid point ", r.point, " (", r.lat, " N, ", r.lon,
                     " E); compute them anew from a reference on this grid");
      break;
    }
    r.value = map(r.value);
    r.error_sd *= map.error_scale;
  }
  require_all(*domain.comm, problem.empty(), problem);
}

Attributes corrected_streams(const Domain& domain) {
  std::string out;
  for (const Stream& stream : domain.streams)
    if (stream.options->bias_correction.on()) out += (out.empty() ? "" : " ") + stream.options->name;
  if (out.empty()) return {};
  return {{"bias_corrected", out}};
}

}  // namespace tilth
