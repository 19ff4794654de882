#include "driver/calibrate/methods/emulated_posterior.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Eigenvalues>

#include "core/base/error.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

namespace {

// Rows of the sets whose runs are good, by a part of their results.
template <class Part>
std::pair<Matrix, Matrix> good_rows(const Matrix& z, const std::vector<SetResult>& results, Part part) {
  std::vector<Index> good;
  for (std::size_t i = 0; i < results.size(); ++i)
    if (part(results[i]).size() > 0 && part(results[i]).allFinite()) good.push_back(Index(i));
  Matrix sets(Index(good.size()), z.cols()), rows;
  for (std::size_t i = 0; i < good.size(); ++i) {
    const Vector values = part(results[std::size_t(good[i])]);
    if (i == 0) rows.resize(Index(good.size()), values.size());
    sets.row(Index(i)) = z.row(good[i]);
    rows.row(Index(i)) = values.transpose();
  }
  return {sets, rows};
}

}  // namespace

EmulatedOutputs component_outputs(const Matrix& z, const std::vector<SetResult>& results, double part, Index most) {
  EmulatedOutputs out;
  auto [sets, departures] = good_rows(z, results, [](const SetResult& r) { return r.departures; });
  out.z = sets;
  const Index n = departures.rows();
  if (n < 3) return out;
  const Eigen::RowVectorXd mean = departures.colwise().mean();
  departures.rowwise() -= mean;
  // Components by the n x n matrix of products: observations are many more than runs.
  const Eigen::MatrixXd products = departures * departures.transpose();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(products);
  const double all = products.trace();
  const Vector to_target = departures * -mean.transpose();
  Matrix scores(n, std::min(most, n - 1));
  std::vector<double> targets;
  double explained = 0.0;
  Index c = 0;
  for (; c < scores.cols() && all > 0.0 && explained < part * all; ++c) {
    const Index at = n - 1 - c;  // eigenvalues ascend
    const double value = eigen.eigenvalues()(at), root = std::sqrt(std::max(value, 0.0));
    constexpr double round_off = 1e-14;
    if (value <= round_off * all) break;
    scores.col(c) = root * eigen.eigenvectors().col(at);
    targets.push_back(eigen.eigenvectors().col(at).dot(to_target) / root);
    out.names.push_back(text("component ", c + 1));
    explained += value;
  }
  out.outputs = scores.leftCols(c);
  out.target = Eigen::Map<const Vector>(targets.data(), c);
  out.variance = Vector::Ones(c);
  out.explained = all > 0.0 ? explained / all : 1.0;
  return out;
}

EmulatedOutputs feature_outputs(const Matrix& z, const std::vector<SetResult>& results, const FeatureTargets& targets) {
  EmulatedOutputs out;
  std::tie(out.z, out.outputs) =
      good_rows(z, results, [&](const SetResult& r) { return r.features.size() > 0 ? targets.row(r) : Vector(); });
  const auto n = Index(targets.targets.size());
  out.names = targets.names;
  out.target.resize(n);
  out.variance.resize(n);
  for (Index i = 0; i < n; ++i) {
    const calibration::Target& target = targets.targets[std::size_t(i)];
    out.target(i) = target.value;
    out.variance(i) = target.observation_variance + target.structural_variance;
  }
  return out;
}

EmulatedPosterior::EmulatedPosterior(const calibration::Box& box, const EmulatedOutputs& outputs, const Matrix& prior,
                                     const EmulatorSettings& settings, std::uint64_t seed)
    : prior_(Eigen::MatrixXd(prior)) {
  for (Index c = 0; c < outputs.outputs.cols(); ++c) {
    calibration::Emulator emulator(box, outputs.z, outputs.outputs.col(c), settings.options(seed));
    checks_.push_back(emulator.check());
    used_.push_back(settings.passes(emulator.check()));
    if (!used_.back()) continue;
    target_.push_back(outputs.target(c));
    variance_.push_back(outputs.variance(c) + emulator.hyper().nugget);
    emulators_.push_back(std::move(emulator));
  }
}

bool EmulatedPosterior::usable() const { return !emulators_.empty(); }

Vector EmulatedPosterior::value(const Matrix& z) const {
  Vector out(z.rows());
  for (Index i = 0; i < z.rows(); ++i) out(i) = 0.5 * prior_.matrixL().solve(z.row(i).transpose()).squaredNorm();
  for (std::size_t c = 0; c < emulators_.size(); ++c) {
    const calibration::Prediction p = emulators_[c].predict(z);
    for (Index i = 0; i < z.rows(); ++i) {
      const double variance = variance_[c] + p.variance(i), departure = target_[c] - p.mean(i);
      out(i) += 0.5 * (departure * departure / variance + std::log(variance));
    }
  }
  return out;
}

}  // namespace tilth
