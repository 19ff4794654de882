#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "assim/calibration/draws.hpp"
#include "core/obs/obs_table.hpp"
#include "driver/calibrate/scope/site_features.hpp"

namespace tilth::test {

/// Sites of a formula whose true parameters depend on their climate and soil, in four plant functional types: two
/// daily streams of three years, the last one withheld. Site 0 fails when it is told to.
class ScopeRuns final : public SiteRuns {
 public:
  using Matrix = calibration::Matrix;
  using Vector = calibration::Vector;
  using Index = calibration::Index;

  explicit ScopeRuns(int sites, bool derivatives = true, bool first_fails = false)
      : derivatives_(derivatives), first_fails_(first_fails) {
    const calibration::Draws draws(5, calibration::Stream::candidates);
    for (const char* parameter : {"kphio", "g1", "lai_max"})
      parameters_.push_back({int(parameters_.size()), parameter, "1", 0.2});
    for (int s = 0; s < sites; ++s) {
      GridPoint p;
      p.id = p.cell = s;
      p.lon = 2.0 * s, p.lat = 50.0, p.area_m2 = 1e6;
      p.name = "S" + std::to_string(s);
      p.surface.sand_percent = 90.0 * draws.uniform(s, 1);
      p.surface.tiles = {{2 + s % 4, 1.0}};
      points_.push_back(p);
      SiteClimate c;
      c.temperature_c = 25.0 * draws.uniform(s, 2);
      climate_.push_back(c);
    }
    for (int s = 0; s < sites; ++s) observations_.push_back(observed(s));
  }

  /// True parameters: temperature, sand and type matter.
  Vector truth(int site) const {
    const double t = climate_[std::size_t(site)].temperature_c / 12.5 - 1.0;
    const double sand = points_[std::size_t(site)].surface.sand_percent / 45.0 - 1.0;
    return Vector{{1.5 * t, 1.2 * std::sin(2.0 * sand), 0.5 * double(site % 4) - 0.75 + 0.5 * t * sand}};
  }
  FeatureTable features() const {
    const std::vector<std::string> words{"temperature", "sand", "cover", "elevation"};
    return point_features(words, points_, climate_);
  }

  int sites() const override { return int(points_.size()); }
  std::string name(int site) const override { return point(site).name; }
  const GridPoint& point(int site) const override { return points_[std::size_t(site)]; }
  const std::vector<CalibrationParameter>& parameters() const override { return parameters_; }
  calibration::Box box(int) const override { return {Vector::Constant(3, -3.0), Vector::Constant(3, 3.0)}; }
  double physical(int, int parameter, double z) const override { return (1.0 + parameter) * std::exp(0.2 * z); }
  const std::vector<std::string>& streams() const override { return streams_; }
  const std::vector<ObsRecord>& observations(int site) const override { return observations_[std::size_t(site)]; }
  Time begin() const override { return time_of(2015, 1, 1); }
  Time end() const override { return begin() + days * seconds_per_day; }

  SiteRun run(int site, const Matrix& z, RunReach reach) const override {
    SiteRun out{Matrix(z.rows(), 2 * days), {}};
    for (Index k = 0; k < z.rows(); ++k)
      out.predictions.row(k) = at(site, z.row(k).transpose()).predictions.transpose();
    if (reach == RunReach::series) out.series = {out.predictions.leftCols(days), out.predictions.rightCols(days)};
    return out;
  }
  std::string without_derivatives() const override { return derivatives_ ? "" : "no derivatives"; }
  SiteDerivatives run_with_derivatives(int site, const Vector& z) const override { return at(site, z); }

 private:
  static constexpr int days = 3 * 365;

  // gpp = 5 e^(z0 / 4) season^(e^(z2 / 4)), et = 2 e^(z0 / 8 + z1 / 4) season + z1 / 4.
  SiteDerivatives at(int site, const Vector& z) const {
    SiteDerivatives out{Vector(2 * days), Matrix::Zero(2 * days, 3)};
    for (int d = 0; d < days; ++d) {
      const double season = 0.55 - 0.4 * std::cos(2.0 * M_PI * d / 365.0 + 0.1 * site);
      const double power = std::exp(0.25 * z(2)), gpp = 5.0 * std::exp(0.25 * z(0)) * std::pow(season, power);
      const double et = 2.0 * std::exp(0.125 * z(0) + 0.25 * z(1)) * season;
      out.predictions(d) = gpp;
      out.jacobian.row(d) << 0.25 * gpp, 0.0, gpp * std::log(season) * 0.25 * power;
      out.predictions(days + d) = et + 0.25 * z(1);
      out.jacobian.row(days + d) << 0.125 * et, 0.25 * et + 0.25, 0.0;
    }
    if (first_fails_ && site == 0) out.predictions.setConstant(NAN);
    return out;
  }

  std::vector<ObsRecord> observed(int site) const {
    const calibration::Draws draws(7, calibration::Stream::candidates);
    const Vector y = at(site, truth(site)).predictions;
    std::vector<ObsRecord> out;
    for (int i = 0; i < 2 * days; ++i) {
      ObsRecord r;
      r.id = (std::int64_t(i / days) << 40) + site * days + i % days;
      r.point = r.column = site;
      r.type = i / days;
      r.begin = begin() + (i % days) * seconds_per_day;
      r.end = r.begin + seconds_per_day;
      r.error_sd = 0.5;
      r.value = (std::isfinite(y(i)) ? y(i) : 1.0) + 0.5 * draws.normal(site, i);
      r.flag = i % days >= 2 * 365 ? qc_withheld : qc_used;
      if (i % 7 != 3)
        out.push_back(r);
      else
        r.flag = qc_bad_value, out.push_back(r);
    }
    return out;
  }

  bool derivatives_, first_fails_;
  std::vector<CalibrationParameter> parameters_;
  std::vector<std::string> streams_{"gpp", "et"};
  std::vector<GridPoint> points_;
  std::vector<SiteClimate> climate_;
  std::vector<std::vector<ObsRecord>> observations_;
};

}  // namespace tilth::test
