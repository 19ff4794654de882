#pragma once

#include <Eigen/Dense>

#include "assim/field/local_analysis.hpp"
#include "core/obs/obs_table.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {

/// Observations of one grid point and stream at the given days, with predictions HE (observation x member).
inline ObsTable sequence(const std::vector<double>& day, const Vector& y, const Vector& sd, const Matrix& HE) {
  ObsTable t;
  t.members = int(HE.cols());
  t.resize(day.size());
  for (std::size_t i = 0; i < day.size(); ++i) {
    const auto j = Eigen::Index(i);
    t.id[i] = std::int64_t(i);
    t.type[i] = 0, t.point[i] = 7, t.column[i] = 0, t.flag[i] = qc_used;
    t.begin[i] = t.end[i] = Time{std::int64_t(day[i] * double(seconds_per_day))};
    t.lon[i] = 10.0, t.lat[i] = 50.0;
    t.value[i] = y(j), t.error_sd[i] = sd(j);
    for (int k = 0; k < t.stride(); ++k) t.predictions(i)[k] = HE(j, std::min<Eigen::Index>(k, HE.cols() - 1));
  }
  return t;
}

/// Covariance of an AR(1) sequence with standard deviations sd and e-folding time in days.
inline Matrix ar1_covariance(const std::vector<double>& day, const Vector& sd, double time_days) {
  const auto n = Eigen::Index(day.size());
  Matrix R(n, n);
  for (Eigen::Index i = 0; i < n; ++i)
    for (Eigen::Index j = 0; j < n; ++j)
      R(i, j) = sd(i) * sd(j) * std::exp(-std::abs(day[std::size_t(i)] - day[std::size_t(j)]) / time_days);
  return R;
}

/// Mean and covariance of rows.
struct Moments {
  Vector mean;
  Matrix covariance;
};
inline Moments moments(const Matrix& E) { return {E.rowwise().mean(), covariance_of(E)}; }

/// Moments of the rows of E after the Kalman update with the sample covariances and the full R: what any exact method
/// must give for independent observations that say the same.
inline Moments kalman(const Matrix& E, const Matrix& HE, const Vector& y, const Matrix& R) {
  const double n1 = double(E.cols() - 1);
  const Matrix A = E.colwise() - E.rowwise().mean(), Y = HE.colwise() - HE.rowwise().mean();
  const Matrix S = Y * Y.transpose() / n1 + R;
  const Matrix K = S.llt().solve(Y * A.transpose() / n1).transpose();
  return {E.rowwise().mean() + K * (y - HE.rowwise().mean()), A * A.transpose() / n1 - K * (Y * A.transpose() / n1)};
}

/// The same rows updated by the LETKF with the table's observations, taken as independent.
inline Moments updated(const Matrix& E, const ObsTable& table) {
  const PreparedObs obs(table, false, {});
  Rows rows(E);
  LocalProblem problem;
  for (std::size_t i = 0; i < table.size(); ++i)
    if (table.flag[i] == qc_used) problem.obs.push_back(std::int32_t(i)), problem.taper.push_back(1.0);
  problem.rows = rows.all();
  std::vector<LocalProblem> batch{problem};
  method("letkf")->update(obs.space(), batch);
  return moments(rows.matrix());
}

}  // namespace tilth::test
