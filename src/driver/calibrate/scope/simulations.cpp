#include "driver/calibrate/scope/simulations.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>

#include "assim/calibration/draws.hpp"
#include "core/base/error.hpp"
#include "driver/calibrate/scope/callmip_file.hpp"
#include "driver/signals.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

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

// Runs of one site: the prior, the best, and how far the members are spread around it.
struct SiteSeries {
  std::vector<Vector> prior, posterior, spread;  // of each stream, then of each output
  int good = 0;                                  // members
};

// Series of the rows of z that did not fail, one after the other; calls `use` for each.
void for_each_run(const SiteRuns& runs, int site, const Matrix& z,
                  const std::function<void(Index row, const std::vector<Vector>& series)>& use) {
  constexpr Index at_once = 32;
  for (Index first = 0; first < z.rows(); first += at_once) {
    const Index count = std::min(at_once, z.rows() - first);
    const SiteRun run = runs.run(site, z.middleRows(first, count), RunReach::series);
    for (Index k = 0; k < count; ++k) {
      std::vector<Vector> series;
      for (const Matrix& one : run.series) series.emplace_back(one.row(k).transpose());
      if (run.predictions.row(k).allFinite()) use(first + k, series);
    }
  }
}

SiteSeries series_of(const SiteRuns& runs, const SimulatedSite& one, std::size_t count) {
  const Index days = (runs.end() - runs.begin()) / seconds_per_day, p = one.z.size();
  SiteSeries out;
  out.prior = out.posterior = out.spread = std::vector<Vector>(count, Vector::Constant(days, NAN));
  Matrix two(2, p);
  two << Vector::Zero(p).transpose(), one.z.transpose();
  for_each_run(runs, one.site, two, [&](Index row, const auto& s) { (row == 0 ? out.prior : out.posterior) = s; });
  // Variance about the mean, from departures from the best run.
  std::vector<Vector> sum(count, Vector::Zero(days)), squares = sum;
  for_each_run(runs, one.site, one.members, [&](Index, const std::vector<Vector>& s) {
    ++out.good;
    for (std::size_t i = 0; i < count; ++i) {
      const Vector d = s[i] - out.posterior[i];
      sum[i] += d;
      squares[i] += d.cwiseAbs2();
    }
  });
  const double n = out.good;
  for (std::size_t i = 0; i < count && out.good > 1; ++i)
    out.spread[i] = ((squares[i] - sum[i].cwiseAbs2() / n) / (n - 1.0)).unaryExpr([](double v) {
      return v < 0.0 ? 0.0 : std::sqrt(v);  // of round-off
    });
  return out;
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

CallmipFile file_of(const ModelRuns& runs, const SimulationOptions& options, const SimulatedSite& one,
                    const SiteSeries& series, bool posterior) {
  CallmipFile file = head(runs, options, one, posterior);
  file.members = posterior ? series.good : 0;
  const std::size_t streams = runs.streams().size();
  const auto& best = posterior ? series.posterior : series.prior;
  const auto spread = [&](std::size_t i) { return posterior ? series.spread[i] : Vector(); };
  for (std::size_t o = 0; o < runs.outputs().size(); ++o)
    file.add(runs.outputs()[o], best[streams + o], spread(streams + o));
  for (std::size_t s = 0; s < streams; ++s) file.add(runs.domain().streams[s], best[s], spread(s));
  return file;
}

// Draws from a normal distribution of z, within the bounds.
Matrix drawn(const SiteRuns& runs, int site, const Vector& z, const Matrix& covariance, int members,
             std::uint64_t seed) {
  Matrix out(members, z.size());
  const Matrix L = covariance.llt().matrixL();
  const calibration::Draws draws(seed, calibration::Stream::ensemble);
  for (int m = 0; m < members; ++m) {
    Vector normal(z.size());
    for (Index k = 0; k < z.size(); ++k) normal(k) = draws.normal(site, m, k);
    out.row(m) = clipped(runs.box(site), z + L * normal).transpose();
  }
  return out;
}

}  // namespace

SimulatedSite calibrated_site(const SiteRuns& runs, const ScopeSites& sites, int site, int members,
                              std::uint64_t seed) {
  const GroupFit& fit = sites.optima[std::size_t(site)];
  return {site, false, fit.z, drawn(runs, site, fit.z, fit.covariance, members, seed),
          fit.covariance.diagonal().cwiseSqrt()};
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

SimulatedSite fitted_site(const SiteRuns& runs, const ProblemResult& fit, int site, int members, std::uint64_t seed) {
  const Vector& z = fit.search.best;
  SimulatedSite out{site, false, z, Matrix(0, z.size()), Vector(z.size())};
  for (std::size_t j = 0; j < fit.parameters.size(); ++j) out.z_sd(Index(j)) = fit.parameters[j].z_sd;
  const Matrix &sample = fit.search.sample, &covariance = fit.curvature.covariance;
  if (sample.rows() > 1) {
    const Index count = std::min<Index>(members, sample.rows());
    out.members.resize(count, z.size());
    for (Index m = 0; m < count; ++m)
      out.members.row(m) = clipped(runs.box(site), sample.row(m * sample.rows() / count).transpose()).transpose();
  } else if (covariance.size() > 0) {
    out.members = drawn(runs, site, z, covariance, members, seed);
  }
  return out;
}

void write_simulations(const Comm& comm, const ModelRuns& runs, const std::string& folder,
                       const SimulationOptions& options, const std::vector<SimulatedSite>& sites) {
  const std::size_t count = runs.streams().size() + runs.outputs().size();
  together(comm, [&] {
    if (comm.root()) std::filesystem::create_directories(folder);
  });
  for (std::size_t first = 0; first < sites.size(); first += std::size_t(comm.size())) {
    together(comm, [&] {
      const std::size_t own = first + std::size_t(comm.rank());
      if (own >= sites.size()) return;
      const SiteSeries series = series_of(runs, sites[own], count);
      for (const bool posterior : {false, true}) file_of(runs, options, sites[own], series, posterior).write(folder);
    });
    if (comm.any(signal_received()))
      throw Stopped("stopped by a signal in the simulations; continue with --resume, which makes them again");
  }
}

}  // namespace tilth
