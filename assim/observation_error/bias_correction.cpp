#include "assim/observation_error/bias_correction.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/error.hpp"

namespace tilth {

void BiasCorrectionOptions::describe(Schema& s) {
  static const std::array<std::string, 3> names{"none", "cdf_matching", "linear"};
  const auto declare = [this](std::size_t which, Schema& inner) {
    if (which == 0) return;
    inner.text("reference", reference)
        .about(
            "Folder of feedback files of an earlier run's open loop with the same stream, e.g. "
            "RUN/open_loop/feedback.");
    inner.text("statistics", statistics)
        .about("File of statistics that an earlier run with a reference wrote, instead of a reference.");
    inner.text("season", season)
        .one_of({"none", "quarter", "month"})
        .about("Statistics per season; where a season has too few pairs, those of the whole year count.");
    inner.integer("minimum_samples", minimum_samples)
        .in(10, 1000000)
        .about("Pairs a grid point needs for statistics of its own; with fewer those of the whole stream count.");
    if (which == 1) inner.integer("quantiles", quantiles).in(2, 200).about("Nodes of the map; fewer make it smoother.");
    if (!inner.is_reading()) return;
    require(
        reference.empty() != statistics.empty(), inner.where(),
        ": give either reference or statistics; the climatology of the model comes from a run without assimilation");
  };
  s.alternative("bias_correction", names, method, declare)
      .about("Observations are rescaled to the climatology of the model: its distribution, or its mean and variance.");
}

int season_of(Time time, int seasons) {
  const int month = date_of(time).month - 1;
  if (seasons == 12) return month;
  return seasons == 4 ? (month + 1) % 12 / 3 : 0;
}

double BiasMap::operator()(double value) const {
  if (observed.size() == 1) return value + (modelled[0] - observed[0]);
  const auto above = std::upper_bound(observed.begin() + 1, observed.end() - 1, value);
  const std::size_t j = std::size_t(above - observed.begin());
  const double slope = (modelled[j] - modelled[j - 1]) / (observed[j] - observed[j - 1]);
  return modelled[j - 1] + slope * (value - observed[j - 1]);
}

namespace {

struct MeanSd {
  double mean = 0.0, sd = 0.0;
};

MeanSd moments(const std::vector<double>& x) {
  MeanSd m;
  for (const double v : x) m.mean += v / double(x.size());
  for (const double v : x) m.sd += (v - m.mean) * (v - m.mean) / double(x.size());
  m.sd = std::sqrt(m.sd);
  return m;
}

/// Quantile of a sorted sample whose i-th value has the probability (i + 1/2) / n (Hazen); its ends beyond.
double quantile(const std::vector<double>& sorted, double probability) {
  const double at = std::clamp(probability * double(sorted.size()) - 0.5, 0.0, double(sorted.size() - 1));
  const std::size_t i = std::size_t(at), next = std::min(i + 1, sorted.size() - 1);
  return sorted[i] + (at - double(i)) * (sorted[next] - sorted[i]);
}

// A spread that is round-off of the values is none.
bool spreads(const MeanSd& m) { return m.sd > 1e-12 * std::abs(m.mean); }

BiasMap shift(const MeanSd& observed, const MeanSd& modelled) { return {{observed.mean}, {modelled.mean}, 1.0}; }

}  // namespace

BiasMap cdf_map(std::vector<double> observed, std::vector<double> modelled, int nodes) {
  const MeanSd o = moments(observed), m = moments(modelled);
  if (!spreads(o) || !spreads(m)) return shift(o, m);
  std::sort(observed.begin(), observed.end());
  std::sort(modelled.begin(), modelled.end());
  BiasMap map;
  map.error_scale = m.sd / o.sd;
  int equals = 0;
  for (int j = 0; j < nodes; ++j) {
    const double p = (j + 0.5) / nodes, x = quantile(observed, p), y = quantile(modelled, p);
    equals = !map.observed.empty() && x <= map.observed.back() ? equals + 1 : 1;
    if (equals == 1) {
      map.observed.push_back(x);
      map.modelled.push_back(y);
    } else {
      map.modelled.back() += (y - map.modelled.back()) / equals;
    }
  }
  return map.observed.size() > 1 ? map : shift(o, m);
}

BiasMap linear_map(const std::vector<double>& observed, const std::vector<double>& modelled) {
  const MeanSd o = moments(observed), m = moments(modelled);
  if (!spreads(o) || !spreads(m)) return shift(o, m);
  return {{o.mean, o.mean + o.sd}, {m.mean, m.mean + m.sd}, m.sd / o.sd};
}

BiasMap bias_map(const BiasCorrectionOptions& options, const std::vector<double>& observed,
                 const std::vector<double>& modelled) {
  return options.method == "linear" ? linear_map(observed, modelled) : cdf_map(observed, modelled, options.quantiles);
}

}  // namespace tilth
