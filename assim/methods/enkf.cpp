#include "assim/methods/ensemble_solve.hpp"
#include "assim/methods/registered.hpp"
#include "core/base/error.hpp"

namespace tilth {
namespace {

/// Stochastic ensemble Kalman filter (Burgers et al. 1998): every member assimilates the observations plus its own draw
/// of their errors.
class Enkf final : public GainFilter {
 public:
  using GainFilter::GainFilter;
  bool perturbs() const override { return true; }

 private:
  /// Anomalies: inflated x' - K Y, plus K E.
  void write(const SolvedRow& x, double spread, std::span<double> row) const override {
    const int N = int(row.size());
    require(x.perturbed.size() == N, "enkf: the observations come without their perturbations");
    for (int k = 0; k < N; ++k) row[k] = x.mean + x.increment + spread * x.kept[k] + x.perturbed[k];
  }
};

}  // namespace

namespace methods {
const Plugin<AnalysisMethod> enkf = plugin<AnalysisMethod, Enkf>(
    "stochastic ensemble Kalman filter with perturbed observations (Evensen 1994; Burgers et al. 1998)");
}  // namespace methods

}  // namespace tilth
