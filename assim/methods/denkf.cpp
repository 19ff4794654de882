#include "assim/methods/ensemble_solve.hpp"
#include "assim/methods/registered.hpp"

namespace tilth {
namespace {

/// Deterministic ensemble Kalman filter (Sakov & Oke 2008): the mean takes the Kalman gain K, the anomalies half of it,
/// X - K Y / 2. In ensemble space the anomalies are multiplied by (I + c A^-1) / 2.
class Denkf final : public GainFilter {
 public:
  using GainFilter::GainFilter;
  bool perturbs() const override { return false; }

 private:
  void write(const SolvedRow& x, double spread, std::span<double> row) const override {
    const double half = 0.5 * spread;
    for (int k = 0; k < int(row.size()); ++k) row[k] = x.mean + x.increment + half * (x.anomaly[k] + x.kept[k]);
  }
};

}  // namespace

namespace methods {
const Plugin<AnalysisMethod> denkf = plugin<AnalysisMethod, Denkf>(
    "deterministic ensemble Kalman filter, the anomalies updated with half the gain (Sakov & Oke 2008)");
}  // namespace methods

}  // namespace tilth
