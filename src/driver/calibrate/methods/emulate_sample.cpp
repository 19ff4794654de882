// Calibrate, emulate, sample (Cleary et al. 2021): few runs, an emulator of them, chains on the emulator.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "assim/calibration/design/latin_hypercube.hpp"
#include "assim/calibration/mcmc/convergence.hpp"
#include "assim/calibration/mcmc/de_mcz.hpp"
#include "core/base/error.hpp"
#include "driver/calibrate/methods/emulated_posterior.hpp"
#include "driver/calibrate/methods/registered.hpp"
#include "driver/calibrate/methods/search_method.hpp"

namespace tilth {

using calibration::Box;
using calibration::Index;
using calibration::Matrix;
using calibration::Vector;
using What = SearchRequest::What;

namespace {

struct SampleOptions {
  int runs = 0, rounds = 3, refine = 0, components = 10, iterations = 10000, chains = 4, sample = 1000;
  double explained = 0.999, structural = 0.2;
  std::string design = "latin", of = "components";
  std::vector<TargetOptions> targets;
  EmulatorSettings emulator;
  void describe(Schema& s) {
    s.text("design", design)
        .one_of({"latin", "eki"})
        .about("First runs: a Latin hypercube over the bounds, or the passes of an ensemble Kalman inversion.");
    s.integer("runs", runs).in(0, 1000000).about("First runs; 0: ten per parameter.");
    s.integer("rounds", rounds)
        .in(1, 100)
        .about("Times that emulator and chains are made; runs are added between them.");
    s.integer("refine", refine).in(0, 1000000).about("Runs added where the posterior is; 0: five per parameter.");
    s.text("of", of)
        .one_of({"components", "features"})
        .about("What is emulated: principal components of the departures from all observations, or features.");
    s.real("explained", explained).in(0.0, 1.0).about("Part of the variance that the components hold.");
    s.integer("components", components).in(1, 1000).about("Most components.");
    s.list("targets", targets).about("Features that are compared, as for history_matching.");
    s.real("structural", structural)
        .in(0.0, 1e6)
        .about("Standard deviation of features that no parameters can repair, in those of the stream.");
    s.section("emulator", emulator).about("Gaussian processes; an output whose emulator fails its gate is left out.");
    s.integer("chains", chains).in(2, 1000).about("Chains on the emulator.");
    s.integer("iterations", iterations).in(100, 100000000).about("Of each of them; the first half is left out.");
    s.integer("sample", sample).in(10, 10000000).about("Draws that become the result.");
    require(!s.is_reading() || design != "eki" || of == "components", s.where(),
            ": design: eki needs of: components; choose a Latin hypercube for features");
  }
};

/// Chains on an emulator, and what they say of themselves.
struct EmulatedChains {
  Matrix sample;
  Vector best, rhat, ess;
  double acceptance = 0.0;
};

EmulatedChains chains_on(const EmulatedPosterior& posterior, const Box& box, const Vector& start,
                         const SampleOptions& o, std::uint64_t seed) {
  calibration::DeMczOptions options;
  options.chains = o.chains;
  options.iterations = o.iterations;
  options.seed = seed;
  calibration::DeMcz sampler(box, start.cwiseMax(box.lower).cwiseMin(box.upper), options);
  while (!sampler.finished()) sampler.tell(posterior.value(sampler.ask()));
  const calibration::Chains& chains = sampler.chains();
  const auto burn = chains.iterations() / 2;
  const Matrix all = chains.sample(burn);
  EmulatedChains out;
  const Index n = std::min<Index>(o.sample, all.rows());
  out.sample.resize(n, all.cols());
  for (Index i = 0; i < n; ++i) out.sample.row(i) = all.row(i * all.rows() / n);
  out.best = sampler.record().best;
  out.acceptance = chains.acceptance();
  out.rhat.resize(all.cols());
  out.ess.resize(all.cols());
  for (Index p = 0; p < all.cols(); ++p) {
    const Matrix draws = chains.draws(p, burn);
    out.rhat(p) = calibration::split_rhat(draws);
    out.ess(p) = std::min(calibration::bulk_ess(draws), calibration::tail_ess(draws));
  }
  return out;
}

// The box about a sample, half its range wider on both sides, within the bounds.
Box region_about(const Matrix& sample, const Box& bounds) {
  Box out = bounds;
  for (Index p = 0; p < sample.cols(); ++p) {
    const double low = sample.col(p).minCoeff(), high = sample.col(p).maxCoeff(), more = 0.5 * (high - low);
    const double least = 1e-3 * (bounds.upper(p) - bounds.lower(p));  // width
    out.lower(p) = std::max(bounds.lower(p), std::min(low - more, 0.5 * (low + high) - least));
    out.upper(p) = std::min(bounds.upper(p), std::max(high + more, 0.5 * (low + high) + least));
  }
  return out;
}

// A search whose passes are runs where the posterior may be.
std::unique_ptr<CalibrationSearch> inversion(const SearchSetting& setting, Index members) {
  Schema options = Schema::reading(Node::parse(text("members: ", members), "eki"));
  return calibration_method::ensemble_eki.configure(options)()->start(setting);
}

class SampleSearch final : public CalibrationSearch {
 public:
  SampleSearch(const SearchSetting& setting, const SampleOptions& o);
  SearchRequest ask() const override { return {o_.of == "features" ? What::features : What::departures, asked_}; }
  void tell(std::span<const SetResult> results) override;
  bool finished() const override { return stage_ == Stage::finished; }
  SearchResult result() const override;

