// No search: the start as it is, for scores and the curvature of J there.
#include "driver/calibrate/methods/registered.hpp"
#include "driver/calibrate/methods/value_search.hpp"

namespace tilth {

namespace {

class GivenSearch final : public CalibrationSearch {
 public:
  explicit GivenSearch(const SearchSetting& s) : z_(s.start) {}
  SearchRequest ask() const override { return {SearchRequest::What::cost, z_.transpose()}; }
  void tell(std::span<const SetResult> results) override {
    value_ = results[0].J;
    finished_ = true;
  }
  bool finished() const override { return finished_; }
  SearchResult result() const override {
    SearchResult out;
    out.best = z_;
    out.value = value_;
    return out;
  }

 private:
  calibration::Vector z_;
  double value_ = 0.0;
  bool finished_ = false;
};

class GivenMethod final : public CalibrationMethod {
 public:
  struct Options {
    void describe(Schema&) {}
  };
  explicit GivenMethod(Options) {}
  bool needs_derivatives() const override { return false; }
  std::unique_ptr<CalibrationSearch> start(const SearchSetting& s) const override {
    return std::make_unique<GivenSearch>(s);
  }
};

}  // namespace

namespace calibration_method {

const Plugin<CalibrationMethod> given =
    plugin<CalibrationMethod, GivenMethod>("no search: scores and curvature at the start or the parameter_table");

}  // namespace calibration_method

}  // namespace tilth
