#include "driver/calibrate/scope/simulations.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "assim/calibration/draws.hpp"
#include "core/base/error.hpp"
#include "driver/calibrate/scope/callmip_file.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

// Daily series of all streams of one run, one after the other.
Vector all_series(const RunTask&, const Vector&, const std::vector<Vector>& series) {
  Index n = 0;
  for (const Vector& one : series) n += one.size();
  Vector out(n);
  n = 0;
  for (const Vector& one : series) {
    out.segment(n, one.size()) = one;
    n += one.size();
  }
  return out;
}

// Days of the observations with this flag of streams that train, as "first/last"; empty: none.
std::string period(const std::vector<ObsRecord>& observations, std::uint32_t flag) {
  Time first{std::numeric_limits<std::int64_t>::max()}, last{std::numeric_limits<std::int64_t>::min()};
  for (const ObsRecord& obs : observations) {
    if (obs.flag != flag) continue;
    const auto trains = [&](const ObsRecord& o) { return o.type == obs.type && o.flag == qc_used; };
    if (flag != qc_used && std::ranges::none_of(observations, trains)) continue;
    first = std::min(first, midnight(obs.begin));
    last = std::max(last, midnight(middle(obs.begin, obs.end)));
  }
  return first > last ? "" : format_time(first) + "/" + format_time(last);
}

// Standard deviation (N - 1) over the runs that did not fail; not-a-number for fewer than two.
Vector spread(std::span<const Vector> runs, Index size) {
  Vector mean = Vector::Zero(size), square = Vector::Zero(size);
  double n = 0.0;
  for (const Vector& run : runs)
    if (run.size() == size) {
      mean += run;
      n += 1.0;
    }
  if (n < 2.0) return Vector::Constant(size, NAN);
  mean /= n;
  for (const Vector& run : runs)
    if (run.size() == size) square += (run - mean).cwiseAbs2();
  return (square / (n - 1.0)).cwiseSqrt();
}

std::vector<CallmipParameter> parameters_of(const SiteRuns& runs, const SimulatedSite& one, bool posterior) {
  std::vector<CallmipParameter> out;
  for (std::size_t k = 0; k < runs.parameters().size(); ++k) {
    const CalibrationParameter& p = runs.parameters()[k];
    const double z = posterior ? one.z(Index(k)) : 0.0, sd = posterior ? one.z_sd(Index(k)) : 1.0;
    const auto value = [&](double at) { return runs.physical(one.site, int(k), at); };
    out.push_back({p.name, p.units, value(z), 0.5 * std::abs(value(z + sd) - value(z - sd))});
  }
  return out;
}

CallmipFile head(const SiteRuns& runs, const SimulationOptions& options, const SimulatedSite& one, bool posterior) {
  CallmipFile file;
  file.phase = options.phase;
  file.scenario = options.scenario;
  file.site = runs.name(one.site);
  file.lat = runs.point(one.site).lat;
  file.lon = runs.point(one.site).lon;
  file.posterior = posterior;
  file.held_out = one.held_out;
  file.begin = runs.begin();
  file.calibration_period = period(runs.observations(one.site), qc_used);
  file.validation_period = period(runs.observations(one.site), qc_withheld);
  file.parameters = parameters_of(runs, one, posterior);
  return file;
}

}  // namespace

SimulatedSite calibrated_site(const SiteRuns& runs, const ScopeSites& sites, int site, int members,
                              std::uint64_t seed) {
  const GroupFit& fit = sites.optima[std::size_t(site)];
  const Index p = fit.z.size();
  SimulatedSite out{site, false, fit.z, Matrix(members, p), fit.covariance.diagonal().cwiseSqrt()};
  const Matrix L = fit.covariance.llt().matrixL();
  const calibration::Draws draws(seed, calibration::Stream::ensemble);
  for (int m = 0; m < members; ++m) {
    Vector normal(p);
    for (Index k = 0; k < p; ++k) normal(k) = draws.normal(site, m, k);
    out.members.row(m) = clipped(runs.box(site), fit.z + L * normal).transpose();
  }
  return out;
}

SimulatedSite predicted_site(const SiteRuns& runs, const ScopeSites& sites, const LearnedMaps& maps, int site) {
  const Matrix features = sites.features.values.row(site);
  Matrix mean, sd;
  ensemble_parameters(maps, features, mean, sd);
  SimulatedSite out{site, true, clipped(runs.box(site), mean.row(0).transpose()),
                    Matrix(Index(maps.weights.size()), mean.cols()), sd.row(0).transpose()};
  for (std::size_t m = 0; m < maps.weights.size(); ++m) {
    const Matrix z = maps.map.front().parameters(maps.weights[m], features);
    out.members.row(Index(m)) = clipped(runs.box(site), z.row(0).transpose()).transpose();
  }
  return out;
}

void write_simulations(RunPool& pool, const std::string& folder, std::span<const Stream> streams,
                       const SimulationOptions& options, const std::vector<SimulatedSite>& sites) {
  const SiteRuns& runs = pool.runs();
  const Index days = (runs.end() - runs.begin()) / seconds_per_day;
  together(pool.comm(), [&] {
    if (pool.comm().root()) std::filesystem::create_directories(folder);
  });
  for (const SimulatedSite& one : sites) {
    std::vector<RunTask> tasks{{one.site, Vector::Zero(one.z.size())}, {one.site, one.z}};
    for (Index m = 0; m < one.members.rows(); ++m) tasks.push_back({one.site, one.members.row(m).transpose()});
    const std::vector<Vector> series = pool.evaluate("series", tasks, true, all_series);
    const Index size = days * Index(streams.size());
    const Vector uncertain = spread(std::span(series).subspan(2), size);
    together(pool.comm(), [&] {
      if (!pool.comm().root()) return;
      for (const bool posterior : {false, true}) {
        CallmipFile file = head(runs, options, one, posterior);
        const Vector& run = series[posterior ? 1 : 0];
        for (std::size_t s = 0; s < streams.size(); ++s) {
          const Index first = days * Index(s);
          const Vector nothing = Vector::Constant(days, NAN);
          file.add(streams[s], run.size() == size ? Vector(run.segment(first, days)) : nothing,
                   posterior ? Vector(uncertain.segment(first, days)) : Vector());
        }
        file.write(folder);
      }
    });
  }
}

}  // namespace tilth