 private:
  enum class Stage { design, refine, check, finished };
  std::pair<Matrix, std::vector<SetResult>> runs_inside();
  void emulate();
  std::string note_of(const EmulatedOutputs& outputs, const EmulatedPosterior& posterior) const;
  Matrix more_runs() const;
  void compare(std::span<const SetResult> results);
  Index runs() const { return o_.runs > 0 ? Index(o_.runs) : 10 * setting_.box.size(); }

  SearchSetting setting_;
  SampleOptions o_;
  FeatureTargets targets_;
  std::unique_ptr<CalibrationSearch> ensemble_;  // that makes the first runs; none: a Latin hypercube
  Stage stage_ = Stage::design;
  int round_ = 0;
  Matrix asked_, z_;
  std::vector<SetResult> results_;
  Box region_;
  EmulatedChains chains_;
  Vector best_;
  double value_ = INFINITY;
  std::vector<std::string> notes_;
};

SampleSearch::SampleSearch(const SearchSetting& setting, const SampleOptions& o)
    : setting_(setting), o_(o), region_(setting.box), best_(setting.start) {
  if (o_.of == "features") targets_ = feature_targets(setting, o_.targets, o_.structural);
  if (o_.design == "eki") {
    ensemble_ = inversion(setting, runs());
    asked_ = ensemble_->ask().z;
  } else {
    asked_ = setting.box.from_unit(calibration::maximin_latin_hypercube(runs(), setting.box.size(), setting.seed));
  }
}

void SampleSearch::tell(std::span<const SetResult> results) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (!(results[i].J < value_)) continue;
    value_ = results[i].J;
    best_ = asked_.row(Index(i)).transpose();
  }
  if (stage_ == Stage::check) {
    compare(results);
    stage_ = Stage::finished;
    return;
  }
  Matrix all(z_.rows() + asked_.rows(), asked_.cols());
  if (z_.rows() > 0) all.topRows(z_.rows()) = z_;
  all.bottomRows(asked_.rows()) = asked_;
  z_ = all;
  results_.insert(results_.end(), results.begin(), results.end());
  if (stage_ == Stage::design && ensemble_) {
    ensemble_->tell(results);
    asked_ = ensemble_->ask().z;
    if (ensemble_->ask().what == What::departures) return;  // at its end it wants its mean
  }
  emulate();
}

// Runs within the region where the posterior was, all of them where these are too few.
std::pair<Matrix, std::vector<SetResult>> SampleSearch::runs_inside() {
  std::vector<Index> inside;
  const auto find = [&] {
    inside.clear();
    for (Index i = 0; i < z_.rows(); ++i)
      if (region_.contains(z_.row(i).transpose())) inside.push_back(i);
  };
  find();
  constexpr Index least_per_parameter = 4;
  if (Index(inside.size()) < least_per_parameter * z_.cols()) {
    region_ = setting_.box;
    find();
  }
  Matrix rows(Index(inside.size()), z_.cols());
  std::vector<SetResult> results;
  for (std::size_t i = 0; i < inside.size(); ++i) {
    rows.row(Index(i)) = z_.row(inside[i]);
    results.push_back(results_[std::size_t(inside[i])]);
  }
  return {rows, results};
}

