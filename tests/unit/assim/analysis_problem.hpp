#pragma once

#include <Eigen/Dense>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "assim/methods/analysis_method.hpp"
#include "assim/methods/make_method.hpp"
#include "core/base/error.hpp"
#include "core/config/plugin.hpp"
#include "core/random/random.hpp"

namespace tilth::test {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;

inline Vector vector_of(const nlohmann::json& values) {
  const auto v = values.get<std::vector<double>>();
  return Eigen::Map<const Vector>(v.data(), Eigen::Index(v.size()));
}

inline Matrix matrix_of(const nlohmann::json& rows) {
  Matrix m(Eigen::Index(rows.size()), Eigen::Index(rows[0].size()));
  for (std::size_t i = 0; i < rows.size(); ++i) m.row(Eigen::Index(i)) = vector_of(rows[i]).transpose();
  return m;
}

/// Standard normal numbers.
inline Matrix normal_matrix(Eigen::Index rows, Eigen::Index columns, std::int64_t id) {
  const Random random(1, Purpose::test);
  Matrix m(rows, columns);
  for (Eigen::Index i = 0; i < rows; ++i)
    for (Eigen::Index j = 0; j < columns; ++j) m(i, j) = random.normal({.cycle = i, .member = j, .id = id});
  return m;
}

/// A registered method made from `key: value` options in YAML flow style, e.g. "{inflation: 1.1}".
inline std::unique_ptr<AnalysisMethod> method(const std::string& name, const std::string& options = "{}") {
  return make_method(name, options);
}

/// Observations of an ensemble: owns what an ObsSpace refers to.
struct Observed {
  int members = 0, stride = 0;
  AlignedVector<double> Y, E;
  std::vector<double> d, variance;

  /// HE: predictions (observation x member).
  Observed(const Matrix& HE, const Vector& y, const Vector& r)
      : members(int(HE.cols())), stride(padded(members)), Y(std::size_t(HE.rows()) * stride, 0.0) {
    for (Eigen::Index i = 0; i < HE.rows(); ++i) {
      const double mean = HE.row(i).mean();
      for (int k = 0; k < members; ++k) Y[std::size_t(i) * stride + k] = HE(i, k) - mean;
      d.push_back(y(i) - mean);
      variance.push_back(r(i));
    }
  }
  /// Adds perturbations (observation x member), taken as they are.
  Observed& perturb(const Matrix& perturbations) {
    E.assign(Y.size(), 0.0);
    for (Eigen::Index i = 0; i < perturbations.rows(); ++i)
      for (int k = 0; k < members; ++k) E[std::size_t(i) * stride + k] = perturbations(i, k);
    return *this;
  }
  ObsSpace space() const { return {members, stride, Y, d, variance, E}; }
};

/// Problem that sees every observation at full weight and updates the rows of E (aligned copies, see `Rows`).
inline LocalProblem global_problem(const Observed& observed, std::vector<double*> rows) {
  LocalProblem problem;
  problem.obs.resize(observed.d.size());
  std::iota(problem.obs.begin(), problem.obs.end(), 0);
  problem.taper.assign(observed.d.size(), 1.0);
  problem.rows = std::move(rows);
  return problem;
}

/// Rows of an ensemble, aligned and padded as in `Ensemble`.
class Rows {
 public:
  explicit Rows(const Matrix& E) : rows_(int(E.rows())), members_(int(E.cols())), stride_(padded(members_)) {
    data_.assign(std::size_t(rows_) * stride_, 0.0);
    for (int i = 0; i < rows_; ++i)
      for (int k = 0; k < stride_; ++k) data_[std::size_t(i) * stride_ + k] = E(i, std::min(k, members_ - 1));
  }
  double* row(int i) { return data_.data() + std::size_t(i) * stride_; }
  std::span<double> members_of(int i) { return {row(i), std::size_t(members_)}; }
  std::vector<double*> all() {
    std::vector<double*> pointers;
    for (int i = 0; i < rows_; ++i) pointers.push_back(row(i));
    return pointers;
  }
  Matrix matrix() {
    Matrix E(rows_, members_);
    for (int i = 0; i < rows_; ++i)
      for (int k = 0; k < members_; ++k) E(i, k) = row(i)[k];
    return E;
  }

 private:
  int rows_, members_, stride_;
  AlignedVector<double> data_;
};

/// One global update of E, with perturbations of the observations where they are given.
inline Matrix updated(const AnalysisMethod& filter, const Matrix& E, const Matrix& HE, const Vector& y, const Vector& r,
                      const Matrix& perturbations = {}) {
  Rows rows(E);
  Observed observed(HE, y, r);
  if (perturbations.size() > 0) observed.perturb(perturbations);
  std::vector<LocalProblem> batch{global_problem(observed, rows.all())};
  filter.update(observed.space(), batch);
  return rows.matrix();
}

/// Ensemble with exactly this mean and covariance (divisor N - 1). @pre members > mean.size()
inline Matrix exact_ensemble(const Vector& mean, const Matrix& covariance, int members, std::int64_t id) {
  const Eigen::Index n = mean.size();
  Matrix basis = normal_matrix(members, n + 1, id);
  basis.col(0).setOnes();
  const Eigen::MatrixXd Q = Eigen::HouseholderQR<Eigen::MatrixXd>(basis).householderQ();
  const Eigen::MatrixXd L = Eigen::MatrixXd(covariance).llt().matrixL();
  const Eigen::MatrixXd X = std::sqrt(members - 1.0) * L * Q.middleCols(1, n).transpose();
  return Matrix(X.colwise() + mean);
}

/// Perturbations with exactly the covariance diag(r), zero mean, and no sample covariance with the rows of X (variables
/// x members). @pre members > X.rows() + r.size()
inline Matrix exact_perturbations(const Vector& r, const Matrix& X, std::int64_t id) {
  const Eigen::Index N = X.cols(), n = X.rows(), p = r.size();
  Matrix basis = normal_matrix(N, 1 + n + p, id);
  basis.col(0).setOnes();
  basis.middleCols(1, n) = X.transpose();
  const Eigen::MatrixXd Q = Eigen::HouseholderQR<Eigen::MatrixXd>(basis).householderQ();
  return Matrix(std::sqrt(N - 1.0) * r.cwiseSqrt().asDiagonal() * Q.middleCols(1 + n, p).transpose());
}

inline double largest_difference(const Matrix& a, const Matrix& b) { return (a - b).cwiseAbs().maxCoeff(); }

/// Covariance of the members (divisor N - 1).
inline Matrix covariance_of(const Matrix& E) {
  const Matrix X = E.colwise() - E.rowwise().mean();
  return X * X.transpose() / double(E.cols() - 1);
}

/// tolerance * max(1, largest |expected|), the convention of the reference data.
inline double allowed(const Matrix& expected, double tolerance) {
  return tolerance * std::max(1.0, expected.cwiseAbs().maxCoeff());
}

}  // namespace tilth::test
