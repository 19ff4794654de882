#include "assim/calibration/learn/clusters.hpp"

#include <cmath>
#include <numbers>

#include "assim/calibration/draws.hpp"
#include "core/base/error.hpp"

namespace tilth::calibration {
namespace {

// k-means++: every further centre is a row drawn in proportion to its squared distance to the centres so far.
Matrix first_centres(const Matrix& X, int clusters, int start, const Draws& draws) {
  Matrix centre(clusters, X.cols());
  centre.row(0) = X.row(draws.below(X.rows(), start, 0));
  Vector distance = (X.rowwise() - centre.row(0)).rowwise().squaredNorm();
  for (int c = 1; c < clusters; ++c) {
    double left = draws.uniform(start, c) * distance.sum();
    Index chosen = 0;
    while (chosen + 1 < X.rows() && (left -= distance(chosen)) > 0.0) ++chosen;
    centre.row(c) = X.row(chosen);
    distance = distance.cwiseMin((X.rowwise() - centre.row(c)).rowwise().squaredNorm());
  }
  return centre;
}

void assign(const Matrix& X, Clusters& out) {
  out.member = out.nearest(X);
  out.inertia = 0.0;
  for (Index i = 0; i < X.rows(); ++i)
    out.inertia += (X.row(i) - out.centre.row(out.member[std::size_t(i)])).squaredNorm();
}

void move_centres(const Matrix& X, Clusters& out) {
  Matrix sum = Matrix::Zero(out.centre.rows(), X.cols());
  Vector count = Vector::Zero(out.centre.rows());
  for (Index i = 0; i < X.rows(); ++i) {
    sum.row(out.member[std::size_t(i)]) += X.row(i);
    count(out.member[std::size_t(i)]) += 1.0;
  }
  for (Index c = 0; c < count.size(); ++c)
    if (count(c) > 0.0) out.centre.row(c) = sum.row(c) / count(c);  // an empty cluster stays where it is
}

void maximise(const Matrix& X, double floor, Mixture& m) {
  for (Index c = 0; c < m.weight.size(); ++c) {
    const Vector p = m.probability.col(c);
    const double total = std::max(p.sum(), 1e-300);
    m.weight(c) = p.sum() / double(X.rows());
    m.mean.row(c) = (p.transpose() * X) / total;
    const Matrix away = X.rowwise() - m.mean.row(c);
    m.covariance[std::size_t(c)] = away.transpose() * p.asDiagonal() * away / total;
    m.covariance[std::size_t(c)].diagonal().array() += floor;
  }
}

}  // namespace

Standardisation Standardisation::of(const Matrix& X) {
  require(X.rows() >= 1 && X.allFinite(), "features of ", X.rows(), " rows: all must be finite");
  Standardisation s;
  s.mean = X.colwise().mean().transpose();
  s.scale = ((X.rowwise() - s.mean.transpose()).colwise().squaredNorm() / double(X.rows())).cwiseSqrt().transpose();
  for (Index j = 0; j < s.scale.size(); ++j)
    if (!(s.scale(j) > 1e-14 * std::abs(s.mean(j)))) s.scale(j) = INFINITY;
  return s;
}

Matrix Standardisation::operator()(const Matrix& X) const {
  return (X.rowwise() - mean.transpose()) * scale.cwiseInverse().asDiagonal();
}

std::vector<int> Clusters::nearest(const Matrix& X) const {
  std::vector<int> out;
  for (Index i = 0; i < X.rows(); ++i) {
    Index best = 0;
    (centre.rowwise() - X.row(i)).rowwise().squaredNorm().minCoeff(&best);
    out.push_back(int(best));
  }
  return out;
}

Clusters k_means(const Matrix& X, int clusters, const ClusterOptions& options) {
  require(clusters >= 1 && clusters <= X.rows() && X.allFinite(), clusters, " clusters of ", X.rows(),
          " rows: at least one row each, all finite");
  const Draws draws(options.seed, Stream::cluster);
  Clusters best;
  best.inertia = INFINITY;
  for (int s = 0; s < std::max(options.starts, 1); ++s) {
    Clusters trial{first_centres(X, clusters, s, draws), {}, 0.0};
    assign(X, trial);
    for (int i = 0; i < options.most_iterations; ++i) {
      const std::vector<int> before = trial.member;
      move_centres(X, trial);
      assign(X, trial);
      if (trial.member == before) break;
    }
    if (trial.inertia < best.inertia) best = std::move(trial);
  }
  return best;
}

Matrix Mixture::responsibility(const Matrix& X, Vector* log_density) const {
  Matrix logs(X.rows(), weight.size());
  for (Index c = 0; c < weight.size(); ++c) {
    const Eigen::LLT<Eigen::MatrixXd> factor(covariance[std::size_t(c)]);
    const Eigen::MatrixXd z = factor.matrixL().solve((X.rowwise() - mean.row(c)).transpose());
    const double norm = std::log(weight(c)) - factor.matrixLLT().diagonal().array().log().sum() -
                        0.5 * double(X.cols()) * std::log(2.0 * std::numbers::pi);
    logs.col(c) = (norm - 0.5 * z.colwise().squaredNorm().array()).matrix().transpose();
  }
  const Vector largest = logs.rowwise().maxCoeff();
  Matrix p = (logs.colwise() - largest).array().exp();
  const Vector sum = p.rowwise().sum();
  if (log_density) *log_density = largest + sum.array().log().matrix();
  return sum.cwiseInverse().asDiagonal() * p;
}

Mixture gaussian_mixture(const Matrix& X, int components, const ClusterOptions& options, double floor) {
  const Clusters start = k_means(X, components, options);
  Mixture m;
  m.weight = Vector::Zero(components);
  m.mean = start.centre;
  m.covariance.assign(std::size_t(components), Matrix());
  m.probability = Matrix::Zero(X.rows(), components);
  for (Index i = 0; i < X.rows(); ++i) m.probability(i, start.member[std::size_t(i)]) = 1.0;
  double last = -INFINITY;
  constexpr double tolerance = 1e-9;  // of the log-likelihood per row
  for (int i = 0; i < options.most_iterations; ++i) {
    maximise(X, floor, m);
    Vector density;
    m.probability = m.responsibility(X, &density);
    m.log_likelihood = density.sum();
    if (m.log_likelihood - last < tolerance * double(X.rows())) break;
    last = m.log_likelihood;
  }
  const double d = double(X.cols()), k = double(components);
  const double free = k - 1.0 + k * d + k * d * (d + 1.0) / 2.0;
  m.bic = -2.0 * m.log_likelihood + free * std::log(double(X.rows()));
  return m;
}

}  // namespace tilth::calibration
