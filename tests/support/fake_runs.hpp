#pragma once

#include <atomic>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/obs/obs_table.hpp"
#include "driver/calibrate/site_runs.hpp"

namespace tilth::test {

/// A model of a formula in place of a land model: observation i is a(i) + sum_j A(i, j) z(j) + curvature * sum_j
/// A(i, j) z(j)^2 / 2, with coefficients that differ from site to site. Two streams of `days` daily observations, made
/// with `truth`; the last quarter of the days is withheld.
struct FakeOptions {
  int sites = 1, parameters = 3, days = 40;
  double curvature = 0.0;
  double error_sd = 0.1;
  double noise = 0.0;               ///< sd of what is added to the observations, in units of their error
  double truth = 0.5;               ///< z(j) = truth * (-1)^j
  std::vector<int> dominant_pft{};  ///< of each site; empty: 4
  bool derivatives = true;
  double unsound = 0.0;  ///< added to the derivatives, with changing sign from day to day
  std::function<bool(int site, const calibration::Vector& z)> fails = nullptr;
};

class FakeRuns final : public SiteRuns {
 public:
  using Matrix = calibration::Matrix;
  using Vector = calibration::Vector;

  explicit FakeRuns(FakeOptions options = {}) : o_(std::move(options)) {
    for (int j = 0; j < o_.parameters; ++j) parameters_.push_back({j, "p" + std::to_string(j), "1", 0.2});
    for (int s = 0; s < o_.sites; ++s) {
      GridPoint p;
      p.id = p.cell = s;
      p.lon = 10.0 + s, p.lat = 50.0, p.area_m2 = 1e6;
      p.name = "S" + std::to_string(s);
      const int pft = o_.dominant_pft.empty() ? 4 : o_.dominant_pft[std::size_t(s)];
      p.surface.tiles = {{pft, s % 2 == 0 ? 1.0 : 0.7}};
      if (s % 2 != 0) p.surface.tiles.push_back({pft + 1, 0.3});
      points_.push_back(p);
      observations_.push_back(observed(s));
    }
  }

  int sites() const override { return o_.sites; }
  std::string name(int site) const override { return point(site).name; }
  const GridPoint& point(int site) const override { return points_[std::size_t(site)]; }
  const std::vector<CalibrationParameter>& parameters() const override { return parameters_; }
  calibration::Box box(int) const override {
    return {Vector::Constant(o_.parameters, -3.0), Vector::Constant(o_.parameters, 3.0)};
  }
  double physical(int, int parameter, double z) const override { return (1.0 + parameter) * std::exp(0.2 * z); }
  const std::vector<std::string>& streams() const override { return streams_; }
  const std::vector<ObsRecord>& observations(int site) const override { return observations_[std::size_t(site)]; }
  Time begin() const override { return time_of(2015, 1, 1); }
  Time end() const override { return begin() + o_.days * seconds_per_day; }

  SiteRun run(int site, const Matrix& z, RunReach reach) const override {
    runs_ += z.rows();
    SiteRun out{Matrix(z.rows(), rows()), {}};
    for (Eigen::Index k = 0; k < z.rows(); ++k) {
      const Vector set = z.row(k).transpose();
      const Vector row = failed(site, set) ? Vector(Vector::Constant(rows(), nan)) : predicted(site, set);
      out.predictions.row(k) = row.transpose();
    }
    if (reach == RunReach::series) out.series = {out.predictions.leftCols(o_.days), out.predictions.rightCols(o_.days)};
    return out;
  }
  std::string without_derivatives() const override { return o_.derivatives ? "" : "this model has no derivatives"; }
  SiteDerivatives run_with_derivatives(int site, const Vector& z) const override {
    ++runs_;
    if (failed(site, z)) return {Vector::Constant(rows(), nan), Matrix::Constant(rows(), z.size(), nan)};
    Matrix J = coefficients(site).array().rowwise() * (1.0 + o_.curvature * z.array()).transpose();
    for (Eigen::Index i = 0; o_.unsound != 0.0 && i < J.rows(); ++i)
      J.row(i).array() += i % 2 == 0 ? o_.unsound : -o_.unsound;
    return {predicted(site, z), J};
  }

  /// What the observations were made with.
  Vector truth() const {
    Vector z(o_.parameters);
    for (int j = 0; j < o_.parameters; ++j) z(j) = j % 2 == 0 ? o_.truth : -o_.truth;
    return z;
  }
  Vector predicted(int site, const Vector& z) const {
    const Vector shape = z.array() + 0.5 * o_.curvature * z.array().square();
    return Vector::Constant(rows(), 1.0 + site) + coefficients(site) * shape;
  }
  Matrix coefficients(int site) const {
    Matrix A(rows(), o_.parameters);
    for (Eigen::Index i = 0; i < A.rows(); ++i)
      for (Eigen::Index j = 0; j < A.cols(); ++j)
        A(i, j) = std::sin(0.7 * double(i) * double(j + 1) + 0.3 * site + double(j));
    return A;
  }
  std::int64_t runs() const { return runs_; }  ///< of this rank

 private:
  static constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  Eigen::Index rows() const { return 2 * o_.days; }
  bool failed(int site, const Vector& z) const { return o_.fails && o_.fails(site, z); }

  std::vector<ObsRecord> observed(int site) const {
    const Vector y = predicted(site, truth());
    std::vector<ObsRecord> out;
    for (int i = 0; i < 2 * o_.days; ++i) {
      ObsRecord r;
      const int day = i % o_.days;
      r.id = (std::int64_t(i / o_.days) << 40) + site * o_.days + day;
      r.point = site;
      r.type = i / o_.days;
      r.column = site;
      r.begin = begin() + day * seconds_per_day;
      r.end = r.begin + seconds_per_day;
      r.error_sd = o_.error_sd;
      r.value = y(i) + o_.error_sd * o_.noise * std::sin(12.9898 * i + 78.233 * site) * std::sqrt(2.0);
      r.flag = day >= o_.days * 3 / 4 ? qc_withheld : qc_used;
      out.push_back(r);
    }
    return out;
  }

  FakeOptions o_;
  std::vector<CalibrationParameter> parameters_;
  std::vector<std::string> streams_{"gpp", "et"};
  std::vector<GridPoint> points_;
  std::vector<std::vector<ObsRecord>> observations_;
  mutable std::atomic<std::int64_t> runs_ = 0;
};

}  // namespace tilth::test
