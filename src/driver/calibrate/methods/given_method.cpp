// No search: the start as it is, for scores and the curvature of J there; or the sets of a file, the best of which
// counts.
#include "driver/calibrate/methods/registered.hpp"
#include "driver/calibrate/methods/search_method.hpp"
#include "driver/calibrate/methods/set_reading.hpp"

namespace tilth {

namespace {

struct GivenOptions {
  std::string design;
  void describe(Schema& s) {
    s.text("design", design)
        .about(
            "Sets to run in place of the defaults, CSV or NetCDF with columns z_<parameter>, such as next_wave.csv of "
            "history matching; what they give is written to design.csv.");
  }
};

class GivenSearch final : public CalibrationSearch {
 public:
  GivenSearch(const SearchSetting& s, const GivenOptions& o)
      : features_(s.features), of_file_(!o.design.empty()), z_(s.start.transpose()), best_(s.start) {
    if (of_file_) z_ = read_sets(o.design, s, {}).z;
  }
  SearchRequest ask() const override {
    return {of_file_ ? SearchRequest::What::features : SearchRequest::What::cost, z_};
  }
  void tell(std::span<const SetResult> results) override {
    for (std::size_t i = 0; i < results.size(); ++i) {
      if (!(results[i].J < value_)) continue;
      value_ = results[i].J;
      best_ = z_.row(calibration::Index(i)).transpose();
    }
    if (of_file_) sets_.push_back(set_table("design", z_, results, features_));
    finished_ = true;
  }
  bool finished() const override { return finished_; }
  SearchResult result() const override {
    SearchResult out;
    out.best = best_;
    out.value = value_;
    out.sets = sets_;
    return out;
  }

 private:
  std::vector<ObservedFeature> features_;
  bool of_file_;
  calibration::Matrix z_;
  calibration::Vector best_;
  double value_ = INFINITY;
  bool finished_ = false;
  std::vector<SetTable> sets_;
};

}  // namespace

namespace calibration_method {

const Plugin<CalibrationMethod> given =
    plugin<CalibrationMethod, SearchMethod<GivenOptions, made<GivenSearch, GivenOptions>>>(
        "no search: scores and curvature at the start, of the parameter_table, or of the best set of a file");

}  // namespace calibration_method

}  // namespace tilth
