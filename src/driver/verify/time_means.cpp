#include "driver/verify/time_means.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/quantile.hpp"

namespace tilth {

namespace {

double percentile(std::vector<double>& values, double percent) {
  if (values.empty()) return std::nan("");
  std::sort(values.begin(), values.end());
  return sorted_quantile(values, percent / 100.0);
}

void read_truth(CaseReader& reader, const std::vector<EventRule>& events, int columns, CellMeans& means) {
  const bool percentiles =
      std::any_of(events.begin(), events.end(), [](const EventRule& e) { return e.is_percentile; });
  std::vector<std::vector<double>> series(percentiles ? std::size_t(columns) : 0);
  Cases cases;
  for (int r = 0; r < int(reader.times().size()); ++r) {
    reader.read(r, Detail::truth, cases);
    for (std::size_t i = 0; i < cases.cell.size(); ++i) {
      if (!std::isfinite(cases.truth[i])) continue;
      means.cycle.add(cases.cell[i], reader.times()[std::size_t(r)], cases.truth[i]);
      if (percentiles) series[std::size_t(cases.cell[i])].push_back(cases.truth[i]);
    }
  }
  means.cycle.fit();
  for (std::size_t e = 0; e < events.size(); ++e)
    for (int c = 0; c < columns; ++c)
      means.limits[e][std::size_t(c)] =
          events[e].is_percentile ? percentile(series[std::size_t(c)], events[e].limit) : events[e].limit;
}

}  // namespace

bool is_complete(const Cases& cases, std::size_t i) {
  return std::isfinite(cases.truth[i]) &&
         std::all_of(cases.forecasts.begin(), cases.forecasts.end(), [i](const ForecastCases& f) {
           return !f.present || (std::isfinite(f.mean[i]) && (f.sd.empty() || std::isfinite(f.sd[i])));
         });
}

CellMeans cell_means(CaseReader& reader, int columns, int harmonics, const std::vector<EventRule>& events) {
  const int sources = int(reader.sources().size());
  CellMeans means(columns, sources + 1, harmonics, int(events.size()));
  read_truth(reader, events, columns, means);
  Cases cases;
  for (int r = 0; r < int(reader.times().size()); ++r) {
    reader.read(r, Detail::means, cases);
    const Time time = reader.times()[std::size_t(r)];
    for (std::size_t i = 0; i < cases.cell.size(); ++i) {
      if (!is_complete(cases, i)) continue;
      const int cell = cases.cell[i];
      const double climatology = means.cycle.at(cell, time);
      for (int s = 0; s <= sources; ++s) {
        if (s < sources && !cases.forecasts[std::size_t(s)].present) continue;
        for (const int season : {0, season_of(time)}) {
          CellMeans::Centre& centre = means.centre(cell, s, season);
          centre.count += 1.0;
          // Running means: exact where the values do not differ, so that these have no variance at all.
          const auto add = [&centre](double& mean, double x) { mean += (x - mean) / centre.count; };
          add(centre.forecast, s < sources ? cases.forecasts[std::size_t(s)].mean[i] : climatology);
          add(centre.truth, cases.truth[i]);
          add(centre.climatology, climatology);
        }
      }
    }
  }
  return means;
}

}  // namespace tilth
