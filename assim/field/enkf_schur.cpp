#include <algorithm>
#include <vector>

#include "assim/field/checked_obs.hpp"
#include "assim/field/column_problems.hpp"
#include "assim/field/localisation_rules.hpp"
#include "assim/field/registered.hpp"
#include "assim/field/schur_system.hpp"
#include "assim/inflation.hpp"
#include "core/parallel/threads.hpp"

namespace tilth {
namespace {

/// Ensemble Kalman filter with perturbed observations and a localised (Schur product) ensemble covariance (Houtekamer &
/// Mitchell 2001): x_k moves by (C o X Y') (C o Y Y' + R)^-1 (y + e_k - hx_k). Perturbations are centred over members,
/// so that the mean is that of the Kalman filter.
class EnkfSchur final : public FieldMethod {
 public:
  struct Options {
    SolveOptions solver{1e-12, 1000};
    void describe(Schema& s) {
      s.section("solver", solver).about("Conjugate gradients for the innovation covariance, once per member.");
    }
  };
  explicit EnkfSchur(Options options) : options_(options) {}
  void update(FieldProblem& problem) const override;

 private:
  Options options_;
};

/// S^-1 (y + e_k - hx_k) of this rank's observations: [own][stride].
AlignedVector<double> weighted_innovations(const SchurSystem& system) {
  const PreparedObs& obs = system.prepared();
  const std::size_t n = system.own().size(), stride = obs.stride;
  AlignedVector<double> z(n * stride, 0.0);
  std::vector<double> b(n), solution(n);
  for (std::size_t k = 0; k < std::size_t(obs.members); ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t o = system.own()[i];
      b[i] = obs.d[o] + obs.E[o * stride + k] - obs.Y[o * stride + k];
    }
    std::fill(solution.begin(), solution.end(), 0.0);
    system.solve(b, solution);
    for (std::size_t i = 0; i < n; ++i) z[i * stride + k] = solution[i];
  }
  return z;
}

/// x_k += sum over observations of weight * cov(x, y) z_k.
void move(double* x, const LocalProblem& problem, const PreparedObs& obs, const ObsTable& z,
          std::vector<double>& work) {
  const std::size_t N = obs.members;
  const double mean = member_mean({x, N});
  double* const increment = work.data();
  double* const anomaly = work.data() + N;
  for (std::size_t k = 0; k < N; ++k) {
    increment[k] = 0.0;
    anomaly[k] = x[k] - mean;
  }
  for (std::size_t j = 0; j < problem.obs.size(); ++j) {
    const std::size_t o = problem.obs[j];
    const double* y = obs.Y.data() + o * obs.stride;
    double product = 0.0;
    for (std::size_t k = 0; k < N; ++k) product += anomaly[k] * y[k];
    const double gain = problem.taper[j] * product / double(N - 1);
    const double* zk = z.predictions(o);
    for (std::size_t k = 0; k < N; ++k) increment[k] += gain * zk[k];
  }
  for (std::size_t k = 0; k < N; ++k) x[k] += increment[k];
}

void EnkfSchur::update(FieldProblem& p) const {
  check_observations(p);
  refuse_shared_rows(p);
  const SchurSystem system(p, options_.solver);
  const int columns = int(p.grid.points.size());
  if (p.record) p.record->local_observations.assign(columns, 0);
  if (system.count() == 0) return;
  const ObsTable z = system.spread(weighted_innovations(system));
  for_each_index(columns, [&](int c) {
    std::vector<double> work(2 * std::size_t(system.table().members));
    const NearObs near =
        observations_near(system.search(), system.table(), p.grid.points[c], p.localisation.largest_reach_km());
    std::size_t most = 0;
    for (const LocalProblem& problem : column_problems(p.localisation, system.table(), near, p.rows.load(c))) {
      most = std::max(most, problem.obs.size());
      for (double* x : problem.rows)
        if (!problem.obs.empty()) move(x, problem, system.prepared(), z, work);
    }
    p.rows.store(c, most > 0);
    if (p.record) p.record->local_observations[c] = int(most);
  });
}

}  // namespace

namespace field_method {
const Plugin<FieldMethod> enkf_schur = plugin<FieldMethod, EnkfSchur>(
    "ensemble Kalman filter with perturbed observations and a localised ensemble covariance (Houtekamer & Mitchell "
    "2001)");
}  // namespace field_method

}  // namespace tilth
