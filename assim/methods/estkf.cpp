#include <fmt/format.h>

#include <Eigen/Dense>
#include <cmath>

#include "assim/inflation.hpp"
#include "assim/methods/ensemble_solve.hpp"
#include "assim/methods/make_method.hpp"
#include "assim/methods/registered.hpp"

namespace tilth {
namespace {

/// Error-subspace transform Kalman filter (Nerger et al. 2012, Mon. Wea. Rev. 140): the analysis in the N - 1
/// directions that anomalies span, L = X' Omega, and the symmetric root. Its members are those of the ETKF with the
/// symmetric root, so that the solver of the LETKF serves it as well.
class Estkf final : public AnalysisMethod {
 public:
  struct Options {
    double inflation = 1.0;
    std::string solver = "lanes";
    void describe(Schema& s) {
      describe_inflation(s, inflation);
      s.text("solver", solver)
          .one_of({"lanes", "eigen"})
          .about("lanes: the solver of letkf, which gives the same members; eigen: the error-subspace form itself.");
    }
  };
  explicit Estkf(const Options& options)
      : inflation_(options.inflation),
        lanes_(options.solver == "lanes" ? make_method("letkf", fmt::format("{{inflation: {}}}", inflation_))
                                         : nullptr) {}

  void update(const ObsSpace& space, std::span<LocalProblem> batch) const override {
    if (lanes_) return lanes_->update(space, batch);
    for (const LocalProblem& problem : batch) update(local_gram(space, problem), space.members, problem.rows);
  }
  void update(const ObsGram& gram, int members, std::span<double* const> rows) const override;
  bool perturbs() const override { return false; }

 private:
  double inflation_;
  std::unique_ptr<AnalysisMethod> lanes_;
};

/// Projection on the error subspace, N x (N - 1) with orthonormal columns that sum to zero (Nerger et al. 2012, eq.
/// 24).
Eigen::MatrixXd omega(int N) {
  const double root = 1.0 / std::sqrt(double(N)), share = 1.0 / (N * (root + 1.0));
  Eigen::MatrixXd O = Eigen::MatrixXd::Constant(N, N - 1, -share);
  O.diagonal().array() += 1.0;
  O.row(N - 1).setConstant(-root);
  return O;
}

void Estkf::update(const ObsGram& gram, int members, std::span<double* const> rows) const {
  if (gram.count == 0.0 || rows.empty()) return;
  if (lanes_) return lanes_->update(gram, members, rows);
  const int N = members;
  const Eigen::Map<const Eigen::MatrixXd> YtRY(gram.YtRY.data(), N, N);
  const Eigen::Map<const Eigen::VectorXd> YtRd(gram.YtRd.data(), N);
  const Eigen::MatrixXd O = omega(N);
  // eq. 26: A^-1 = (N - 1) / inflation I + (HL)' R^-1 HL; eq. 28: w; eq. 30: W = sqrt(N - 1) A^1/2 Omega'
  Eigen::MatrixXd inverse_A = O.transpose() * YtRY * O;
  inverse_A.diagonal().array() += (N - 1) / inflation_;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(inverse_A);
  const Eigen::MatrixXd& V = eigen.eigenvectors();
  const Eigen::VectorXd s = eigen.eigenvalues();
  const Eigen::VectorXd w = V * (V.transpose() * (O.transpose() * YtRd)).cwiseQuotient(s);
  const Eigen::MatrixXd root = V * s.cwiseSqrt().cwiseInverse().asDiagonal() * V.transpose();
  for (double* row : rows) {
    Eigen::VectorXd x(N);
    std::copy_n(row, N, x.data());
    const double mean = member_mean({row, std::size_t(N)});
    const Eigen::VectorXd L = O.transpose() * x;  // Omega removes the mean
    const Eigen::VectorXd anomaly = std::sqrt(N - 1.0) * (O * (root * L));
    for (int k = 0; k < N; ++k) row[k] = mean + L.dot(w) + anomaly[k];
  }
}

}  // namespace

namespace methods {
const Plugin<AnalysisMethod> estkf = plugin<AnalysisMethod, Estkf>(
    "error-subspace transform Kalman filter with the symmetric root (Nerger et al. 2012)");
}  // namespace methods

}  // namespace tilth
