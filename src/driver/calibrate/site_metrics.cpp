#include "driver/calibrate/site_metrics.hpp"

#include <algorithm>
#include <cmath>

#include "assim/calibration/cost/metrics.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {

using calibration::Index;
using calibration::Vector;

namespace {

constexpr int least_season_days = 330;  // of the year, for its features
constexpr double least_part_of_year = 0.9;

const char* const no_observations = "training observations";
const char* const no_season = "a period of 330 days";
const char* const no_year = "a period that holds nine tenths of a calendar year";

/// Pairs of a stream at a site.
struct Pairs {
  std::vector<double> simulated, observed;
};

std::vector<Pairs> training_pairs(const SiteRuns& runs, int site, const Vector& predictions) {
  std::vector<Pairs> out(runs.streams().size());
  const auto& all = runs.observations(site);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].flag != qc_used) continue;
    Pairs& pairs = out[std::size_t(all[i].type)];
    pairs.simulated.push_back(predictions(Index(i)));
    pairs.observed.push_back(all[i].value);
  }
  return out;
}

Vector as_vector(const std::vector<double>& values) {
  return Eigen::Map<const Vector>(values.data(), Index(values.size()));
}

double mean_of(const Vector& values) {
  double sum = 0.0;
  Index n = 0;
  for (const double v : values) {
    if (!std::isfinite(v)) continue;
    sum += v;
    ++n;
  }
  return n > 0 ? sum / double(n) : double(NAN);
}

double mean_annual_sum(const calibration::DailySeries& series) {
  double sum = 0.0;
  int years = 0;
  for (const calibration::AnnualSum& year : calibration::annual_sums(series, least_part_of_year)) {
    if (!std::isfinite(year.sum)) continue;
    sum += year.sum;
    ++years;
  }
  return years > 0 ? sum / years : double(NAN);
}

// Peak, its day, trough, its day, amplitude, both slopes; not-a-number where too few days have a value.
std::vector<double> cycle_features(const calibration::DailySeries& series, int smoothing_days) {
  std::vector<bool> seen(367, false);
  for (Index i = 0; i < series.value.size(); ++i)
    if (std::isfinite(series.value(i))) seen[std::size_t(series.day_of_year[std::size_t(i)])] = true;
  constexpr int least_days = 30;
  if (std::count(seen.begin(), seen.begin() + 366, true) < least_days) return std::vector<double>(7, NAN);
  const auto f = calibration::seasonal_features(calibration::mean_cycle(series, smoothing_days));
  return {f.peak, double(f.peak_day), f.trough, double(f.trough_day), f.amplitude, f.spring_slope, f.autumn_slope};
}

// z' B^-1 z / 2.
double background(const PriorRule& prior, const Vector& z) {
  const Eigen::LLT<Eigen::MatrixXd> B(Eigen::MatrixXd(prior.covariance));
  return 0.5 * B.matrixL().solve(z).squaredNorm();
}

}  // namespace

bool SiteMetric::anywhere() const { return std::find(known.begin(), known.end(), true) != known.end(); }

SiteMetrics::SiteMetrics(const SiteRuns& runs, MetricRules rules) : runs_(runs), rules_(std::move(rules)) {
  for (int site = 0; site < runs.sites(); ++site) costs_.emplace_back(runs, site, rules_.streams);
  std::vector<int> days_of_year;
  for (Time day = runs.begin(); day < runs.end(); day = day + seconds_per_day) {
    const Date date = date_of(day);
    year_.push_back(date.year);
    day_.push_back(date.day_of_year);
    days_of_year.push_back(date.day_of_year);
  }
  std::sort(days_of_year.begin(), days_of_year.end());
  season_ = std::unique(days_of_year.begin(), days_of_year.end()) - days_of_year.begin() >= least_season_days;
  for (std::size_t i = 0; i < year_.size(); ++i) {
    const auto count = std::count(year_.begin(), year_.end(), year_[i]);
    if (double(count) >= least_part_of_year * days_in_year(year_[i])) whole_year_ = true;
    i += std::size_t(count) - 1;  // years are together
  }
  for (int s = 0; s < int(runs.streams().size()); ++s) add_stream(s, rules_.units[std::size_t(s)]);
  std::vector<bool> observed(std::size_t(runs.sites()), false);
  for (const SiteMetric& m : all_)
    for (std::size_t i = 0; m.word == "cost" && i < observed.size(); ++i) observed[i] = observed[i] || m.known[i];
  add(-1, "J", "1", no_observations, observed);
}

