#include "driver/calibrate/observed_features.hpp"

#include <algorithm>
#include <cmath>

#include "assim/calibration/draws.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {

using calibration::Index;
using calibration::Vector;

namespace {

constexpr int smoothing_days = 15;
constexpr int resamples = 100;  // of the observations with errors
constexpr double quarter_year = 91.0;

const std::vector<std::string> words{"mean",   "rmse",      "peak",         "peak_day",
                                     "trough", "amplitude", "spring_slope", "autumn_slope"};

double mean_of(const Vector& values) { return values.sum() / double(values.size()); }

double sd_of(const Vector& values) {
  return std::sqrt((values.array() - mean_of(values)).square().sum() / double(values.size()));
}

// Observations in every twelfth of the year, on 30 days or more.
bool covers_the_year(const std::vector<int>& days) {
  std::vector<bool> month(12, false), day(367, false);
  for (const int d : days) {
    month[std::size_t(std::min((d - 1) * 12 / 365, 11))] = true;
    day[std::size_t(d)] = true;
  }
  return std::all_of(month.begin(), month.end(), [](bool seen) { return seen; }) &&
         std::count(day.begin(), day.begin() + 366, true) >= 30;
}

double scale_of(const std::string& word, double sd) {
  if (word == "peak_day") return quarter_year;
  return word.ends_with("slope") ? sd / quarter_year : sd;
}

}  // namespace

ObservedFeatures::ObservedFeatures(const SiteRuns& runs, int site) {
  const auto& all = runs.observations(site);
  for (int s = 0; s < int(runs.streams().size()); ++s) {
    Stream stream;
    std::vector<double> values, sds;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].type != s || all[i].flag != qc_used) continue;
      const Date date = date_of(middle(all[i].begin, all[i].end));
      stream.rows.push_back(Index(i));
      stream.ids.push_back(all[i].id);
      stream.observed.year.push_back(date.year);
      stream.observed.day_of_year.push_back(date.day_of_year);
      values.push_back(all[i].value);
      sds.push_back(all[i].error_sd);
    }
    if (values.empty()) continue;
    stream.observed.value = Eigen::Map<const Vector>(values.data(), Index(values.size()));
    stream.error_sd = Eigen::Map<const Vector>(sds.data(), Index(sds.size()));
    stream.seasonal = covers_the_year(stream.observed.day_of_year);
    describe(stream, runs.streams()[std::size_t(s)], runs.point(site).id);
    streams_.push_back(std::move(stream));
  }
}

std::vector<double> ObservedFeatures::features(const Stream& stream, const Vector& values) const {
  std::vector<double> out{mean_of(values), calibration::rmse(values, stream.observed.value)};
  if (!stream.seasonal) return out;
  const calibration::DailySeries series{values, stream.observed.year, stream.observed.day_of_year};
  const auto f = calibration::seasonal_features(calibration::mean_cycle(series, smoothing_days));
  for (const double v : {f.peak, double(f.peak_day), f.trough, f.amplitude, f.spring_slope, f.autumn_slope})
    out.push_back(v);
  return out;
}

void ObservedFeatures::describe(const Stream& stream, const std::string& name, std::int64_t point) {
  const calibration::Draws draws(/*seed=*/1, calibration::Stream::observed);
  const std::vector<double> value = features(stream, stream.observed.value);
  const auto n = Index(value.size());
  Vector sum = Vector::Zero(n), squares = Vector::Zero(n);
  for (int b = 0; b < resamples; ++b) {
    Vector noisy = stream.observed.value;
    for (Index i = 0; i < noisy.size(); ++i)
      noisy(i) += stream.error_sd(i) * draws.normal(b, stream.ids[std::size_t(i)], point);
    const std::vector<double> again = features(stream, noisy);
    const Vector change = Eigen::Map<const Vector>(again.data(), n) - Eigen::Map<const Vector>(value.data(), n);
    sum += change;
    squares += change.cwiseAbs2();
  }
  const Vector bias = sum / resamples, variance = squares / resamples - bias.cwiseAbs2();
  const double sd = std::max(sd_of(stream.observed.value), 1e-12);
  const double perfect = std::sqrt(stream.error_sd.squaredNorm() / double(stream.error_sd.size()));
  for (Index f = 0; f < n; ++f) {
    const std::string& word = words[std::size_t(f)];
    const bool error = word == "rmse";
    list_.push_back({name + "." + word, word, error ? perfect : value[std::size_t(f)] - bias(f),
                     error ? 0.5 * perfect * perfect / double(stream.error_sd.size()) : variance(f),
                     scale_of(word, sd)});
  }
}

Vector ObservedFeatures::of(const Vector& predictions) const {
  std::vector<double> out;
  for (const Stream& stream : streams_) {
    Vector values(Index(stream.rows.size()));
    for (Index i = 0; i < values.size(); ++i) values(i) = predictions(stream.rows[std::size_t(i)]);
    const std::vector<double> f = features(stream, values);
    out.insert(out.end(), f.begin(), f.end());
  }
  return Eigen::Map<const Vector>(out.data(), Index(out.size()));
}

}  // namespace tilth
