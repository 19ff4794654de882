// History matching in waves: what parameters cannot be right.
#include <cmath>

#include "assim/calibration/history/history_matching.hpp"
#include "core/base/error.hpp"
#include "driver/calibrate/methods/feature_targets.hpp"
#include "driver/calibrate/methods/matching_rules.hpp"
#include "driver/calibrate/methods/registered.hpp"
#include "driver/calibrate/methods/search_method.hpp"
#include "driver/calibrate/methods/wave_tables.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

namespace {

struct MatchingOptions {
  int waves = 4, runs = 0;
  double structural = 0.2;
  std::vector<TargetOptions> targets;
  MatchingRules rules;
  void describe(Schema& s) {
    s.integer("waves", waves).in(1, 1000).about("Waves; fewer when nothing is left.");
    s.integer("runs", runs).in(0, 100000).about("Runs per wave; 0: ten per parameter.");
    s.list("targets", targets)
        .about(
            "Features that are compared, such as gpp.mean, or amplitude (of all streams); empty: mean and amplitude of "
            "all.");
    s.real("structural", structural)
        .in(0.0, 1e6)
        .about("Standard deviation of what no parameters can repair, in standard deviations of the stream.");
    rules.describe(s);
  }
  calibration::HistoryOptions options(Index parameters, std::uint64_t seed) const {
    constexpr int runs_per_parameter = 10;
    return rules.options(runs > 0 ? Index(runs) : runs_per_parameter * parameters, seed);
  }
};

class MatchingSearch final : public CalibrationSearch {
 public:
  MatchingSearch(const SearchSetting& setting, const MatchingOptions& o)
      : setting_(setting),
        o_(o),
        targets_(feature_targets(setting, o.targets, o.structural)),
        matching_(setting.box, targets_.targets, o.options(setting.box.size(), setting.seed)) {}

  SearchRequest ask() const override { return {SearchRequest::What::features, matching_.ask()}; }
  void tell(std::span<const SetResult> results) override;
  bool finished() const override {
    return failed_ || int(matching_.waves().size()) >= o_.waves || matching_.ask().rows() == 0;
  }
  SearchResult result() const override;

 private:
  SearchSetting setting_;
  MatchingOptions o_;
  FeatureTargets targets_;
  calibration::HistoryMatching matching_;
  WaveDesigns designs_;
  Vector best_;
  double value_ = INFINITY;
  bool failed_ = false;
};

void MatchingSearch::tell(std::span<const SetResult> results) {
  const Matrix z = matching_.ask();
  Matrix metrics(z.rows(), Index(targets_.targets.size()));
  for (Index i = 0; i < z.rows(); ++i) {
    const SetResult& result = results[std::size_t(i)];
    metrics.row(i) = targets_.row(result).transpose();
    if (!(result.J < value_)) continue;
    value_ = result.J;
    best_ = z.row(i).transpose();
  }
  designs_.add(z, metrics);
  const Index good = z.rows() - Index(calibration::failed_rows(metrics).size());
  failed_ = good < z.cols() + 2;  // too few for an emulator
  if (!failed_) matching_.tell(metrics);
}

SearchResult MatchingSearch::result() const {
  SearchResult out;
  out.best = best_.size() > 0 ? best_ : setting_.start;
  out.value = value_;
  if (!matching_.waves().empty()) {
    out.sample = matching_.sample(o_.rules.sample).points;
    out.sample_of = "space not ruled out";
  }
  out.notes = wave_notes(matching_.waves(), targets_);
  if (failed_) out.notes.emplace_back("too few runs of a wave are good: history matching ended there");
  if (!matching_.waves().empty() && out.sample.rows() == 0)
    out.notes.emplace_back(
        "nothing is left: the model cannot meet the targets within their errors; raise `structural`, or look at the "
        "targets");
  out.tables = wave_tables(matching_.waves(), targets_, designs_, setting_.parameters);
  return out;
}

}  // namespace

const Plugin<CalibrationMethod> calibration_method::history_matching =
    plugin<CalibrationMethod, SearchMethod<MatchingOptions, made<MatchingSearch, MatchingOptions>>>(
        "history matching in waves: the space not ruled out yet");

}  // namespace tilth
