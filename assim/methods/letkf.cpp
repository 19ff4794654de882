#include "assim/methods/letkf_reference.hpp"
#include "assim/methods/registered.hpp"

namespace tilth {
namespace {

/// Local ensemble transform Kalman filter with the symmetric square root (Hunt et al. 2007).
class Letkf final : public AnalysisMethod {
 public:
  struct Options {
    double inflation = 1.0;
    void describe(Schema& s) {
      s.real("inflation", inflation)
          .in(1.0, 10.0)
          .about("Factor on the prior covariance in ensemble space, where there are observations.");
    }
  };
  explicit Letkf(Options options) : options_(options) {}

  void update(const ObsSpace& space, std::span<LocalProblem> batch) const override {
    for (const LocalProblem& problem : batch) letkf_reference(space, problem, options_.inflation);
  }
  void update(const ObsGram& gram, int members, std::span<double* const> rows) const override {
    letkf_reference(gram, members, rows, options_.inflation);
  }

 private:
  Options options_;
};

}  // namespace

namespace methods {
const Plugin<AnalysisMethod> letkf = plugin<AnalysisMethod, Letkf>(
    "local ensemble transform Kalman filter with the symmetric square root (Hunt et al. 2007)");
}  // namespace methods

}  // namespace tilth