void SiteMetrics::add(int stream, const std::string& word, const std::string& units, const std::string& needs,
                      std::vector<bool> known) {
  const std::string name = stream < 0 ? word : runs_.streams()[std::size_t(stream)] + "." + word;
  all_.push_back({stream, name, units, word, needs, std::move(known)});
}

void SiteMetrics::add_stream(int stream, const std::string& units) {
  std::vector<bool> observed;
  for (int site = 0; site < runs_.sites(); ++site) {
    const auto& all = runs_.observations(site);
    observed.push_back(
        std::any_of(all.begin(), all.end(), [&](const auto& o) { return o.type == stream && o.flag == qc_used; }));
  }
  const std::vector<bool> everywhere(observed.size(), true), season(observed.size(), season_),
      year(observed.size(), whole_year_);
  add(stream, "rmse", units, no_observations, observed);
  add(stream, "bias", units, no_observations, observed);
  add(stream, "cost", "1", no_observations, observed);
  add(stream, "mean", units, "", everywhere);
  add(stream, "annual_sum", units + " d", no_year, year);
  add(stream, "peak", units, no_season, season);
  add(stream, "peak_day", "1", no_season, season);
  add(stream, "trough", units, no_season, season);
  add(stream, "trough_day", "1", no_season, season);
  add(stream, "amplitude", units, no_season, season);
  add(stream, "spring_slope", units + " d-1", no_season, season);
  add(stream, "autumn_slope", units + " d-1", no_season, season);
}

std::string SiteMetrics::kind() const { return text("metrics of cycles over ", rules_.smoothing_days, " days"); }

Vector SiteMetrics::of(const RunTask& task, const Vector& predictions, const std::vector<Vector>& series) const {
  std::vector<double> out;
  const Vector chi2 = costs_[std::size_t(task.site)].chi2(predictions);
  const auto pairs = training_pairs(runs_, task.site, predictions);
  for (std::size_t s = 0; s < pairs.size(); ++s) {
    const Vector simulated = as_vector(pairs[s].simulated), observed = as_vector(pairs[s].observed);
    const calibration::DailySeries daily{series[s], year_, day_};
    out.push_back(calibration::rmse(simulated, observed));
    out.push_back(calibration::bias(simulated, observed));
    out.push_back(pairs[s].observed.empty() ? double(NAN) : 0.5 * rules_.streams[s].weight * chi2(Index(s)));
    out.push_back(mean_of(series[s]));
    out.push_back(whole_year_ ? mean_annual_sum(daily) : double(NAN));
    const auto features = season_ ? cycle_features(daily, rules_.smoothing_days) : std::vector<double>(7, NAN);
    out.insert(out.end(), features.begin(), features.end());
  }
  return as_vector(out);
}

double SiteMetrics::J(const RunTask& task, const Vector& metrics) const {
  if (!all_.back().known[std::size_t(task.site)]) return NAN;
  double sum = rules_.prior.in_cost ? background(rules_.prior, task.z) : 0.0;
  for (Index m = 0; m < metrics.size(); ++m)
    if (all_[std::size_t(m)].word == "cost" && all_[std::size_t(m)].known[std::size_t(task.site)]) sum += metrics(m);
  return sum;
}

std::vector<int> chosen_metrics(const std::vector<SiteMetric>& all, const std::vector<std::string>& words,
                                const std::string& where) {
  std::vector<bool> chosen(all.size(), false);
  for (const std::string& word : words) {
    bool found = false;
    for (std::size_t m = 0; m < all.size(); ++m) {
      const SiteMetric& metric = all[m];
      const std::string stream = metric.name.substr(0, metric.name.rfind('.'));
      const bool wide =
          (word == "all" && metric.stream != foreign_stream) || (metric.stream >= 0 && word == stream + ".all");
      const bool named = word == metric.name || word == metric.word;
      if (!wide && !named) continue;
      found = true;
      const bool alone = word == metric.name;
      require(!alone || metric.anywhere(), where, ": '", word, "' needs ", metric.needs,
              ", which no site has; leave it out");
      if (metric.anywhere()) chosen[m] = true;
    }
    std::vector<std::string> names{"all"};
    for (const SiteMetric& metric : all) names.push_back(metric.name);
    require(found, where, ": unknown metric '", word, "'", did_you_mean(word, names),
            "; known: all, a stream with a metric (", names[1], "), a metric of all streams (",
            names[1].substr(names[1].rfind('.') + 1), ") or J");
  }
  std::vector<int> out;
  for (std::size_t m = 0; m < all.size(); ++m)
    if (chosen[m]) out.push_back(int(m));
  require(!out.empty(), where, ": no site has what the metrics need; give observations or other metrics");
  return out;
}

}  // namespace tilth