// Emulator and chains of a round, and the runs that come next.
void SampleSearch::emulate() {
  ++round_;
  const auto [rows, results] = runs_inside();
  const EmulatedOutputs outputs = o_.of == "features" ? feature_outputs(rows, results, targets_)
                                                      : component_outputs(rows, results, o_.explained, o_.components);
  if (outputs.z.rows() < z_.cols() + 2) {
    notes_.push_back(fmt::format("round {}: {} of {} runs are good, too few for an emulator", round_, outputs.z.rows(),
                                 rows.rows()));
    stage_ = Stage::finished;
    return;
  }
  const EmulatedPosterior posterior(region_, outputs, setting_.prior, o_.emulator, setting_.seed);
  notes_.push_back(note_of(outputs, posterior));
  if (!posterior.usable()) {
    notes_.emplace_back("no emulator passed its gate, there is no sample: give more runs");
    stage_ = Stage::finished;
    return;
  }
  chains_ = chains_on(posterior, region_, best_, o_, setting_.seed + std::uint64_t(round_));
  notes_.back() +=
      fmt::format("; chains: acceptance {:.2f}, largest R-hat {:.3f}, smallest effective sample size {:.0f}",
                  chains_.acceptance, chains_.rhat.maxCoeff(), chains_.ess.minCoeff());
  region_ = region_about(chains_.sample, setting_.box);
  stage_ = round_ < o_.rounds ? Stage::refine : Stage::check;
  asked_ = more_runs();
}

std::string SampleSearch::note_of(const EmulatedOutputs& outputs, const EmulatedPosterior& posterior) const {
  std::string note = fmt::format("round {}: {} runs, outputs hold {:.4f} of the variance", round_, outputs.z.rows(),
                                 outputs.explained);
  for (std::size_t c = 0; c < outputs.names.size(); ++c)
    note += fmt::format("; {} Q2 {:.3f} coverage {:.2f}{}", outputs.names[c], posterior.checks()[c].q2,
                        posterior.checks()[c].coverage, posterior.used()[c] ? "" : " (refused)");
  return note;
}

// Half of the runs from the sample, far from each other, half spread over its region; at last the best set and a few
// draws, to see what the emulator is worth there.
Matrix SampleSearch::more_runs() const {
  constexpr Index checked = 10;
  const Index k = z_.cols();
  const Index n = stage_ == Stage::check ? checked : (o_.refine > 0 ? Index(o_.refine) : 5 * k);
  const Index from_sample = stage_ == Stage::check ? n : (n + 1) / 2;
  const Matrix taken = region_.to_unit(chains_.best.transpose());
  const auto chosen =
      calibration::spread_choice(region_.to_unit(chains_.sample), taken, std::min(from_sample, chains_.sample.rows()));
  Matrix out(1 + Index(chosen.size()) + n - from_sample, k);
  out.row(0) = chains_.best.transpose();
  for (std::size_t i = 0; i < chosen.size(); ++i) out.row(1 + Index(i)) = chains_.sample.row(chosen[i]);
  if (n > from_sample)
    out.bottomRows(n - from_sample) = region_.from_unit(
        calibration::maximin_latin_hypercube(n - from_sample, k, setting_.seed + std::uint64_t(round_)));
  return out;
}

// J of the draws by the model, against the best.
void SampleSearch::compare(std::span<const SetResult> results) {
  std::vector<double> above;
  for (const SetResult& result : results)
    if (std::isfinite(result.J)) above.push_back(result.J - value_);
  if (above.empty()) return;
  notes_.push_back(
      fmt::format("the model at {} draws of the sample: J lies {:.3g} (median) above the least found; half the number "
                  "of parameters, "
                  "{:.3g}, is expected of a good sample",
                  results.size(), calibration::quantile(above, 0.5), 0.5 * double(z_.cols())));
}

SearchResult SampleSearch::result() const {
  SearchResult out;
  out.best = best_;
  out.value = value_;
  out.sample = chains_.sample;
  if (out.sample.rows() > 0) {
    out.sample_of = "chain on an emulator";
    out.diagnostics = {{"rhat", chains_.rhat}, {"ess", chains_.ess}};
  }
  out.notes = notes_;
  return out;
}

}  // namespace

const Plugin<CalibrationMethod> calibration_method::emulate_sample =
    plugin<CalibrationMethod, SearchMethod<SampleOptions, made<SampleSearch, SampleOptions>>>(
        "calibrate, emulate, sample: chains on an emulator of few runs");

}  // namespace tilth
