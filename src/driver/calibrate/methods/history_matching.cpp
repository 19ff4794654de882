// History matching in waves: what parameters cannot be right.
#include <cmath>

#include "assim/calibration/history/history_matching.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/calibrate/methods/feature_targets.hpp"
#include "driver/calibrate/methods/matching_rules.hpp"
#include "driver/calibrate/methods/registered.hpp"
#include "driver/calibrate/methods/search_method.hpp"
#include "driver/calibrate/methods/set_reading.hpp"
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
  std::vector<std::string> designs;
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
    s.words("designs", designs)
        .about(
            "Waves that have been run: files with z_<parameter> and feature_<target>, such as wave_1.csv of a run, or "
            "design.csv of the method given on next_wave.csv. They count among the waves.");
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
        matching_(setting.box, targets_.targets, o.options(setting.box.size(), setting.seed)) {
    std::vector<std::string> names;
    for (const std::string& name : targets_.names) names.push_back(feature_column + name);
    for (const std::string& file : o.designs) read_wave(read_sets(file, setting, names));
  }

  SearchRequest ask() const override { return {SearchRequest::What::features, matching_.ask()}; }
  void tell(std::span<const SetResult> results) override;
  bool finished() const override {
    return failed_ || int(matching_.waves().size()) >= o_.waves || matching_.ask().rows() == 0;
  }
  SearchResult result() const override;

 private:
  void read_wave(const SetTable& read);
  void consider(const Matrix& z, Index row, double J);
  void end_wave(const Matrix& z, const Matrix& metrics);

  SearchSetting setting_;
  MatchingOptions o_;
  FeatureTargets targets_;
  calibration::HistoryMatching matching_;
  WaveDesigns designs_;
  std::vector<SetTable> sets_;  // of waves run here
  Vector best_;
  double value_ = INFINITY;
  bool failed_ = false;
};

void MatchingSearch::consider(const Matrix& z, Index row, double J) {
  if (!(J < value_)) return;
  value_ = J;
  best_ = z.row(row).transpose();
}

void MatchingSearch::end_wave(const Matrix& z, const Matrix& metrics) {
  designs_.add(z, metrics);
  const Index good = z.rows() - Index(calibration::failed_rows(metrics).size());
  failed_ = good < z.cols() + 2;  // too few for an emulator
  if (!failed_) matching_.add_wave(z, metrics);
}

void MatchingSearch::read_wave(const SetTable& read) {
  const bool has_J = read.results.front() == "J";
  for (Index i = 0; has_J && i < read.z.rows(); ++i) consider(read.z, i, read.values(i, 0));
  end_wave(read.z, read.values.rightCols(Index(targets_.targets.size())));
}

void MatchingSearch::tell(std::span<const SetResult> results) {
  const Matrix z = matching_.ask();
  Matrix metrics(z.rows(), Index(targets_.targets.size()));
  for (Index i = 0; i < z.rows(); ++i) {
    metrics.row(i) = targets_.row(results[std::size_t(i)]).transpose();
    consider(z, i, results[std::size_t(i)].J);
  }
  sets_.push_back(set_table(text("wave_", designs_.z.size() + 1), z, results, setting_.features));
  end_wave(z, metrics);
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
  out.sets = sets_;
  if (matching_.ask().rows() > 0) out.sets.push_back({"next_wave", matching_.ask()});
  return out;
}

}  // namespace

const Plugin<CalibrationMethod> calibration_method::history_matching =
    plugin<CalibrationMethod, SearchMethod<MatchingOptions, made<MatchingSearch, MatchingOptions>>>(
        "history matching in waves: the space not ruled out yet");

}  // namespace tilth
