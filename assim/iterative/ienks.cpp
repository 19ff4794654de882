#include "assim/iterative/gauss_newton_iteration.hpp"
#include "assim/iterative/registered.hpp"
#include "assim/methods/ensemble_solve.hpp"

namespace tilth {
namespace {

/// Iterative ensemble Kalman smoother (Sakov et al. 2012; Bocquet & Sakov 2014) over the window: the members at its
/// start are moved to the maximum of the posterior by Gauss-Newton steps in ensemble space.
class Ienks final : public IterativeMethod {
 public:
  struct Options {
    std::string form = "transform";
    double epsilon = 1e-4, tolerance = 1e-3, inflation = 1.0;
    int max_passes = 10, halvings = 4;
    void describe(Schema& s);
  };
  explicit Ienks(const Options& options) {
    using Form = GaussNewtonOptions::Form;
    options_.newton.form = options.form == "bundle" ? Form::bundle : Form::transform;
    options_.newton.epsilon = options.epsilon;
    options_.newton.inflation = options.inflation;
    options_.newton.halvings = options.halvings;
    options_.max_passes = options.max_passes;
    options_.tolerance = options.tolerance;
  }

  std::unique_ptr<Iteration> start(AnalysisKey) const override {
    return std::make_unique<GaussNewtonIteration>(options_);
  }
  bool perturbs() const override { return false; }

 private:
  PassOptions options_;
};

void Ienks::Options::describe(Schema& s) {
  s.text("form", form)
      .one_of({"transform", "bundle"})
      .about("Members run between passes. transform: with the spread of the posterior so far; bundle: close together.");
  s.real("epsilon", epsilon).in(1e-8, 1.0).about("bundle: factor on the prior anomalies of the members that are run.");
  s.integer("max_passes", max_passes).in(1, 100).about("Most runs of a window before its posterior members are set.");
  s.real("tolerance", tolerance)
      .in(0.0, 1.0)
      .about(
          "The iteration ends when no weights move further than this, in prior standard deviations; 0: never early.");
  s.integer("halvings", halvings)
      .in(0, 30)
      .about("Most halvings of a step while the cost rises; it is then taken after all. 0: full steps only.");
  describe_inflation(s, inflation);
}

}  // namespace

namespace iterative {
const Plugin<IterativeMethod> ienks = plugin<IterativeMethod, Ienks>(
    "iterative ensemble Kalman smoother, Gauss-Newton in ensemble space (Sakov et al. 2012; Bocquet & Sakov 2014)");
}  // namespace iterative

}  // namespace tilth
