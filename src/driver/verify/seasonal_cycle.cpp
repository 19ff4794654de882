#include "driver/verify/seasonal_cycle.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <Eigen/Dense>

namespace tilth {

namespace {

constexpr double days_of_year = 365.2425;
constexpr double fewest_days = 340.0;  // between the middles of the records of a year
constexpr int values_for_a_term = 4;

}  // namespace

SeasonalCycle::SeasonalCycle(int cells, int harmonics)
    : terms_(std::size_t(2 * harmonics + 1)),
      sums_(std::size_t(cells) * (terms_ * terms_ + terms_), 0.0),
      first_(std::size_t(cells), 0.0),
      square_(std::size_t(cells), 0.0),
      coefficients_(std::size_t(cells) * terms_, 0.0),
      residual_(std::size_t(cells), 0.0),
      count_(std::size_t(cells), 0) {}

std::vector<double> SeasonalCycle::basis(Time time) const {
  std::vector<double> out(terms_, 1.0);
  const double phase = 2.0 * std::numbers::pi * double(time.seconds) / (days_of_year * double(seconds_per_day));
  for (std::size_t k = 1; k < terms_; k += 2) {
    out[k] = std::cos(double(k + 1) / 2.0 * phase);
    out[k + 1] = std::sin(double(k + 1) / 2.0 * phase);
  }
  return out;
}

void SeasonalCycle::add(int cell, Time time, double value) {
  const std::size_t c = std::size_t(cell);
  if (count_[c]++ == 0) first_[c] = value;
  const double x = value - first_[c];
  const std::vector<double> b = basis(time);
  double* gram = sums_.data() + sums(cell);
  for (std::size_t i = 0; i < terms_; ++i)
    for (std::size_t j = 0; j < terms_; ++j) gram[i * terms_ + j] += b[i] * b[j];
  for (std::size_t i = 0; i < terms_; ++i) gram[terms_ * terms_ + i] += b[i] * x;
  square_[c] += x * x;
}

void SeasonalCycle::fit() {
  for (std::size_t c = 0; c < count_.size(); ++c) {
    if (count_[c] == 0) continue;
    const double* gram = sums_.data() + sums(int(c));
    const std::size_t used = std::size_t(count_[c]) >= values_for_a_term * terms_ ? terms_ : 1;
    Eigen::MatrixXd G(used, used);
    Eigen::VectorXd b(used);
    for (std::size_t i = 0; i < used; ++i) {
      for (std::size_t j = 0; j < used; ++j) G(i, j) = gram[i * terms_ + j];
      b(i) = gram[terms_ * terms_ + i];
    }
    const Eigen::VectorXd x = G.ldlt().solve(b);
    const double left = std::max(square_[c] - b.dot(x), 0.0);
    residual_[c] = std::sqrt(left / std::max<double>(double(count_[c]) - double(used), 1.0));
    for (std::size_t i = 0; i < used; ++i) coefficients_[c * terms_ + i] = x(i);
    coefficients_[c * terms_] += first_[c];
  }
}

double SeasonalCycle::at(int cell, Time time) const {
  const std::vector<double> b = basis(time);
  double sum = 0.0;
  for (std::size_t i = 0; i < terms_; ++i) sum += b[i] * coefficients_[std::size_t(cell) * terms_ + i];
  return sum;
}

int resolved_harmonics(int wanted, Time first, Time last) {
  return double(last - first) >= fewest_days * double(seconds_per_day) ? wanted : 0;
}

}  // namespace tilth
