#include "assim/calibration/emulator/emulator.hpp"

#include <cmath>

#include "assim/calibration/design/sobol_sequence.hpp"
#include "assim/calibration/draws.hpp"
#include "assim/calibration/optimise/quasi_newton.hpp"
#include "core/base/error.hpp"

namespace tilth::calibration {
namespace {

// The box as the cube [-1, 1], where trend functions are nearly orthogonal.
Matrix centred(const Box& box, const Matrix& X) { return (2.0 * box.to_unit(X).array() - 1.0).matrix(); }

Hyper hyper_of(const Vector& logs) {
  const Index d = logs.size() - 2;
  return {logs.head(d).array().exp().matrix(), std::exp(logs(d)), std::exp(logs(d + 1))};
}

// Bounds of the logarithms of length scales, variance and nugget.
Box log_bounds(Index d, const EmulatorOptions& options) {
  constexpr double least_variance = 1e-4, most_variance = 1e4;  // of standardised values
  Box box{Vector(d + 2), Vector(d + 2)};
  box.lower.head(d).setConstant(std::log(2.0 * options.shortest));
  box.upper.head(d).setConstant(std::log(2.0 * options.longest));
  box.lower(d) = std::log(least_variance);
  box.upper(d) = std::log(most_variance);
  const bool fixed = options.fixed_nugget >= 0.0;
  const double nugget = std::max(fixed ? options.fixed_nugget : options.least_nugget, 1e-12);
  box.lower(d + 1) = std::log(nugget);
  box.upper(d + 1) = fixed ? std::log(nugget * (1.0 + 1e-9)) : 0.0;  // at most all of the variance
  return box;
}

Vector logs_of(const Hyper& hyper) {
  const Index d = hyper.length_scale.size();
  Vector out(d + 2);
  out << hyper.length_scale.array().log().matrix(), std::log(hyper.variance), std::log(hyper.nugget);
  return out;
}

// Root of the covariance of the logarithms of the hyper-parameters by the curvature of their likelihood, a standard
// deviation of at most 1 along any direction.
Eigen::MatrixXd hyper_root(const GaussianProcess& gp, Kernel kernel, Trend trend, const Box& box) {
  constexpr double step = 0.01;
  const Vector at = logs_of(gp.hyper());
  Eigen::MatrixXd curvature(at.size(), at.size());
  for (Index k = 0; k < at.size(); ++k) {
    Vector up = at, down = at;
    up(k) = std::min(at(k) + step, box.upper(k));
    down(k) = std::max(at(k) - step, box.lower(k));
    const auto gradient = [&](const Vector& logs) {
      return GaussianProcess(gp.X(), gp.y(), kernel, trend, hyper_of(logs)).log_likelihood_gradient();
    };
    curvature.col(k) = (gradient(down) - gradient(up)) / std::max(up(k) - down(k), 1e-12);
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(0.5 * (curvature + curvature.transpose()));
  return eigen.eigenvectors() * eigen.eigenvalues().cwiseMax(1.0).cwiseInverse().cwiseSqrt().asDiagonal();
}

GaussianProcess most_likely(const Matrix& X, const Vector& y, const EmulatorOptions& options) {
  const Index d = X.cols();
  const Box box = log_bounds(d, options);
  const ValueAndGradient cost = [&](const Vector& logs, Vector& gradient) {
    try {
      const GaussianProcess gp(X, y, options.kernel, options.trend, hyper_of(logs));
      gradient = -gp.log_likelihood_gradient();
      return -gp.log_likelihood();
    } catch (const Failure&) {
      return double(INFINITY);  // not positive definite in double precision
    }
  };
  Vector first(d + 2);
  first << Vector::Constant(d, 0.0), 0.0, std::log(1e-3);  // half the cube, the variance of the values
  const Matrix spread = d + 2 <= most_sobol_dimensions ? sobol_points(0, options.starts, d + 2, options.seed)
                                                       : Matrix::Constant(options.starts, d + 2, 0.5);
  // Starts within the inner part of the bounds: length scales of 0.2 to 5, variances of 0.1 to 10.
  Vector best;
  double least = INFINITY;
  for (int s = 0; s < std::max(options.starts, 1); ++s) {
    Vector start = first;
    if (s > 0) {
      start.head(d) = ((spread.row(s).head(d).array() - 0.5) * 3.2).matrix().transpose();
      start(d) = (spread(s, d) - 0.5) * 4.6;
      start(d + 1) = box.lower(d + 1) + spread(s, d + 1) * (box.upper(d + 1) - box.lower(d + 1));
    }
    Vector gradient(d + 2);
    if (!std::isfinite(cost(start.cwiseMax(box.lower).cwiseMin(box.upper), gradient))) continue;
    const QuasiNewton search =
        minimised(cost, box, start, {.gradient_tolerance = 1e-5, .value_tolerance = 1e-9, .max_iterations = 200});
    if (search.value() < least) {
      least = search.value();
      best = search.best();
    }
  }
  ensure(best.size() > 0, "emulator: no start gave a finite likelihood for ", y.size(), " runs; raise least_nugget");
  return {X, y, options.kernel, options.trend, hyper_of(best)};
}

EmulatorCheck checked(const GaussianProcess& gp, double mean, double sd) {
  constexpr double two_sided_95 = 1.959963984540054;
  const Prediction loo = gp.leave_one_out();
  const Vector error = gp.y() - loo.mean, spread = loo.variance.cwiseSqrt();
  EmulatorCheck out;
  out.q2 = 1.0 - error.squaredNorm() / (gp.y().array() - gp.y().mean()).square().sum();
  out.coverage = double((error.array().abs() <= two_sided_95 * spread.array()).count()) / double(error.size());
  out.rmse = sd * std::sqrt(error.squaredNorm() / double(error.size()));
  out.mean = (mean + sd * loo.mean.array()).matrix();
  out.sd = sd * spread;
  return out;
}

// Standard deviation of the values, 1 where they are all the same.
double scale_of(const Vector& y, double mean) {
  const double sd = std::sqrt((y.array() - mean).square().sum() / double(std::max<Index>(y.size() - 1, 1)));
  return sd > 0.0 ? sd : 1.0;
}

}  // namespace

Emulator::Emulator(const Box& box, const Matrix& X, const Vector& y, const EmulatorOptions& options)
    : box_(box), options_(options), failed_(failed_rows(y)), process_([&] {
        require(X.rows() == y.size() && X.cols() == box.size(), "emulator: ", X.rows(), " x ", X.cols(),
                " parameters and ", y.size(), " results for ", box.size(), " dimensions");
        const Vector good = without_rows(y, failed_).col(0);
        require(good.size() >= 2, "emulator: ", good.size(), " of ", y.size(), " runs are usable");
        mean_ = good.mean();
        sd_ = scale_of(good, mean_);
        return most_likely(centred(box, without_rows(X, failed_)), ((good.array() - mean_) / sd_).matrix(), options);
      }()) {
  check_ = checked(process_, mean_, sd_);
}

Prediction Emulator::predict(const Matrix& X) const {
  Prediction out = process_.predict(centred(box_, X));
  out.mean = (mean_ + sd_ * out.mean.array()).matrix();
  out.variance *= sd_ * sd_;
  return out;
}

Matrix Emulator::draws(const Matrix& X, int count, std::uint64_t seed) const {
  constexpr int of_one = 10;
  const Matrix rows = centred(box_, X);
  const Box bounds = log_bounds(box_.size(), options_);
  const Eigen::MatrixXd root = hyper_root(process_, options_.kernel, options_.trend, bounds);
  const Draws draws(seed, Stream::function);
  Matrix out(count, X.rows());
  for (int first = 0; first < count; first += of_one) {
    Vector xi(root.cols());
    for (Index k = 0; k < xi.size(); ++k) xi(k) = draws.normal(-3, first, k);
    const Vector logs = (logs_of(process_.hyper()) + root * xi).cwiseMax(bounds.lower).cwiseMin(bounds.upper);
    const int n = std::min(of_one, count - first);
    Matrix some;
    try {
      const GaussianProcess other(process_.X(), process_.y(), options_.kernel, options_.trend, hyper_of(logs));
      some = other.draws(rows, n, seed + std::uint64_t(first));
    } catch (const Failure&) {  // not positive definite in double precision
      some = process_.draws(rows, n, seed + std::uint64_t(first));
    }
    out.middleRows(first, n) = (mean_ + sd_ * some.array()).matrix();
  }
  return out;
}

Hyper Emulator::hyper() const {
  Hyper hyper = process_.hyper();
  hyper.length_scale = hyper.length_scale.cwiseProduct(0.5 * box_.width());
  hyper.variance *= sd_ * sd_;
  hyper.nugget *= sd_ * sd_;
  return hyper;
}

}  // namespace tilth::calibration
