#include <cmath>

#include "assim/methods/ensemble_solve.hpp"
#include "assim/methods/registered.hpp"

namespace tilth {
namespace {

/// Deterministic ensemble Kalman filter (Sakov & Oke 2008): the mean takes the Kalman gain K, the anomalies half of it,
/// X - K Y / 2. In ensemble space the anomalies are multiplied by (I + c A^-1) / 2.
class Denkf final : public AnalysisMethod {
 public:
  struct Options {
    double inflation = 1.0;
    void describe(Schema& s) { describe_inflation(s, inflation); }
  };
  explicit Denkf(Options options) : options_(options) {}

  void update(const ObsSpace& space, std::span<LocalProblem> batch) const override {
    for (const LocalProblem& problem : batch) {
      if (problem.rows.empty()) continue;
      apply(EnsembleSolve(space, problem, (space.members - 1) / options_.inflation), space.members, problem.rows);
    }
  }
  void update(const ObsGram& gram, int members, std::span<double* const> rows) const override {
    if (!rows.empty()) apply(EnsembleSolve(gram, members, (members - 1) / options_.inflation), members, rows);
  }
  bool perturbs() const override { return false; }

 private:
  void apply(const EnsembleSolve& solve, int N, std::span<double* const> rows) const {
    if (solve.empty()) return;
    const double half = 0.5 * std::sqrt(options_.inflation);
    for (double* row : rows) {
      const SolvedRow x = solve.solve(row);
      for (int k = 0; k < N; ++k) row[k] = x.mean + x.increment + half * (x.anomaly[k] + x.kept[k]);
    }
  }
  Options options_;
};

}  // namespace

namespace methods {
const Plugin<AnalysisMethod> denkf = plugin<AnalysisMethod, Denkf>(
    "deterministic ensemble Kalman filter, the anomalies updated with half the gain (Sakov & Oke 2008)");
}  // namespace methods

}  // namespace tilth
