#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "assim/localisation.hpp"
#include "assim/methods/analysis_method.hpp"

namespace tilth::test {

/// A closed-form LETKF problem: smooth waves plus hashed noise on an nx x ny grid, a quarter of the points observed in
/// the first of three variables, error 0.5, Gaspari-Cohn taper of support 8 grid lengths. Indices start at 1.
class Race {
 public:
  static constexpr int variables = 3;
  static constexpr double support = 8.0, error_sd = 0.5;

  Race(int nx, int ny, int members) : nx_(nx), ny_(ny), N_(members), stride_(padded(members)) {
    state_.resize(std::size_t(nx) * ny * variables * stride_);
    truth_.resize(std::size_t(nx) * ny * variables);
    for (int k = 0; k <= members; ++k) fill(k);
    observe();
  }
  int columns() const { return nx_ * ny_; }
  int members() const { return N_; }
  double* row(int column, int v) { return state_.data() + (std::size_t(column) * variables + v) * stride_; }
  double truth(int column, int v) const { return truth_[std::size_t(column) * variables + v]; }
  ObsSpace space() const { return {N_, stride_, Y_, d_, r_}; }

  /// One problem per column, in the order of columns (j outer, i inner).
  std::vector<LocalProblem> problems() {
    std::vector<LocalProblem> batch(columns());
    for (int j = 1; j <= nx_; ++j)
      for (int i = 1; i <= ny_; ++i) {
        LocalProblem& problem = batch[(j - 1) * ny_ + i - 1];
        for (std::size_t o = 0; o < d_.size(); ++o) {
          const double distance = std::hypot(j - obs_j_[o], i - obs_i_[o]);
          const double taper = gaspari_cohn(distance, 0.5 * support);
          if (taper <= 0.0) continue;
          problem.obs.push_back(std::int32_t(o));
          problem.taper.push_back(taper);
        }
        for (int v = 0; v < variables; ++v) problem.rows.push_back(row((j - 1) * ny_ + i - 1, v));
      }
    return batch;
  }

 private:
  static constexpr std::int64_t prime = 2147483647;
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

  void fill(int k) {
    constexpr double turn = 6.283185307179586, noise = 0.3;
    for (int v = 1; v <= variables; ++v)
      for (int j = 1; j <= nx_; ++j)
        for (int i = 1; i <= ny_; ++i) {
          const int c = (j - 1) * ny_ + i;
          double x = 5.0 * std::sin(turn * j / nx_ + v) * std::cos(turn * i / (2.0 * ny_));
          for (int m = 1; m <= 6; ++m) {
            const double kx = double(1 + ihash(m, 11, 1) % 12), ky = double(1 + ihash(m, 13, 2) % 12);
            x += 0.5 * std::sin(turn * (kx * j / nx_ + ky * i / ny_) + turn * u01(k, m, v));
          }
          x += noise * std::sqrt(12.0) * (double(nhash(k, c, 500 + v)) / double(prime) - 0.5);
          if (k == 0) truth_[std::size_t(c - 1) * variables + v - 1] = x;
          if (k > 0) row(c - 1, v - 1)[k - 1] = x;
        }
  }
  void observe() {
    for (int j = 1; j <= nx_; ++j)
      for (int i = 1; i <= ny_; ++i) {
        if (ihash(j, i, 77) % 1000 >= 250) continue;
        const int column = (j - 1) * ny_ + i - 1;
        double gauss = -6.0, mean = 0.0;
        for (int q = 1; q <= 12; ++q) gauss += u01(j, i, 100 + q);
        for (int k = 0; k < N_; ++k) mean += row(column, 0)[k] / N_;
        obs_j_.push_back(j);
        obs_i_.push_back(i);
        d_.push_back(truth(column, 0) + error_sd * gauss - mean);
        r_.push_back(error_sd * error_sd);
        for (int k = 0; k < stride_; ++k) Y_.push_back(k < N_ ? row(column, 0)[k] - mean : 0.0);
      }
  }

  int nx_, ny_, N_, stride_;
  AlignedVector<double> state_, Y_;
  std::vector<double> truth_, d_, r_;
  std::vector<int> obs_j_, obs_i_;
};

}  // namespace tilth::test
