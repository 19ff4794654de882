#include "driver/calibrate/scale_scores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "assim/moment_scores.hpp"

namespace tilth {

const std::array<std::string, scale_count> scale_words{"day", "week", "month", "year", "interannual"};
const std::array<std::string, years_count> years_words{"training", "validation"};

namespace {

using calibration::Index;
using calibration::Vector;

// A pair of an observation and its prediction, or of means of both.
struct Pair {
  double model, observed;
};

// Sums of one period.
struct Period {
  double model = 0.0, observed = 0.0, days = 0.0;
};

double days_of(const ObsRecord& obs) { return std::max(1.0, double(obs.end - obs.begin) / double(seconds_per_day)); }

std::int64_t period_of(Time time, Scale scale) {
  const Date date = date_of(time);
  if (scale == Scale::week) return std::int64_t(std::floor(double(time.seconds) / double(7 * seconds_per_day)));
  return scale == Scale::month ? 12 * std::int64_t(date.year) + date.month : std::int64_t(date.year);
}

double least_days(Scale scale) {
  if (scale == Scale::week) return 4.0;
  return scale == Scale::month ? 15.0 : 122.0;
}

std::vector<Pair> pairs_of(const std::vector<const ObsRecord*>& observations, const std::vector<double>& predictions,
                           Scale scale) {
  std::vector<Pair> out;
  std::map<std::int64_t, Period> periods;
  for (std::size_t i = 0; i < observations.size(); ++i) {
    const ObsRecord& obs = *observations[i];
    const double days = days_of(obs);
    if (scale == Scale::day) {
      if (days <= 1.0) out.push_back({predictions[i], obs.value});
      continue;
    }
    if (scale == Scale::week && days > 8.0) continue;
    Period& period = periods[period_of(middle(obs.begin, obs.end), scale)];
    period.model += days * predictions[i];
    period.observed += days * obs.value;
    period.days += days;
  }
  for (const auto& [unused, p] : periods)
    if (p.days >= least_days(scale)) out.push_back({p.model / p.days, p.observed / p.days});
  if (scale != Scale::interannual || out.empty()) return out;
  Pair mean{0.0, 0.0};
  for (const Pair& p : out) mean = {mean.model + p.model, mean.observed + p.observed};
  for (Pair& p : out) p = {p.model - mean.model / double(out.size()), p.observed - mean.observed / double(out.size())};
  return out;
}

ScaleScore score_of(const std::vector<Pair>& pairs, bool anomalies) {
  ScaleScore out;
  out.n = double(pairs.size());
  if (pairs.size() < 3) return out;
  double m = 0.0, o = 0.0, square = 0.0;
  for (const Pair& p : pairs) {
    m += p.model;
    o += p.observed;
    square += (p.model - p.observed) * (p.model - p.observed);
  }
  m /= out.n;
  o /= out.n;
  double mm = 0.0, oo = 0.0, mo = 0.0;
  for (const Pair& p : pairs) {
    mm += (p.model - m) * (p.model - m);
    oo += (p.observed - o) * (p.observed - o);
    mo += (p.model - m) * (p.observed - o);
  }
  out.rmse = std::sqrt(square / out.n);
  out.bias = m - o;
  if (!(oo > 0.0)) return out;
  out.nse = 1.0 - square / oo;
  if (!(mm > 0.0)) return out;
  out.r = mo / std::sqrt(mm * oo);
  if (!anomalies) out.kge = kling_gupta(out.r, std::sqrt(mm / oo), m / o);
  return out;
}

std::int64_t distance(const std::vector<Time>& sorted, Time t) {
  const auto after = std::lower_bound(sorted.begin(), sorted.end(), t);
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  if (after != sorted.end()) least = *after - t;
  if (after != sorted.begin()) least = std::min(least, t - *(after - 1));
  return least;
}

// Where an observation of a site counts.
class YearsOf {
 public:
  YearsOf(int streams, const std::vector<ObsRecord>& observations) : trains_(std::size_t(streams), false) {
    for (const ObsRecord& obs : observations)
      if (obs.flag == qc_used) trains_[std::size_t(obs.type)] = true;
    for (const ObsRecord& obs : observations) {
      if (!trains_[std::size_t(obs.type)]) continue;
      if (obs.flag == qc_used) training_.push_back(middle(obs.begin, obs.end));
      if (obs.flag == qc_withheld) withheld_.push_back(middle(obs.begin, obs.end));
    }
    std::ranges::sort(training_);
    std::ranges::sort(withheld_);
  }
  Years operator()(const ObsRecord& obs) const {
    if (trains_[std::size_t(obs.type)]) return obs.flag == qc_used ? Years::training : Years::validation;
    const Time t = middle(obs.begin, obs.end);
    return distance(training_, t) < distance(withheld_, t) ? Years::training : Years::validation;
  }

 private:
  std::vector<bool> trains_;  // by stream
  std::vector<Time> training_, withheld_;
};

}  // namespace

SiteScores SiteScores::of(int streams, const std::vector<ObsRecord>& observations, const Vector& predictions) {
  SiteScores out(streams);
  const YearsOf years_of(streams, observations);
  for (int s = 0; s < streams; ++s)
    for (const Years years : {Years::training, Years::validation}) {
      std::vector<const ObsRecord*> chosen;
      std::vector<double> predicted;
      for (std::size_t i = 0; i < observations.size(); ++i) {
        const ObsRecord& obs = observations[i];
        if (obs.type != s || (obs.flag & ~std::uint32_t(qc_withheld)) != 0 || !std::isfinite(predictions(Index(i))) ||
            years_of(obs) != years)
          continue;
        chosen.push_back(&obs);
        predicted.push_back(predictions(Index(i)));
      }
      for (int scale = 0; scale < scale_count; ++scale)
        out.at(s, years, Scale(scale)) =
            score_of(pairs_of(chosen, predicted, Scale(scale)), Scale(scale) == Scale::interannual);
    }
  return out;
}

Vector SiteScores::numbers() const {
  Vector out(Index(scores_.size()) * ScaleScore::count);
  Index next = 0;
  for (const ScaleScore& score : scores_)
    for (int k = 0; k < ScaleScore::count; ++k) out(next++) = score.begin()[k];
  return out;
}

SiteScores SiteScores::from(int streams, const Vector& numbers) {
  SiteScores out(streams);
  if (numbers.size() != Index(out.scores_.size()) * ScaleScore::count) return out;
  Index next = 0;
  for (ScaleScore& score : out.scores_)
    for (int k = 0; k < ScaleScore::count; ++k) score.begin()[k] = numbers(next++);
  return out;
}

}  // namespace tilth
