#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/obs/obs_table.hpp"
#include "driver/calibrate/site_runs.hpp"

namespace tilth::test {

/// A model whose one stream is, on every day of a year, a function of the parameters times a seasonal cycle about 1 of
/// a given amplitude. The coordinates z lie in a box, physical values are z. Observed is the function at z = 0.
class FunctionRuns final : public SiteRuns {
 public:
  using Function = std::function<double(const calibration::Vector& z)>;
  struct Options {
    int sites = 1;
    double amplitude = 0.5;
    int days = 365;
    std::function<bool(const calibration::Vector& z)> fails = nullptr;
  };

  FunctionRuns(Function function, calibration::Box box, Options options)
      : f_(std::move(function)), box_(std::move(box)), o_(std::move(options)) {
    for (int p = 0; p < int(box_.size()); ++p) parameters_.push_back({p, "x" + std::to_string(p + 1), "1", 1.0});
    const double observed = f_(calibration::Vector::Zero(box_.size()));
    for (int s = 0; s < o_.sites; ++s) {
      GridPoint point;
      point.id = point.cell = s;
      point.name = "S" + std::to_string(s + 1);
      point.surface.tiles = {{s % 2 == 0 ? 4 : 10, 1.0}};
      points_.push_back(point);
      observations_.emplace_back();
      for (int day = 0; day < o_.days; ++day) {
        ObsRecord r;
        r.id = day;
        r.point = r.column = s;
        r.begin = begin() + day * seconds_per_day;
        r.end = r.begin + seconds_per_day;
        r.value = (1.0 + s) * observed * cycle(day);
        r.error_sd = 1.0;
        observations_.back().push_back(r);
      }
    }
  }

  int sites() const override { return o_.sites; }
  std::string name(int site) const override { return point(site).name; }
  const GridPoint& point(int site) const override { return points_[std::size_t(site)]; }
  const std::vector<CalibrationParameter>& parameters() const override { return parameters_; }
  calibration::Box box(int) const override { return box_; }
  double physical(int, int, double z) const override { return z; }
  const std::vector<std::string>& streams() const override { return streams_; }
  const std::vector<ObsRecord>& observations(int site) const override { return observations_[std::size_t(site)]; }
  Time begin() const override { return time_of(2015, 1, 1); }
  Time end() const override { return begin() + o_.days * seconds_per_day; }
  SiteRun run(int site, const calibration::Matrix& z, RunReach reach) const override {
    SiteRun out{calibration::Matrix(z.rows(), o_.days), {}};
    for (Eigen::Index k = 0; k < z.rows(); ++k) {
      const calibration::Vector set = z.row(k).transpose();
      const double value = o_.fails && o_.fails(set) ? double(NAN) : (1.0 + site) * f_(set);
      for (int day = 0; day < o_.days; ++day) out.predictions(k, day) = value * cycle(day);
    }
    if (reach == RunReach::series) out.series = {out.predictions};
    return out;
  }
  std::string without_derivatives() const override { return "a formula has none"; }
  SiteDerivatives run_with_derivatives(int, const calibration::Vector&) const override { return {}; }

 private:
  // Peak of 1 + amplitude on the 182nd day.
  double cycle(int day) const { return 1.0 + o_.amplitude * std::cos(2.0 * 3.14159265358979 * (day - 181) / 365.0); }

  Function f_;
  calibration::Box box_;
  Options o_;
  std::vector<CalibrationParameter> parameters_;
  std::vector<std::string> streams_{"gpp"};
  std::vector<GridPoint> points_;
  std::vector<std::vector<ObsRecord>> observations_;
};

}  // namespace tilth::test
