#include "assim/methods/ensemble_solve.hpp"
#include "assim/methods/letkf_lanes.hpp"
#include "assim/methods/letkf_reference.hpp"
#include "assim/methods/registered.hpp"

namespace tilth {
namespace {

/// Local ensemble transform Kalman filter with the symmetric square root (Hunt et al. 2007).
class Letkf final : public AnalysisMethod {
 public:
  struct Options {
    double inflation = 1.0;
    std::string solver = "lanes";
    void describe(Schema& s) {
      describe_inflation(s, inflation);
      s.text("solver", solver)
          .one_of({"lanes", "eigen"})
          .about("lanes: eight columns at once, without eigenvectors; eigen: plain eigenvalues, to compare with.");
    }
  };
  explicit Letkf(Options options) : options_(std::move(options)) {}

  void update(const ObsSpace& space, std::span<LocalProblem> batch) const override;
  void update(const ObsGram& gram, int members, std::span<double* const> rows) const override;
  bool perturbs() const override { return false; }

 private:
  double prior_weight(int members) const { return (members - 1) / options_.inflation; }
  Options options_;
};

/// The memory of the solver, one per thread.
LetkfLanes& solver() {
  thread_local LetkfLanes own;
  return own;
}

void Letkf::update(const ObsSpace& space, std::span<LocalProblem> batch) const {
  if (options_.solver == "eigen") {
    for (const LocalProblem& problem : batch) letkf_reference(space, problem, options_.inflation);
    return;
  }
  solver().update(space, batch, prior_weight(space.members));
}

void Letkf::update(const ObsGram& gram, int members, std::span<double* const> rows) const {
  if (gram.count == 0.0 || rows.empty()) return;
  if (options_.solver == "eigen") return letkf_reference(gram, members, rows, options_.inflation);
  solver().solve(gram.YtRY, gram.YtRd, rows, prior_weight(members));
}

}  // namespace

namespace methods {
const Plugin<AnalysisMethod> letkf = plugin<AnalysisMethod, Letkf>(
    "local ensemble transform Kalman filter with the symmetric square root (Hunt et al. 2007)");
const Plugin<AnalysisMethod> etkf = plugin<AnalysisMethod, Letkf>(
    "ensemble transform Kalman filter with the symmetric square root (Bishop et al. 2001): the letkf without taper");
}  // namespace methods

}  // namespace tilth
