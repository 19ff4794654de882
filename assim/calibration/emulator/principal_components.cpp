#include "assim/calibration/emulator/principal_components.hpp"

#include <cmath>

#include "core/base/error.hpp"

namespace tilth::calibration {

PrincipalComponents PrincipalComponents::of(const Matrix& Y, double part, Index most) {
  require(Y.rows() >= 2 && Y.allFinite(), "principal components of ", Y.rows(), " runs: at least 2 finite ones");
  PrincipalComponents pc;
  const double n = double(Y.rows() - 1);
  pc.mean = Y.colwise().mean().transpose();
  Eigen::MatrixXd Z = Y.rowwise() - pc.mean.transpose();
  pc.scale = (Z.colwise().squaredNorm() / n).cwiseSqrt().transpose();
  for (double& s : pc.scale)
    if (!(s > 0.0)) s = 1.0;
  Z = Z * pc.scale.cwiseInverse().asDiagonal();
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(Z, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const Vector variance = svd.singularValues().array().square().matrix() / n;
  const double total = variance.sum();
  Index kept = 0;
  while (kept < std::min(most, variance.size()) && pc.explained < part && total > 0.0)
    pc.explained += variance(kept++) / total;
  pc.basis = svd.matrixV().leftCols(kept);
  for (Index k = 0; k < kept; ++k) {  // a sign that does not depend on the decomposition
    Index largest = 0;
    pc.basis.col(k).cwiseAbs().maxCoeff(&largest);
    if (pc.basis(largest, k) < 0.0) pc.basis.col(k) *= -1.0;
  }
  pc.variance = variance.head(kept);
  const Eigen::MatrixXd rest = Z - Z * pc.basis * pc.basis.transpose();
  pc.left_out = (rest.colwise().squaredNorm().transpose() / n).cwiseProduct(pc.scale.cwiseAbs2());
  return pc;
}

Matrix PrincipalComponents::scores(const Matrix& Y) const {
  return (Y.rowwise() - mean.transpose()) * scale.cwiseInverse().asDiagonal() * basis;
}

Matrix PrincipalComponents::outputs(const Matrix& scores) const {
  return Matrix(scores * basis.transpose() * scale.asDiagonal()).rowwise() + mean.transpose();
}

VectorEmulator::VectorEmulator(const Box& box, const Matrix& X, const Matrix& Y, double explained,
                               const EmulatorOptions& options)
    : failed_(failed_rows(Y)), components_(PrincipalComponents::of(without_rows(Y, failed_), explained)) {
  const Matrix runs = without_rows(X, failed_), scores = components_.scores(without_rows(Y, failed_));
  for (Index k = 0; k < scores.cols(); ++k) emulators_.emplace_back(box, runs, scores.col(k), options);
}

VectorEmulator::Outputs VectorEmulator::predict(const Matrix& X) const {
  Matrix mean(X.rows(), Index(emulators_.size())), variance = mean;
  for (Index k = 0; k < mean.cols(); ++k) {
    const Prediction p = emulators_[std::size_t(k)].predict(X);
    mean.col(k) = p.mean;
    variance.col(k) = p.variance;
  }
  const Matrix weights = components_.basis.cwiseAbs2();
  Outputs out{components_.outputs(mean), variance * weights.transpose() * components_.scale.cwiseAbs2().asDiagonal()};
  out.variance.rowwise() += components_.left_out.transpose();
  return out;
}

}  // namespace tilth::calibration
