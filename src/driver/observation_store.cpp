#include "driver/observation_store.hpp"

#include <glob.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "core/base/error.hpp"
#include "core/grid/decomposition.hpp"
#include "core/parallel/exchange.hpp"
#include "driver/bias_correction.hpp"
#include "driver/log.hpp"
#include "driver/observation_errors.hpp"
#include "io/observation_file.hpp"

namespace tilth {

namespace {

constexpr std::int64_t rows_per_stream = std::int64_t{1} << 40;
constexpr std::int64_t rows_per_file = std::int64_t{1} << 28;

std::vector<std::string> expand(const std::string& pattern, const std::string& where) {
  glob_t found{};
  const int status = glob(pattern.c_str(), 0, nullptr, &found);
  std::vector<std::string> files(found.gl_pathv, found.gl_pathv + (status == 0 ? found.gl_pathc : 0));
  globfree(&found);
  require(!files.empty(), where, ": no file matches '", pattern, "'; check the path and its variables");
  return files;
}

// Files of a stream; {site} is replaced by every site of the experiment.
std::vector<std::string> files_of(const Experiment& e, const ObservationOptions& o) {
  std::vector<std::string> out;
  const std::string where = text(e.file, ": observations (", o.name, ").files");
  for (const std::string& pattern : o.files) {
    const auto at = pattern.find("{site}");
    if (at == std::string::npos) {
      for (auto& f : expand(pattern, where)) out.push_back(f);
      continue;
    }
    require(!e.grid.sites.empty(), where, ": {site} needs grid.sites");
    for (const SiteOptions& site : e.grid.sites) {
      std::string path = pattern;
      path.replace(at, 6, site.name);
      glob_t found{};  // not every site has every kind of observation
      if (glob(path.c_str(), 0, nullptr, &found) == 0)
        out.insert(out.end(), found.gl_pathv, found.gl_pathv + found.gl_pathc);
      globfree(&found);
    }
  }
  require(!out.empty(), where, ": no file matches; check the patterns and their variables");
  return out;
}

double cell_size_km(const Grid& grid) {
  if (grid.raster.is_list() || grid.raster.lat.size() < 2) return 5.0;
  return (grid.raster.lat[1] - grid.raster.lat[0]) * 111.2;
}

void append(std::vector<ObsRecord>& out, const ObservationSeries& s, std::int32_t type, std::int64_t first_id,
            const Stream& stream) {
  const OperatorTraits& t = stream.op->traits();
  const ObservationOptions& o = *stream.options;
  for (std::size_t i = 0; i < s.size(); ++i) {
    const double sd = assumed_error_sd(stream, s.value[i], s.error_sd[i]);
    std::uint32_t flag = s.flag[i];
    if (!t.plausible(s.value[i], s.begin[i], s.end[i])) flag |= qc_bad_value;
    if (!o.assimilate) flag |= qc_withheld;
    out.push_back({first_id + s.row[i], -1, type, -1, s.begin[i], s.end[i], s.lon[i], s.lat[i], s.value[i], sd,
                   s.level[i], flag, s.view_zenith_deg[i]});
  }
}

// Nearest land point and owner of every record; those without one stay here, flagged.
std::vector<ObsRecord> route(const Domain& domain, std::vector<ObsRecord> records, double reach_km) {
  std::vector<double> lon, lat;
  for (const ObsRecord& r : records) {
    lon.push_back(r.lon);
    lat.push_back(r.lat);
  }
  const auto points = nearest_points(*domain.comm, domain.grid, lon, lat, reach_km);
  const auto owners = locate(*domain.comm, domain.grid, points);
  std::vector<std::vector<ObsRecord>> out(domain.comm->size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    records[i].point = points[i];
    records[i].column = owners[i].index;
    if (owners[i].rank < 0) records[i].flag |= qc_outside_domain;
    out[owners[i].rank < 0 ? domain.comm->rank() : owners[i].rank].push_back(records[i]);
  }
  std::vector<ObsRecord> mine;
  for (const auto& part : all_to_all(*domain.comm, out)) mine.insert(mine.end(), part.begin(), part.end());
  return mine;
}

// Observations of days whose weather is borrowed from another year compare with a forecast of other weather.
std::int64_t flag_borrowed_weather(const Domain& domain, std::vector<ObsRecord>& records) {
  std::int64_t flagged = 0;
  for (ObsRecord& r : records) {
    if (r.column < 0 || domain.forcing->own_weather(std::size_t(r.column), middle(r.begin, r.end))) continue;
    r.flag |= qc_outside_time;
    ++flagged;
  }
  return flagged;
}

// Withholds the end of every place's record. The streams of a place share one split, the earliest of their own, so that
// no withheld value follows the use of another stream's later one.
void withhold_last(const Domain& domain, std::vector<ObsRecord>& records) {
  std::map<std::pair<std::int64_t, std::int32_t>, std::pair<Time, Time>> spans;  // of a place's stream
  for (const ObsRecord& r : records) {
    if (r.flag & ~qc_withheld) continue;
    auto [it, fresh] = spans.try_emplace({r.point, r.type}, std::pair{r.begin, r.end});
    it->second = {std::min(it->second.first, r.begin), std::max(it->second.second, r.end)};
  }
  std::map<std::int64_t, Time> splits;
  for (const auto& [key, span] : spans) {
    const ObservationOptions& o = *domain.streams[key.second].options;
    if (o.withhold_last <= 0.0 || (!o.assimilate && !o.denied)) continue;  // the same split in all experiments of a set
    const Time split = span.second + -std::int64_t(o.withhold_last * double(span.second - span.first));
    auto [it, fresh] = splits.try_emplace(key.first, split);
    it->second = std::min(it->second, split);
  }
  for (ObsRecord& r : records) {
    const auto split = splits.find(r.point);
    const bool kept_back = domain.streams[r.type].options->withhold_last > 0.0;
    if (kept_back && split != splits.end() && middle(r.begin, r.end) >= split->second) r.flag |= qc_withheld;
  }
}

std::string named(const std::vector<std::string>& files) {
  return files.size() == 1 ? files[0] : text(files[0], " and ", files.size() - 1, " more files");
}

// A stream without a single observation in the period and the domain is a mistake, not an empty data set.
void require_some(const Domain& domain, const ObservationOptions& o, const std::vector<std::string>& files,
                  const std::vector<ObsRecord>& records, std::int64_t left_out, double reach_km) {
  const Experiment& e = *domain.experiment;
  const std::string where = text(e.file, ": observations (", o.name, "): ");
  const std::int64_t n = domain.comm->sum(std::int64_t(records.size()));
  require_all(
      *domain.comm, n > 0,
      text(where, "none of the ", left_out, " values of ", named(files), " lies between ", format_time(e.time.start),
           " and ", format_time(e.time.end), "; correct time, not_before or not_after, or leave the stream out"));
  std::int64_t inside = 0;
  for (const ObsRecord& r : records) inside += (r.flag & qc_outside_domain) ? 0 : 1;
  inside = domain.comm->sum(inside);
  require_all(*domain.comm, inside > 0,
              text(where, "no land point of the grid within ", reach_km, " km of any of the ", n, " observations of ",
                   named(files), "; correct the places, the grid or reach_km"));
  if (inside < n) log_warning(text(where, n - inside, " of ", n, " observations are outside the domain"));
}

// This rank's share of a stream's files, not yet with their owners. Collective.
std::vector<ObsRecord> read_files(const Domain& domain, std::int32_t type, const std::vector<std::string>& files,
                                  std::int64_t& left_out) {
  const Stream& stream = domain.streams[type];
  const ObservationOptions& o = *stream.options;
  const TimeOptions& time = domain.experiment->time;
  std::vector<ObsRecord> records;
  for (std::size_t f = 0; f < files.size(); ++f) {
    ObservationFileOptions options;
    options.path = files[f];
    if (!o.variable.empty()) options.variable = o.variable;
    options.error_variable = o.error_variable;
    options.qc_variable = o.quality_variable;
    options.qc_minimum = o.quality_minimum;
    options.time_shift_s = o.time_shift_s;
    if (!o.valid_range.empty()) options.valid_min = o.valid_range[0], options.valid_max = o.valid_range[1];
    options.not_before = std::max({options.not_before, o.not_before, time.start});
    options.not_after = std::min({options.not_after, o.not_after, time.end});
    const auto series = read_observations(*domain.comm, options, stream.op->traits().units);
    left_out += series.left_out;
    append(records, series, type, type * rows_per_stream + std::int64_t(f) * rows_per_file, stream);
  }
  return records;
}

}  // namespace

ObservationStore ObservationStore::read(const Domain& domain,
                                        const std::vector<std::vector<std::string>>& simulated_files) {
  const Experiment& e = *domain.experiment;
  ObservationStore store;
  for (std::int32_t type = 0; type < int(domain.streams.size()); ++type) {
    const ObservationOptions& o = *domain.streams[type].options;
    if (o.simulated && simulated_files.at(type).empty()) continue;
    std::vector<std::string> files;
    together(*domain.comm, [&] {
      files = o.simulated ? simulated_files.at(type) : files_of(e, o);
      require(std::int64_t(files.size()) <= rows_per_stream / rows_per_file, e.file, ": observations (", o.name,
              "): ", files.size(), " files, at most ", rows_per_stream / rows_per_file, "; join some");
    });
    store.files_.insert(store.files_.end(), files.begin(), files.end());
    std::int64_t left_out = 0;
    auto records = read_files(domain, type, files, left_out);
    const double reach_km = stream_reach_km(domain, o);
    records = route(domain, std::move(records), reach_km);
    require_some(domain, o, files, records, left_out, reach_km);
    const std::int64_t borrowed = domain.comm->sum(flag_borrowed_weather(domain, records));
    if (borrowed > 0)
      log_info(
          text("observations (", o.name, "): ", borrowed, " flagged, the weather of their days is of another year"));
    add_representativeness(domain, records);
    if (o.average_s > 0) records = averaged(std::move(records), e.time.start, o);
    if (o.bias_correction.on()) {
      store.bias_statistics_.emplace_back(type, bias_statistics(domain, type, store.files_));
      correct_bias(domain, type, store.bias_statistics_.back().second, records);
    }
    store.records_.insert(store.records_.end(), records.begin(), records.end());
  }
  withhold_last(domain, store.records_);
  require_sequences(domain, store.records_);
  std::sort(store.records_.begin(), store.records_.end(), [](const ObsRecord& a, const ObsRecord& b) {
    return std::pair(middle(a.begin, a.end), a.id) < std::pair(middle(b.begin, b.end), b.id);
  });
  return store;
}

void ObservationStore::write_bias_statistics(const Domain& domain, const std::string& folder) const {
  for (const auto& [type, statistics] : bias_statistics_) {
    const ObservationOptions& o = *domain.streams[type].options;
    tilth::write_bias_statistics(*domain.comm, folder + "/bias_correction_" + o.name + ".nc", statistics, o.name,
                                 o.bias_correction.method);
  }
}

double stream_reach_km(const Domain& domain, const ObservationOptions& options) {
  return options.reach_km > 0.0 ? options.reach_km : cell_size_km(domain.grid);
}

ObsTable ObservationStore::window(Time begin, Time end, int members) const {
  auto before = [](const ObsRecord& r, Time t) { return middle(r.begin, r.end) < t; };
  const auto first = std::lower_bound(records_.begin(), records_.end(), begin, before);
  const auto last = std::lower_bound(first, records_.end(), end, before);
  std::vector<ObsRecord> picked(first, last);
  std::sort(picked.begin(), picked.end(), [](const ObsRecord& a, const ObsRecord& b) { return a.id < b.id; });
  ObsTable table;
  table.members = members;
  table.resize(picked.size());
  for (std::size_t i = 0; i < picked.size(); ++i) {
    const ObsRecord& r = picked[i];
    table.id[i] = r.id, table.type[i] = r.type, table.point[i] = r.point, table.column[i] = r.column;
    table.begin[i] = r.begin, table.end[i] = r.end, table.lon[i] = r.lon, table.lat[i] = r.lat;
    table.value[i] = r.value, table.error_sd[i] = r.error_sd, table.flag[i] = r.flag;
    table.level[i] = r.level, table.view_zenith_deg[i] = r.view_zenith_deg;
  }
  return table;
}

}  // namespace tilth
