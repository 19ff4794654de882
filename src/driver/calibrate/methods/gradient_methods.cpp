// Searches along gradients from several starts: quasi-Newton with exact ones, the same with finite differences, and
// Gauss-Newton on residuals.
#include <algorithm>
#include <cmath>

#include "assim/calibration/design/latin_hypercube.hpp"
#include "assim/calibration/optimise/gauss_newton.hpp"
#include "assim/calibration/optimise/multi_start.hpp"
#include "driver/calibrate/methods/registered.hpp"
#include "driver/calibrate/methods/search_method.hpp"
#include "driver/calibrate/methods/value_search.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

namespace {

struct StartOptions {
  int starts = 16, iterations = 100;
  double tolerance = 1e-8;
  void describe(Schema& s) {
    s.integer("starts", starts).in(1, 100000).about("Searches: from the start, and from a Latin hypercube of the box.");
    s.integer("iterations", iterations).in(1, 100000).about("Most steps of a search.");
    s.real("tolerance", tolerance)
        .above(0.0)
        .about("A search ends when a step gains less than this share of J, or the slope across the box is less.");
  }
};

calibration::MultiStartOptions multi_start(const StartOptions& o, std::uint64_t seed) {
  calibration::MultiStartOptions out;
  out.starts = o.starts;
  out.search.max_iterations = o.iterations;
  out.search.gradient_tolerance = out.search.value_tolerance = o.tolerance;
  out.seed = seed;
  return out;
}

SearchResult starts_of(const calibration::MultiStart& search) {
  SearchResult out = best_of(search);
  out.optima = search.optima();
  out.optimum_values = search.optimum_values();
  return out;
}

class GradientSearch final : public CalibrationSearch {
 public:
  GradientSearch(const SearchSetting& s, const StartOptions& o) : search_(s.box, s.start, multi_start(o, s.seed)) {}
  SearchRequest ask() const override { return {SearchRequest::What::gradient, search_.ask_points()}; }
  void tell(std::span<const SetResult> results) override {
    Matrix gradients = Matrix::Constant(Index(results.size()), search_.ask_points().cols(), NAN);
    for (std::size_t i = 0; i < results.size(); ++i)
      if (results[i].gradient.size() > 0) gradients.row(Index(i)) = results[i].gradient.transpose();
    search_.tell_gradients(values_of(results), gradients);
  }
  bool finished() const override { return search_.finished(); }
  SearchResult result() const override { return starts_of(search_); }

 private:
  calibration::MultiStart search_;
};

struct DifferenceOptions {
  StartOptions search;
  double step = 1e-4;
  void describe(Schema& s) {
    search.describe(s);
    s.real("step", step).in(1e-9, 0.1).about("Of the differences, in widths of the box.");
  }
};

std::unique_ptr<CalibrationSearch> finite_difference_search(const SearchSetting& s, const DifferenceOptions& o) {
  auto options = multi_start(o.search, s.seed);
  options.step = o.step;
  return std::make_unique<ValueSearch<calibration::MultiStart>>(calibration::MultiStart(s.box, s.start, options),
                                                                starts_of);
}

/// Gauss-Newton searches side by side.
class GaussNewtonSearch final : public CalibrationSearch {
 public:
  GaussNewtonSearch(const SearchSetting& s, const StartOptions& o) {
    Matrix starts = s.box.from_unit(calibration::latin_hypercube(o.starts, s.box.size(), s.seed));
    starts.row(0) = s.start.transpose();
    calibration::GaussNewtonOptions options;
    options.max_iterations = o.iterations;
    options.gradient_tolerance = options.value_tolerance = o.tolerance;
    for (Index i = 0; i < starts.rows(); ++i) searches_.emplace_back(s.box, starts.row(i).transpose(), options);
    abandoned_.assign(searches_.size(), false);
  }
  SearchRequest ask() const override {
    const auto which = open();
    Matrix z(Index(which.size()), searches_[0].best().size());
    for (Index i = 0; i < z.rows(); ++i) z.row(i) = searches_[which[std::size_t(i)]].ask().transpose();
    return {SearchRequest::What::least_squares, z};
  }
  void tell(std::span<const SetResult> results) override {
    const auto which = open();
    for (std::size_t i = 0; i < which.size(); ++i) {
      auto& search = searches_[which[i]];
      if (std::isfinite(results[i].J))
        search.tell(results[i].residuals, results[i].jacobian);
      else if (search.evaluations() == 0)
        abandoned_[which[i]] = true;
      else
        search.tell(Vector::Constant(1, NAN), Matrix());
    }
  }
  bool finished() const override { return open().empty(); }
  SearchResult result() const override {
    SearchResult out;
    out.optima.resize(Index(searches_.size()), searches_[0].best().size());
    out.optimum_values.resize(Index(searches_.size()));
    for (std::size_t i = 0; i < searches_.size(); ++i) {
      out.optima.row(Index(i)) = searches_[i].best().transpose();
      out.optimum_values(Index(i)) = abandoned_[i] ? NAN : searches_[i].value();
      if (abandoned_[i] || !(searches_[i].value() < out.value)) continue;
      out.value = searches_[i].value();
      out.best = searches_[i].best();
    }
    return out;
  }

 private:
  std::vector<std::size_t> open() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < searches_.size(); ++i)
      if (!abandoned_[i] && !searches_[i].finished()) out.push_back(i);
    return out;
  }
  std::vector<calibration::GaussNewton> searches_;
  std::vector<bool> abandoned_;
};

}  // namespace

namespace calibration_method {

const Plugin<CalibrationMethod> quasi_newton =
    plugin<CalibrationMethod, SearchMethod<StartOptions, made<GradientSearch, StartOptions>, true>>(
        "bounded quasi-Newton of PETSc's TAO (BQNLS) along exact gradients, from several starts");
const Plugin<CalibrationMethod> gauss_newton =
    plugin<CalibrationMethod, SearchMethod<StartOptions, made<GaussNewtonSearch, StartOptions>, true>>(
        "bounded Gauss-Newton of PETSc's TAO (BRGN) on residuals with exact derivatives, from several starts");
const Plugin<CalibrationMethod> finite_difference =
    plugin<CalibrationMethod, SearchMethod<DifferenceOptions, finite_difference_search>>(
        "quasi-Newton along differences of runs, from several starts");

}  // namespace calibration_method

}  // namespace tilth
