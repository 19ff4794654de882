#include "assim/calibration/cost/cost_function.hpp"

#include <cmath>

#include "core/base/error.hpp"

namespace tilth::calibration {
namespace {

Matrix selected(const Matrix& all, const std::vector<Index>& rows) {
  Matrix out(Index(rows.size()), all.cols());
  for (Index i = 0; i < out.rows(); ++i) out.row(i) = all.row(rows[std::size_t(i)]);
  return out;
}

void check(const ObservationStream& s) {
  const Index n = s.value.size();
  require(n > 0 && s.weight >= 0.0, "stream ", s.name, ": ", n, " values with weight ", s.weight,
          "; needs values and a weight of 0 or more");
  if (s.covariance.size() > 0) {
    require(s.covariance.rows() == n && s.covariance.cols() == n && s.correlation_time == 0.0, "stream ", s.name,
            ": covariance of ", s.covariance.rows(), " x ", s.covariance.cols(), " for ", n,
            " values; give it without a correlation time");
    return;
  }
  require((s.sigma.size() == 1 || s.sigma.size() == n) && (s.sigma.array() > 0.0).all(), "stream ", s.name, ": ",
          s.sigma.size(), " error standard deviations for ", n, " values; one or as many, all positive");
  require(s.correlation_time == 0.0 || s.time.size() == n, "stream ", s.name, ": ", s.time.size(), " times for ", n,
          " values with correlated errors; one each");
}

}  // namespace

CostFunction::CostFunction(std::vector<ObservationStream> streams, Background background)
    : streams_(std::move(streams)), background_(std::move(background)) {
  for (const ObservationStream& stream : streams_) {
    check(stream);
    whitening_.push_back(whitening_of(stream, rows_));
    rows_ += stream.value.size();
  }
  require(background_.covariance.rows() == background_.mean.size() &&
              background_.covariance.cols() == background_.mean.size(),
          "background: covariance of ", background_.covariance.rows(), " x ", background_.covariance.cols(), " for ",
          background_.mean.size(), " parameters");
  B_.compute(background_.covariance);
  require(B_.info() == Eigen::Success, "background: the covariance is not positive definite");
}

CostFunction::Whitening CostFunction::whitening_of(const ObservationStream& s, Index first) const {
  Whitening w;
  std::vector<Index> own;
  for (Index i = 0; i < s.value.size(); ++i)
    if (std::isfinite(s.value(i))) own.push_back(i);
  for (const Index i : own) w.rows.push_back(first + i);
  const auto n = Index(own.size());
  if (s.covariance.size() > 0) {
    Eigen::MatrixXd R(n, n);
    for (Index i = 0; i < n; ++i)
      for (Index j = 0; j < n; ++j) R(i, j) = s.covariance(own[std::size_t(i)], own[std::size_t(j)]);
    const Eigen::LLT<Eigen::MatrixXd> factor(R);
    require(factor.info() == Eigen::Success, "stream ", s.name, ": the error covariance is not positive definite");
    w.L = factor.matrixL();
    return w;
  }
  w.sigma = s.sigma.size() == 1 ? Vector::Constant(n, s.sigma(0)) : Vector(selected(s.sigma, own).col(0));
  if (s.correlation_time <= 0.0) return w;
  w.phi = Vector::Zero(n);
  for (Index i = 1; i < n; ++i) {
    const double dt = s.time(own[std::size_t(i)]) - s.time(own[std::size_t(i - 1)]);
    require(dt > 0.0, "stream ", s.name, ": time ", s.time(own[std::size_t(i)]), " after ",
            s.time(own[std::size_t(i - 1)]), "; times of correlated errors ascend");
    w.phi(i) = std::exp(-dt / s.correlation_time);
  }
  return w;
}

Matrix CostFunction::whitened(const Whitening& w, const Matrix& columns) const {
  if (w.L.size() > 0) return Eigen::MatrixXd(w.L).triangularView<Eigen::Lower>().solve(Eigen::MatrixXd(columns));
  Matrix z = w.sigma.cwiseInverse().asDiagonal() * columns;
  // Markov sequence: exact for any spacing, gaps included.
  for (Index i = w.phi.size() - 1; i > 0; --i)
    z.row(i) = (z.row(i) - w.phi(i) * z.row(i - 1)).eval() / std::sqrt(1.0 - w.phi(i) * w.phi(i));
  return z;
}

Index CostFunction::used() const {
  Index n = 0;
  for (const Whitening& w : whitening_) n += Index(w.rows.size());
  return n;
}

Cost CostFunction::evaluate(const Vector& x, const Vector& prediction) const {
  require(prediction.size() == rows_ && x.size() == background_.mean.size(), "cost: ", prediction.size(),
          " predictions and ", x.size(), " parameters, expected ", rows_, " and ", background_.mean.size());
  Cost cost;
  Index first = 0;
  for (std::size_t k = 0; k < streams_.size(); first += streams_[k].value.size(), ++k) {
    const ObservationStream& s = streams_[k];
    const Whitening& w = whitening_[k];
    StreamCost part{s.name, Index(w.rows.size()), s.value.size() - Index(w.rows.size()), s.weight};
    const Vector departure = s.value - prediction.segment(first, s.value.size());
    std::vector<Index> own;
    for (const Index row : w.rows) own.push_back(row - first);
    part.chi2 = own.empty() ? 0.0 : whitened(w, selected(departure, own)).squaredNorm();
    part.cost = 0.5 * s.weight * part.chi2;
    cost.observations += part.cost;
    cost.streams.push_back(std::move(part));
  }
  cost.background = 0.5 * B_.matrixL().solve(x - background_.mean).squaredNorm();
  cost.total = cost.observations + cost.background;
  return cost;
}

Vector CostFunction::residuals(const Vector& x, const Vector& prediction) const {
  Vector out(used() + x.size());
  Index at = 0, first = 0;
  for (std::size_t k = 0; k < streams_.size(); first += streams_[k].value.size(), ++k) {
    const Whitening& w = whitening_[k];
    Vector departure(Index(w.rows.size()));
    for (Index i = 0; i < departure.size(); ++i)
      departure(i) = prediction(w.rows[std::size_t(i)]) - streams_[k].value(w.rows[std::size_t(i)] - first);
    if (departure.size() > 0)
      out.segment(at, departure.size()) = std::sqrt(streams_[k].weight) * whitened(w, departure).col(0);
    at += departure.size();
  }
  out.tail(x.size()) = B_.matrixL().solve(x - background_.mean);
  return out;
}

Matrix CostFunction::residual_jacobian(const Matrix& G) const {
  const Index d = background_.mean.size();
  require(G.rows() == rows_ && G.cols() == d, "cost: derivatives of ", G.rows(), " x ", G.cols(), ", expected ", rows_,
          " x ", d);
  Matrix out(used() + d, d);
  Index at = 0;
  for (std::size_t k = 0; k < streams_.size(); ++k) {
    const Whitening& w = whitening_[k];
    const auto n = Index(w.rows.size());
    if (n > 0) out.middleRows(at, n) = std::sqrt(streams_[k].weight) * whitened(w, selected(G, w.rows));
    at += n;
  }
  out.bottomRows(d) = B_.matrixL().solve(Eigen::MatrixXd::Identity(d, d));
  return out;
}

Vector CostFunction::gradient(const Vector& x, const Vector& prediction, const Matrix& G) const {
  return residual_jacobian(G).transpose() * residuals(x, prediction);
}

Matrix CostFunction::observation_hessian(const Matrix& G) const {
  const Matrix J = residual_jacobian(G).topRows(used());
  return J.transpose() * J;
}

Matrix CostFunction::background_hessian() const {
  const Index d = background_.mean.size();
  return B_.solve(Eigen::MatrixXd::Identity(d, d));
}

}  // namespace tilth::calibration
