// Calibration by ensembles, with the iterative methods of the analysis.
#include <algorithm>
#include <cmath>

#include "assim/calibration/draws.hpp"
#include "assim/calibration/ensemble/ensemble_calibration.hpp"
#include "assim/iterative/registered.hpp"
#include "core/base/error.hpp"
#include "driver/calibrate/methods/registered.hpp"
#include "driver/calibrate/methods/value_search.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

namespace {

/// Members of the prior within the box.
Matrix prior_members(const SearchSetting& s, int size) {
  const calibration::Draws draws(s.seed, calibration::Stream::ensemble);
  const Eigen::MatrixXd L = Eigen::MatrixXd(s.prior).llt().matrixL();
  Matrix members(size, s.box.size());
  for (Index k = 0; k < members.rows(); ++k) {
    Vector xi(s.box.size());
    for (Index j = 0; j < xi.size(); ++j) xi(j) = draws.normal(-1, k, j);
    members.row(k) = (L * xi).cwiseMax(s.box.lower).cwiseMin(s.box.upper).transpose();
  }
  return members;
}

/// Members outside of the box run at its bound. When they have come to an end, their mean is run.
class EnsembleSearch final : public CalibrationSearch {
 public:
  EnsembleSearch(std::shared_ptr<const IterativeMethod> method, const SearchSetting& s, int size)
      : box_(s.box),
        calibration_(std::move(method), prior_members(s, size), Vector::Zero(s.departures), Vector::Ones(s.departures),
                     s.seed) {}

  SearchRequest ask() const override {
    if (calibration_.finished()) return {SearchRequest::What::cost, mean().transpose()};
    return {SearchRequest::What::departures, within(calibration_.ask())};
  }
  void tell(std::span<const SetResult> results) override {
    if (calibration_.finished()) {
      value_ = results[0].J;
      finished_ = true;
      return;
    }
    Matrix predictions = Matrix::Constant(Index(results.size()), calibration_.observations(), NAN);
    for (std::size_t k = 0; k < results.size(); ++k)
      if (results[k].departures.size() > 0) predictions.row(Index(k)) = results[k].departures.transpose();
    calibration_.tell(predictions);
  }
  bool finished() const override { return finished_; }
  SearchResult result() const override {
    SearchResult out;
    out.best = mean();
    out.value = value_;
    out.sample = within(calibration_.ask());
    out.sample_of = "ensemble";
    out.notes.push_back(text(calibration_.passes(), " passes of ", out.sample.rows(), " members"));
    return out;
  }

 private:
  Matrix within(const Matrix& z) const {
    Matrix out = z;
    for (Index k = 0; k < z.rows(); ++k)
      out.row(k) = z.row(k).cwiseMax(box_.lower.transpose()).cwiseMin(box_.upper.transpose());
    return out;
  }
  Vector mean() const { return within(calibration_.ask().colwise().mean()).row(0).transpose(); }

  calibration::Box box_;
  calibration::EnsembleCalibration calibration_;
  double value_ = NAN;
  bool finished_ = false;
};

class EnsembleMethod final : public CalibrationMethod {
 public:
  EnsembleMethod(std::shared_ptr<const IterativeMethod> method, int size) : method_(std::move(method)), size_(size) {}
  bool needs_derivatives() const override { return false; }
  std::unique_ptr<CalibrationSearch> start(const SearchSetting& s) const override {
    return std::make_unique<EnsembleSearch>(method_, s, size_);
  }

 private:
  std::shared_ptr<const IterativeMethod> method_;
  int size_;
};

/// Options of the iterative method beside the number of members.
Plugin<CalibrationMethod> of(const Plugin<IterativeMethod>* iterative, int size, std::string about) {
  return {std::move(about), [iterative, size](Schema& s) -> std::function<std::unique_ptr<CalibrationMethod>()> {
            int members = size;
            s.integer("members", members).in(2, 1000000).about("Sets of parameters, drawn from the prior.");
            const auto make = iterative->configure(s);
            return [make, members] {
              return std::make_unique<EnsembleMethod>(std::shared_ptr<const IterativeMethod>(make()), members);
            };
          }};
}

constexpr int usual_members = 100;

}  // namespace

namespace calibration_method {

const Plugin<CalibrationMethod> ensemble_es_mda =
    of(&iterative::es_mda, usual_members, "ensemble smoother with multiple data assimilation");
const Plugin<CalibrationMethod> ensemble_eki =
    of(&iterative::eki, usual_members, "ensemble Kalman inversion, tempered");
const Plugin<CalibrationMethod> ensemble_ienks =
    of(&iterative::ienks, usual_members, "iterative ensemble Kalman smoother");
const Plugin<CalibrationMethod> ensemble_envar =
    of(&iterative::envar_ensemble, usual_members, "4DEnVar with outer loops, members carried along");

}  // namespace calibration_method

}  // namespace tilth
