#include <array>
#include <cmath>

#include "driver/calibrate/sensitivity_files.hpp"

namespace tilth {

using calibration::Index;

namespace {

using Numbers = std::vector<double>;
using Words = std::vector<std::string>;

// Calls `visit(group, metric, indices)` for all, in order.
template <class Visit>
void for_each(const SensitivityResult& result, Visit visit) {
  for (std::size_t g = 0; g < result.groups.size(); ++g)
    for (std::size_t m = 0; m < result.runs.metrics.size(); ++m)
      visit(result.groups[g], result.runs.metrics[m], result.indices[g][m]);
}

Table index_table(const SensitivityResult& result, const SiteRuns& runs, const SensitivityOptions& options) {
  Words groups, metrics, parameters;
  const auto& measures = measures_of(options.kind());
  std::vector<Numbers> numbers(measures.size());
  for_each(result, [&](const MetricGroup& group, const SiteMetric& metric, const MetricIndices& one) {
    for (Index p = 0; p < one.measures.rows(); ++p) {
      groups.push_back(group.name);
      metrics.push_back(metric.name);
      parameters.push_back(runs.parameters()[std::size_t(p)].name);
      for (std::size_t i = 0; i < measures.size(); ++i) numbers[i].push_back(one.measures(p, Index(i)));
    }
  });
  Table out{"index",
            {{"group", "", "site, plant functional type or all", groups},
             {"metric", "", "what of a run is looked at; units in the table metric", metrics},
             {"parameter", "", "parameter", parameters}}};
  for (std::size_t i = 0; i < measures.size(); ++i)
    out.columns.push_back({measures[i].name, measures[i].of_metric ? "" : "1",
                           measures[i].about + (measures[i].of_metric ? ", in the units of the metric" : ""),
                           numbers[i]});
  return out;
}

Table pair_table(const SensitivityResult& result, const SiteRuns& runs) {
  Words groups, metrics, first, second;
  std::array<Numbers, 3> numbers;
  for_each(result, [&](const MetricGroup& group, const SiteMetric& metric, const MetricIndices& one) {
    const auto k = one.pairs.rows() > 0 ? runs.parameters().size() : 0;
    Index pair = 0;
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t j = i + 1; j < k; ++j, ++pair) {
        groups.push_back(group.name);
        metrics.push_back(metric.name);
        first.push_back(runs.parameters()[i].name);
        second.push_back(runs.parameters()[j].name);
        for (std::size_t n = 0; n < numbers.size(); ++n) numbers[n].push_back(one.pairs(pair, Index(n)));
      }
  });
  return {"pair",
          {{"group", "", "site, plant functional type or all", groups},
           {"metric", "", "what of a run is looked at", metrics},
           {"parameter", "", "first parameter", first},
           {"other", "", "second parameter", second},
           {"second", "1", "second-order index", numbers[0]},
           {"second_low", "1", "lower end of its 95 % interval", numbers[1]},
           {"second_high", "1", "upper end of its 95 % interval", numbers[2]}}};
}

Table curve_table(const SensitivityResult& result, const SiteRuns& runs, const SensitivityOptions& options) {
  Words groups, metrics, parameters;
  Numbers unit, value, physical;
  for_each(result, [&](const MetricGroup& group, const SiteMetric& metric, const MetricIndices& one) {
    const int site = group.sites.front();
    const UnitScale scale(runs.box(site), options.sample == "prior");
    for (Index p = 0; p < one.curves.rows(); ++p)
      for (Index l = 0; l < one.curves.cols(); ++l) {
        groups.push_back(group.name);
        metrics.push_back(metric.name);
        parameters.push_back(runs.parameters()[std::size_t(p)].name);
        unit.push_back(double(l) / double(one.curves.cols() - 1));
        const double z = scale.z(calibration::Vector::Constant(one.curves.rows(), unit.back()))(p);
        physical.push_back(group.sites.size() == 1 ? runs.physical(site, int(p), z) : double(NAN));
        value.push_back(one.curves(p, l));
      }
  });
  return {"curve",
          {{"group", "", "site, plant functional type or all", groups},
           {"metric", "", "what of a run is looked at", metrics},
           {"parameter", "", "the parameter that moves", parameters},
           {"unit", "1", "place between its bounds, 0 to 1", unit},
           {"value", "", "of the parameter; missing for several sites", physical},
           {"result", "", "in the units of the metric", value}}};
}

Table metric_table(const SensitivityResult& result) {
  Words groups, metrics, units, status;
  std::array<Numbers, 6> n;
  for_each(result, [&](const MetricGroup& group, const SiteMetric& metric, const MetricIndices& one) {
    groups.push_back(group.name);
    metrics.push_back(metric.name);
    units.push_back(metric.units);
    status.push_back(words_of(one.status));
    const std::array<double, 6> row{one.mean, one.sd, one.runs, one.failed, one.q2, one.coverage};
    for (std::size_t i = 0; i < row.size(); ++i) n[i].push_back(row[i]);
  });
  return {"metric",
          {{"group", "", "site, plant functional type or all", groups},
           {"name", "", "what of a run is looked at", metrics},
           {"units", "", "of the metric", units},
           {"mean", "", "over the runs", n[0]},
           {"sd", "", "over the runs", n[1]},
           {"runs", "1", "good runs", n[2]},
           {"failed", "1", "runs without a result", n[3]},
           {"q2", "1", "of the emulator, runs left out one at a time", n[4]},
           {"coverage", "1", "part of them within its 95 % interval", n[5]},
           {"status", "", "good, or why there are no indices", status}}};
}

Table failed_table(const SensitivityResult& result, const SiteRuns& runs) {
  Words sites;
  Numbers number;
  std::vector<Numbers> values(runs.parameters().size());
  for (int site = 0; site < runs.sites(); ++site) {
    const SiteSample& sample = result.runs.sites[std::size_t(site)];
    for (std::size_t r = 0; r < sample.failed.size(); ++r) {
      if (!sample.failed[r]) continue;
      sites.push_back(runs.name(site));
      number.push_back(double(r + 1));
      for (std::size_t p = 0; p < values.size(); ++p)
        values[p].push_back(runs.physical(site, int(p), sample.z(Index(r), Index(p))));
    }
  }
  Table out{"failed", {{"site", "", "site", sites}, {"run", "1", "number of the set at its site", number}}};
  for (std::size_t p = 0; p < values.size(); ++p)
    out.columns.push_back({runs.parameters()[p].name, runs.parameters()[p].units, "", values[p]});
  return out;
}

}  // namespace

std::vector<Table> sensitivity_tables(const SensitivityResult& result, const SiteRuns& runs,
                                      const SensitivityOptions& options) {
  return {index_table(result, runs, options), pair_table(result, runs), curve_table(result, runs, options),
          metric_table(result), failed_table(result, runs)};
}

}  // namespace tilth
