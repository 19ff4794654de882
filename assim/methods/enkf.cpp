#include <cmath>

#include "assim/methods/ensemble_solve.hpp"
#include "assim/methods/registered.hpp"
#include "core/base/error.hpp"

namespace tilth {
namespace {

/// Stochastic ensemble Kalman filter (Burgers et al. 1998): every member assimilates the observations plus its own draw
/// of their errors.
class Enkf final : public AnalysisMethod {
 public:
  struct Options {
    double inflation = 1.0;
    void describe(Schema& s) { describe_inflation(s, inflation); }
  };
  explicit Enkf(Options options) : options_(options) {}

  void update(const ObsSpace& space, std::span<LocalProblem> batch) const override {
    for (const LocalProblem& problem : batch) {
      if (problem.rows.empty()) continue;
      apply(EnsembleSolve(space, problem, (space.members - 1) / options_.inflation), space.members, problem.rows);
    }
  }
  void update(const ObsGram& gram, int members, std::span<double* const> rows) const override {
    if (!rows.empty()) apply(EnsembleSolve(gram, members, (members - 1) / options_.inflation), members, rows);
  }
  bool perturbs() const override { return true; }

 private:
  /// Anomalies: inflated x' - K Y, plus K E.
  void apply(const EnsembleSolve& solve, int N, std::span<double* const> rows) const {
    if (solve.empty()) return;
    const double spread = std::sqrt(options_.inflation);
    for (double* row : rows) {
      const SolvedRow x = solve.solve(row);
      require(x.perturbed.size() == N, "enkf: the observations come without their perturbations");
      for (int k = 0; k < N; ++k) row[k] = x.mean + x.increment + spread * x.kept[k] + x.perturbed[k];
    }
  }
  Options options_;
};

}  // namespace

namespace methods {
const Plugin<AnalysisMethod> enkf = plugin<AnalysisMethod, Enkf>(
    "stochastic ensemble Kalman filter with perturbed observations (Evensen 1994; Burgers et al. 1998)");
}  // namespace methods

}  // namespace tilth
