#include "assim/calibration/cost/posterior.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"

namespace tilth::calibration {

Matrix correlation_of(const Matrix& covariance) {
  const Vector inverse = covariance.diagonal().cwiseSqrt().unaryExpr([](double s) { return s > 0.0 ? 1.0 / s : 0.0; });
  return inverse.asDiagonal() * covariance * inverse.asDiagonal();
}

Posterior posterior_by_curvature(const CostFunction& cost, const Matrix& G) {
  const Matrix& B = cost.background().covariance;
  const Matrix H = cost.observation_hessian(G);
  const Eigen::MatrixXd L = Eigen::MatrixXd(B).llt().matrixL();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(L.transpose() * H * L);
  Posterior out;
  out.spectrum = solver.eigenvalues().reverse().cwiseMax(0.0);
  const Eigen::MatrixXd V = L * solver.eigenvectors().rowwise().reverse();
  // (H + B^-1)^-1 = L (I + L' H L)^-1 L': no inverse of a matrix that hardly has one.
  out.covariance = V * (1.0 + out.spectrum.array()).inverse().matrix().asDiagonal() * V.transpose();
  out.correlation = correlation_of(out.covariance);
  out.sd = out.covariance.diagonal().cwiseSqrt();
  const Vector prior = B.diagonal().cwiseSqrt();
  out.reduction = (1.0 - out.sd.array() / prior.array()).matrix();
  out.directions = prior.cwiseInverse().asDiagonal() * V;
  out.signal_degrees = (out.spectrum.array() / (1.0 + out.spectrum.array())).sum();
  return out;
}

std::vector<CorrelatedPair> correlated_pairs(const Matrix& correlation, double least) {
  std::vector<CorrelatedPair> pairs;
  for (Index i = 0; i < correlation.rows(); ++i)
    for (Index j = i + 1; j < correlation.cols(); ++j)
      if (std::abs(correlation(i, j)) >= least) pairs.push_back({i, j, correlation(i, j)});
  std::stable_sort(pairs.begin(), pairs.end(), [](const CorrelatedPair& a, const CorrelatedPair& b) {
    return std::abs(a.correlation) > std::abs(b.correlation);
  });
  return pairs;
}

Eigen::VectorXi at_bounds(const Box& box, const Vector& x, double margin) {
  Eigen::VectorXi out = Eigen::VectorXi::Zero(box.size());
  for (Index d = 0; d < box.size(); ++d) {
    const double u = (x(d) - box.lower(d)) / (box.upper(d) - box.lower(d));
    if (u <= margin) out(d) = -1;
    if (u >= 1.0 - margin) out(d) = 1;
  }
  return out;
}

Equifinality equifinality(const Box& box, const Matrix& optima, const Vector& values, double slack) {
  require(optima.rows() == values.size() && optima.cols() == box.size(), "equifinality: ", optima.rows(),
          " parameter sets with ", values.size(), " values");
  double least = INFINITY;
  for (const double v : values)
    if (std::isfinite(v)) least = std::min(least, v);
  Equifinality out;
  for (Index i = 0; i < values.size(); ++i)
    if (values(i) <= least + slack && optima.row(i).allFinite()) out.rows.push_back(i);
  require(!out.rows.empty(), "equifinality: none of ", values.size(), " values is finite");
  Matrix u(Index(out.rows.size()), box.size());
  for (Index i = 0; i < u.rows(); ++i) u.row(i) = optima.row(out.rows[std::size_t(i)]);
  u = box.to_unit(u);
  out.range = (u.colwise().maxCoeff() - u.colwise().minCoeff()).transpose();
  const Matrix centred = u.rowwise() - u.colwise().mean();
  const Matrix C = centred.transpose() * centred / double(std::max<Index>(u.rows() - 1, 1));
  out.sd = C.diagonal().cwiseSqrt();
  if (u.rows() >= 3) out.correlation = correlation_of(C);
  return out;
}

}  // namespace tilth::calibration
