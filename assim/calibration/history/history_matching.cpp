#include "assim/calibration/history/history_matching.hpp"

#include <algorithm>
#include <cmath>

#include "assim/calibration/design/latin_hypercube.hpp"

namespace tilth::calibration {
namespace {

Matrix below(const Matrix& above, const Matrix& more) {
  Matrix both(above.rows() + more.rows(), more.cols());
  if (above.rows() > 0) both.topRows(above.rows()) = above;
  both.bottomRows(more.rows()) = more;
  return both;
}

}  // namespace

HistoryMatching::HistoryMatching(const Box& box, std::vector<Target> targets, const HistoryOptions& options)
    : box_(box), targets_(std::move(targets)), options_(options) {
  calibration::check(box_);
  require(!targets_.empty() && options_.nth >= 1 && options_.nth <= int(targets_.size()), "history matching of ",
          targets_.size(), " metrics by the ", options_.nth, ". largest implausibility");
  require(options_.cutoff > 0.0, "history matching: cutoff = ", options_.cutoff, ", must be positive");
  options_.region.seed = options_.seed;
  draws_ = region_draws(box_.size(), options_.region);
  ratios_ = Vector::Zero(draws_.rows());
  choose_design({});
}

void HistoryMatching::choose_design(const Matrix& candidates) {
  if (waves_.empty()) {
    design_ = box_.from_unit(maximin_latin_hypercube(options_.runs, box_.size(), options_.seed));
    return;
  }
  const Index n = std::min(options_.runs, candidates.rows());
  const auto rows = spread_choice(box_.to_unit(candidates), box_.to_unit(waves_.back().X), n);
  design_ = Matrix(n, box_.size());
  for (Index i = 0; i < n; ++i) design_.row(i) = candidates.row(rows[std::size_t(i)]);
}

std::pair<Matrix, Matrix> HistoryMatching::runs_for(const Matrix& X, const Matrix& metrics) const {
  std::pair<Matrix, Matrix> all{X, metrics};
  if (options_.pool)
    for (const Wave& wave : waves_) all = {below(wave.X, all.first), below(wave.metrics, all.second)};
  return all;
}

const WaveReport& HistoryMatching::add_wave(const Matrix& X, const Matrix& metrics) {
  require(
      X.rows() > 0 && X.rows() == metrics.rows() && X.cols() == box_.size() && metrics.cols() == Index(targets_.size()),
      "wave ", waves_.size() + 1, " of history matching: ", X.rows(), " x ", X.cols(), " parameters and ",
      metrics.rows(), " x ", metrics.cols(), " metrics for ", box_.size(), " parameters and ", targets_.size(),
      " targets");
  Wave wave{X, metrics, {}};
  WaveReport report;
  report.failed = failed_rows(metrics);
  const auto [runs, results] = runs_for(X, metrics);
  for (Index m = 0; m < metrics.cols(); ++m) {
    const auto emulator = std::make_shared<const Emulator>(box_, runs, results.col(m), options_.emulator);
    report.emulators.push_back(emulator->check());
    report.used.push_back(emulator->check().passes(options_.least_q2, options_.least_coverage));
    wave.emulators.push_back(report.used.back() ? emulator : nullptr);
  }
  ratios_ = ratios_.cwiseMax(wave_ratio(wave, box_.from_unit(draws_)));
  waves_.push_back(std::move(wave));
  constexpr Index candidates_per_run = 10;
  const RegionSample left = sample(candidates_per_run * options_.runs);
  report.volume = left.volume;
  report.relative_error = left.relative_error;
  report.levels = left.levels;
  const double before = reports_.empty() ? 1.0 : reports_.back().volume;
  report.kept = before > 0.0 ? report.volume / before : 0.0;
  reports_.push_back(std::move(report));
  choose_design(left.points);
  return reports_.back();
}

Vector HistoryMatching::wave_ratio(const Wave& wave, const Matrix& X) const {
  Matrix I = Matrix::Zero(X.rows(), Index(targets_.size()));
  for (Index m = 0; m < I.cols(); ++m) {
    const auto& emulator = wave.emulators[std::size_t(m)];
    if (!emulator) continue;
    const Prediction p = emulator->predict(X);
    for (Index i = 0; i < I.rows(); ++i)
      I(i, m) = implausibility(targets_[std::size_t(m)], p.mean(i), p.variance(i) + emulator->hyper().nugget);
  }
  return nth_largest(I, options_.nth) / options_.cutoff;
}

Vector HistoryMatching::ratio(const Matrix& X, double enough) const {
  Vector worst = Vector::Zero(X.rows());
  for (const Wave& wave : waves_) {
    std::vector<Index> open;
    for (Index i = 0; i < worst.size(); ++i)
      if (worst(i) <= enough) open.push_back(i);
    Matrix rows(Index(open.size()), X.cols());
    for (Index k = 0; k < rows.rows(); ++k) rows.row(k) = X.row(open[std::size_t(k)]);
    const Vector here = wave_ratio(wave, rows);
    for (Index k = 0; k < rows.rows(); ++k)
      worst(open[std::size_t(k)]) = std::max(worst(open[std::size_t(k)]), here(k));
  }
  return worst;
}

RegionSample HistoryMatching::sample(Index count) const {
  const Ratio of_unit = [&](const Matrix& u, double enough) { return ratio(box_.from_unit(u), enough); };
  RegionSample out = sample_region(of_unit, draws_, ratios_, count, options_.region);
  out.points = box_.from_unit(out.points);
  return out;
}

std::vector<double> HistoryMatching::numbers() const {
  Writer writer;
  auto waves = waves_;
  writer(waves);
  return std::move(writer.numbers);
}

void HistoryMatching::restore(std::span<const double> numbers) {
  std::vector<Wave> waves;
  Reader reader(numbers);
  reader(waves);
  require(reader.at_end(), "state of history matching: ", numbers.size(), " numbers, fewer were expected");
  waves_.clear();
  reports_.clear();
  ratios_.setZero();
  for (const Wave& wave : waves) add_wave(wave.X, wave.metrics);
  if (waves.empty()) choose_design({});
}

}  // namespace tilth::calibration
