#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "assim/localisation.hpp"
#include "assim/methods/analysis_method.hpp"

namespace tilth::test {

/// A closed-form LETKF problem: smooth waves plus hashed noise on an nx x ny grid, a quarter of the points observed in
/// the first variable, error 0.5, Gaspari-Cohn taper of support 8 grid lengths. Indices start at 1.
///
/// Holds the strip first_j .. last_j of the grid (all of it by default); column = (j - first_j) ny + i - 1.
class Race {
 public:
  static constexpr double support = 8.0, error_sd = 0.5;
  struct Shape {
    int nx, ny, members;
    int variables = 3, first_j = 1, last_j = nx;
  };

  explicit Race(Shape shape) : s_(shape), stride_(padded(shape.members)) {
    state_.resize(std::size_t(columns()) * s_.variables * stride_);
    truth_.resize(std::size_t(columns()) * s_.variables);
    for (int v = 1; v <= s_.variables; ++v) fill_variable(v);
    for (int c = 0; c < columns(); ++c)
      if (ihash(j_of(c), i_of(c), 77) % 1000 < 250) {
        observed_.push_back(c);
        values_.push_back(truth(c, 0) + error_sd * gauss(j_of(c), i_of(c)));
      }
  }
  Race(int nx, int ny, int members) : Race(Shape{nx, ny, members}) {
    const auto all = records();
    import(all);
  }

  const Shape& shape() const { return s_; }
  int columns() const { return (s_.last_j - s_.first_j + 1) * s_.ny; }
  int members() const { return s_.members; }
  int variables() const { return s_.variables; }
  int j_of(int column) const { return s_.first_j + column / s_.ny; }
  int i_of(int column) const { return 1 + column % s_.ny; }
  double* row(int column, int v) { return state_.data() + (std::size_t(column) * s_.variables + v) * stride_; }
  double truth(int column, int v) const { return truth_[std::size_t(column) * s_.variables + v]; }

  /// The strip's observations, as predicted by the members now: j, i, departure, anomalies [padded(N)] of each.
  std::vector<double> records() {
    std::vector<double> out(observed_.size() * record(), 0.0);
    double* to = out.data();
    for (std::size_t o = 0; o < observed_.size(); ++o, to += record()) {
      const double* x = row(observed_[o], 0);
      double mean = 0.0;
      for (int k = 0; k < s_.members; ++k) mean += x[k];
      mean /= s_.members;
      to[0] = j_of(observed_[o]), to[1] = i_of(observed_[o]), to[2] = values_[o] - mean;
      for (int k = 0; k < s_.members; ++k) to[3 + k] = x[k] - mean;
    }
    return out;
  }
  std::size_t record() const { return 3 + std::size_t(stride_); }
  /// Adds observations, in the order of the whole grid.
  void import(const std::vector<double>& records) {
    const std::size_t count = records.size() / record();
    Y_.reserve(Y_.size() + count * stride_);
    for (const double* from = records.data(); from != records.data() + records.size(); from += record()) {
      places_.push_back({from[0], from[1], 0.0});
      d_.push_back(from[2]);
      r_.push_back(error_sd * error_sd);
      Y_.insert(Y_.end(), from + 3, from + record());
    }
  }
  const std::vector<std::array<double, 3>>& places() const { return places_; }
  ObsSpace space() const { return {s_.members, stride_, Y_, d_, r_}; }

  /// One problem per column, found the slow way.
  std::vector<LocalProblem> problems() {
    std::vector<LocalProblem> batch(columns());
    for (int c = 0; c < columns(); ++c) batch[c] = problem(c);
    return batch;
  }
  LocalProblem problem(int column) {
    LocalProblem problem;
    for (std::size_t o = 0; o < d_.size(); ++o) {
      const double distance = std::hypot(j_of(column) - places_[o][0], i_of(column) - places_[o][1]);
      const double taper = gaspari_cohn(distance, 0.5 * support);
      if (taper <= 0.0) continue;
      problem.obs.push_back(std::int32_t(o));
      problem.taper.push_back(taper);
    }
    for (int v = 0; v < s_.variables; ++v) problem.rows.push_back(row(column, v));
    return problem;
  }

 private:
  static constexpr std::int64_t prime = 2147483647;
  static constexpr double turn = 6.283185307179586;
  static std::int64_t ihash(std::int64_t a, std::int64_t b, std::int64_t c) {
    std::int64_t h = (1009 * a + 9176 * b + 69069 * c + 12345) % prime;
    h = (16807 * h + 1) % prime;
    h = (48271 * h + a) % prime;
    return (69621 * h + b) % prime;
  }
  static std::int64_t nhash(std::int64_t a, std::int64_t b, std::int64_t c) {
    std::int64_t h = ihash(a, b, c);
    h = (h * h + 69621 * h + b) % prime;
    return (h * h + 48271 * h + a) % prime;
  }
  static double u01(std::int64_t a, std::int64_t b, std::int64_t c) { return double(ihash(a, b, c)) / double(prime); }
  static double gauss(int j, int i) {
    double sum = -6.0;
    for (int q = 1; q <= 12; ++q) sum += u01(j, i, 100 + q);
    return sum;
  }

  /// One variable of the truth (k = 0) and of all members; sin(a + b + phase) is taken apart to be fast.
  void fill_variable(int v) {
    constexpr int waves = 6;
    constexpr double noise = 0.3;
    std::vector<std::array<double, 2>> phase(std::size_t(waves) * (s_.members + 1));  // cosine, sine
    for (int k = 0; k <= s_.members; ++k)
      for (int m = 1; m <= waves; ++m) {
        const double angle = turn * u01(k, m, v);
        phase[std::size_t(k) * waves + m - 1] = {std::cos(angle), std::sin(angle)};
      }
    for (int c = 0; c < columns(); ++c) {
      const int j = j_of(c), i = i_of(c);
      const std::int64_t global = std::int64_t{j - 1} * s_.ny + i;
      const double first = 5.0 * std::sin(turn * j / s_.nx + v) * std::cos(turn * i / (2.0 * s_.ny));
      std::array<std::array<double, 2>, waves> place;  // sine, cosine
      for (int m = 1; m <= waves; ++m) {
        const double kx = double(1 + ihash(m, 11, 1) % 12), ky = double(1 + ihash(m, 13, 2) % 12);
        const double angle = turn * (kx * j / s_.nx + ky * i / s_.ny);
        place[m - 1] = {0.5 * std::sin(angle), 0.5 * std::cos(angle)};
      }
      for (int k = 0; k <= s_.members; ++k) {
        double x = first;
        for (int m = 0; m < waves; ++m) {
          const auto& p = phase[std::size_t(k) * waves + m];
          x += place[m][0] * p[0] + place[m][1] * p[1];
        }
        x += noise * std::sqrt(12.0) * (double(nhash(k, global, 500 + v)) / double(prime) - 0.5);
        if (k == 0) truth_[std::size_t(c) * s_.variables + v - 1] = x;
        if (k > 0) row(c, v - 1)[k - 1] = x;
      }
    }
  }

  Shape s_;
  int stride_;
  AlignedVector<double> state_, Y_;
  std::vector<double> truth_, values_, d_, r_;
  std::vector<int> observed_;  // columns
  std::vector<std::array<double, 3>> places_;
};

}  // namespace tilth::test
