// Samplers of the posterior by Markov chains.
#include <algorithm>
#include <cmath>
#include <functional>

#include <fmt/format.h>

#include "assim/calibration/mcmc/adaptive_metropolis.hpp"
#include "assim/calibration/mcmc/convergence.hpp"
#include "assim/calibration/mcmc/de_mcz.hpp"
#include "assim/calibration/optimise/gauss_newton.hpp"
#include "core/base/error.hpp"
#include "driver/calibrate/methods/registered.hpp"
#include "driver/calibrate/methods/search_method.hpp"
#include "driver/calibrate/methods/value_search.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

namespace {

constexpr double good_rhat = 1.01;   // Vehtari et al. 2021
constexpr double few_draws = 400.0;  // of the effective ones, 100 per chain of four

struct ChainSettings {
  int chains = 4, iterations = 2000;
  double burn = 0.5;
  std::string start = "default";
  void describe(Schema& s) {
    s.integer("chains", chains).in(2, 10000).about("Chains.");
    s.integer("iterations", iterations).in(20, 100000000).about("Iterations of every chain: one run each.");
    s.real("burn", burn).in(0.0, 0.9).about("Share of the iterations that is left out of the posterior.");
    s.text("start", start)
        .one_of({"default", "optimum"})
        .about(
            "About the default, or about the optimum of a Gauss-Newton search with the covariance by its curvature, "
            "which the proposals have at once; this needs derivatives of the model.");
  }
  bool from_optimum() const { return start == "optimum"; }
  bool needs_derivatives() const { return from_optimum(); }
};

// The best state of each chain.
void add_optima(const calibration::Chains& chains, SearchResult& out) {
  out.optima = chains.state;
  out.optimum_values = Vector::Constant(chains.count(), INFINITY);
  for (Index row = 0; row < chains.visited.rows(); ++row) {
    const Index c = row % chains.count();
    const double value = chains.values[std::size_t(row)];
    if (!(value < out.optimum_values(c))) continue;
    out.optimum_values(c) = value;
    out.optima.row(c) = chains.visited.row(row);
  }
}

// What chains say, the first share `burn` of them left out.
void add_posterior(const calibration::Chains& chains, double burn, SearchResult& out) {
  const auto first = std::int64_t(burn * double(chains.iterations()));
  out.sample = chains.sample(first);
  out.sample_of = "chain";
  const Index n = out.sample.cols();
  Vector rhat(n), ess(n);
  for (Index j = 0; j < n; ++j) {
    const Matrix draws = chains.draws(j, first);
    rhat(j) = calibration::split_rhat(draws);
    ess(j) = std::min(calibration::bulk_ess(draws), calibration::tail_ess(draws));
  }
  out.diagnostics = {{"rhat", rhat}, {"ess", ess}};
  out.notes.push_back(fmt::format("acceptance {:.2f}, largest R-hat {:.3f}, smallest effective sample size {:.0f}",
                                  chains.acceptance(), rhat.maxCoeff(), ess.minCoeff()));
  if (!(rhat.maxCoeff() <= good_rhat) || !(ess.minCoeff() >= few_draws))
    out.notes.push_back("the chains have not converged (R-hat at most 1.01 and 400 effective draws): raise iterations");
}

/// Drives a sampler; the rest of its chains is the posterior.
template <class Sampler>
std::unique_ptr<CalibrationSearch> chain_search(Sampler sampler, double burn) {
  return std::make_unique<ValueSearch<Sampler>>(std::move(sampler), [burn](const Sampler& s) {
    SearchResult out = best_of(s);
    add_posterior(s.chains(), burn, out);
    add_optima(s.chains(), out);
    return out;
  });
}

struct MetropolisSettings {
  ChainSettings chains;
  int settle = 100;
  void describe(Schema& s) {
    chains.describe(s);
    s.integer("settle", settle).in(1, 1000000).about("Iterations before the proposals adapt.");
  }
  bool needs_derivatives() const { return chains.needs_derivatives(); }
};

/// Gauss-Newton from the start, then chains about the optimum.
class FromOptimum final : public CalibrationSearch {
 public:
  using Chains = std::function<std::unique_ptr<CalibrationSearch>(const Vector& start, const Matrix& covariance)>;
  FromOptimum(const SearchSetting& s, Chains chains)
      : box_(s.box), search_(s.box, s.start), chains_(std::move(chains)) {}
  SearchRequest ask() const override {
    if (sampler_) return sampler_->ask();
    return {SearchRequest::What::least_squares, search_.ask().transpose()};
  }
  void tell(std::span<const SetResult> results) override {
    if (sampler_) return sampler_->tell(results);
    const SetResult& run = results.front();
    const double before = search_.value();
    require(std::isfinite(run.J) || search_.evaluations() > 0,
            "calibration.method: the run of the start fails; start: optimum cannot begin there");
    if (std::isfinite(run.J))
      search_.tell(run.residuals, run.jacobian);
    else
      search_.tell(Vector::Constant(1, NAN), Matrix());
    if (search_.value() < before) curvature_ = run.jacobian.transpose() * run.jacobian;
    if (search_.finished()) sampler_ = chains_(search_.best(), covariance());
  }
  bool finished() const override { return sampler_ && sampler_->finished(); }
  SearchResult result() const override {
    SearchResult out = sampler_->result();
    if (!(search_.value() < out.value)) return out;
    out.best = search_.best();
    out.value = search_.value();
    return out;
  }

 private:
  // By the curvature, with no variance beyond that of an even density over the box.
  Matrix covariance() const {
    Matrix precision = curvature_;
    precision.diagonal() += 12.0 * box_.width().cwiseAbs2().cwiseInverse();
    return precision.llt().solve(Matrix::Identity(precision.rows(), precision.cols()));
  }
  calibration::Box box_;
  calibration::GaussNewton search_;
  Chains chains_;
  Matrix curvature_;
  std::unique_ptr<CalibrationSearch> sampler_;
};

/// Chains of a sampler, from where the options say.
template <class Sampler, class SamplerOptions>
std::unique_ptr<CalibrationSearch> chains_of(const SearchSetting& s, const ChainSettings& o, SamplerOptions options) {
  options.chains = o.chains;
  options.iterations = o.iterations;
  options.seed = s.seed;
  if (!o.from_optimum()) return chain_search(Sampler(s.box, s.start, options), o.burn);
  const auto chains = [box = s.box, burn = o.burn, options](const Vector& start, const Matrix& covariance) mutable {
    options.covariance = covariance;
    return chain_search(Sampler(box, start, options), burn);
  };
  return std::make_unique<FromOptimum>(s, chains);
}

std::unique_ptr<CalibrationSearch> metropolis_search(const SearchSetting& s, const MetropolisSettings& o) {
  calibration::AdaptiveMetropolisOptions options;
  options.settle = o.settle;
  return chains_of<calibration::AdaptiveMetropolis>(s, o.chains, options);
}

std::unique_ptr<CalibrationSearch> de_mcz_search(const SearchSetting& s, const ChainSettings& o) {
  return chains_of<calibration::DeMcz>(s, o, calibration::DeMczOptions{});
}

}  // namespace

namespace calibration_method {

const Plugin<CalibrationMethod> metropolis =
    plugin<CalibrationMethod, SearchMethod<MetropolisSettings, metropolis_search>>(
        "adaptive random-walk Metropolis: draws of the posterior");
const Plugin<CalibrationMethod> de_mcz = plugin<CalibrationMethod, SearchMethod<ChainSettings, de_mcz_search>>(
    "differential evolution Markov chains: draws of the posterior");

}  // namespace calibration_method

}  // namespace tilth
