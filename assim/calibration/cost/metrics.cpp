#include "assim/calibration/cost/metrics.hpp"

#include <cmath>
#include <map>

#include "core/base/error.hpp"

namespace tilth::calibration {
namespace {

constexpr int days_of_cycle = 365;

template <class Term>
double mean_over_pairs(const Vector& simulated, const Vector& observed, Term term) {
  require(simulated.size() == observed.size(), "metric of ", simulated.size(), " simulated and ", observed.size(),
          " observed values");
  double sum = 0.0;
  Index n = 0;
  for (Index i = 0; i < observed.size(); ++i) {
    if (!std::isfinite(observed(i))) continue;
    sum += term(simulated(i) - observed(i));
    ++n;
  }
  return n > 0 ? sum / double(n) : double(NAN);
}

int days_in(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365; }

// Values between days that have one, around the year.
void fill_gaps(Vector& cycle, const std::vector<int>& count) {
  const int n = int(cycle.size());
  for (int d = 0; d < n; ++d) {
    if (count[std::size_t(d)] > 0) continue;
    int before = 1, after = 1;
    while (count[std::size_t((d - before + n) % n)] == 0) ++before;
    while (count[std::size_t((d + after) % n)] == 0) ++after;
    const double a = cycle((d - before + n) % n), b = cycle((d + after) % n);
    cycle(d) = a + (b - a) * double(before) / double(before + after);
  }
}

// Slope by least squares of the cycle over days from, ..., from + count - 1 (around the year).
double slope(const Vector& cycle, int from, int count) {
  const int n = int(cycle.size());
  const double middle = 0.5 * (count - 1);
  double up = 0.0, down = 0.0;
  for (int k = 0; k < count; ++k) {
    up += (k - middle) * cycle(((from + k) % n + n) % n);
    down += (k - middle) * (k - middle);
  }
  return down > 0.0 ? up / down : 0.0;
}

// Days from the peak in a direction until the cycle is at or below a level.
int days_to(const Vector& cycle, int peak, int direction, double level) {
  const int n = int(cycle.size());
  int k = 0;
  while (k < n && cycle(((peak + direction * k) % n + n) % n) > level) ++k;
  return k;
}

}  // namespace

Index pairs(const Vector& observed) { return observed.array().isFinite().count(); }

double rmse(const Vector& simulated, const Vector& observed) {
  return std::sqrt(mean_over_pairs(simulated, observed, [](double e) { return e * e; }));
}

double bias(const Vector& simulated, const Vector& observed) {
  return mean_over_pairs(simulated, observed, [](double e) { return e; });
}

Vector mean_cycle(const DailySeries& series, int smoothing_days) {
  constexpr int least_days = 30;
  require(series.year.size() == std::size_t(series.value.size()) && series.day_of_year.size() == series.year.size() &&
              smoothing_days >= 1 && smoothing_days % 2 == 1,
          "seasonal cycle of ", series.value.size(), " values with ", series.day_of_year.size(),
          " days, smoothed over ", smoothing_days, " days; one day each, an odd number of days");
  Vector sum = Vector::Zero(days_of_cycle);
  std::vector<int> count(days_of_cycle, 0);
  for (Index i = 0; i < series.value.size(); ++i) {
    if (!std::isfinite(series.value(i))) continue;
    const int day = std::min(series.day_of_year[std::size_t(i)], days_of_cycle) - 1;
    sum(day) += series.value(i);
    ++count[std::size_t(day)];
  }
  int present = 0;
  for (int d = 0; d < days_of_cycle; ++d) {
    if (count[std::size_t(d)] == 0) continue;
    sum(d) /= count[std::size_t(d)];
    ++present;
  }
  require(present >= least_days, "seasonal cycle: values on ", present, " days of the year, needs ", least_days);
  fill_gaps(sum, count);
  Vector smooth = Vector::Zero(days_of_cycle);
  const int half = smoothing_days / 2;
  for (int d = 0; d < days_of_cycle; ++d)
    for (int k = -half; k <= half; ++k) smooth(d) += sum((d + k + days_of_cycle) % days_of_cycle) / smoothing_days;
  return smooth;
}

SeasonalFeatures seasonal_features(const Vector& cycle) {
  require(cycle.size() > 3 && cycle.allFinite(), "seasonal features of a cycle of ", cycle.size(),
          " days: all must be finite");
  SeasonalFeatures f;
  Index peak = 0, trough = 0;
  f.peak = cycle.maxCoeff(&peak);
  f.trough = cycle.minCoeff(&trough);
  f.peak_day = int(peak) + 1;
  f.trough_day = int(trough) + 1;
  f.amplitude = f.peak - f.trough;
  if (!(f.amplitude > 0.0)) return f;
  const double low = f.trough + 0.25 * f.amplitude, high = f.trough + 0.75 * f.amplitude;
  const int p = int(peak);
  const int up_low = days_to(cycle, p, -1, low), up_high = days_to(cycle, p, -1, high);
  const int down_high = days_to(cycle, p, 1, high), down_low = days_to(cycle, p, 1, low);
  f.spring_slope = slope(cycle, p - up_low, std::max(up_low - up_high + 1, 2));
  f.autumn_slope = slope(cycle, p + down_high, std::max(down_low - down_high + 1, 2));
  return f;
}

std::vector<AnnualSum> annual_sums(const DailySeries& series, double least_part) {
  require(series.year.size() == std::size_t(series.value.size()), "annual sums of ", series.value.size(),
          " values with ", series.year.size(), " years");
  std::map<int, AnnualSum> years;
  for (Index i = 0; i < series.value.size(); ++i) {
    AnnualSum& year = years[series.year[std::size_t(i)]];
    if (!std::isfinite(series.value(i))) continue;
    year.sum += series.value(i);
    ++year.days;
  }
  std::vector<AnnualSum> out;
  for (auto& [number, year] : years) {
    year.year = number;
    const int days = days_in(number);
    year.sum = year.days >= least_part * days && year.days > 0 ? year.sum * days / year.days : double(NAN);
    out.push_back(year);
  }
  return out;
}

}  // namespace tilth::calibration
