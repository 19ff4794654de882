#include "assim/iterative/gauss_newton_iteration.hpp"
#include "assim/iterative/registered.hpp"
#include "assim/methods/ensemble_solve.hpp"

namespace tilth {
namespace {

/// 4DEnVar in ensemble space (Liu et al. 2008; Pinnington et al. 2020) with outer loops: each one linearises about the
/// mean of the one before, with the anomalies of the prior made smaller.
class EnvarEnsemble final : public IterativeMethod {
 public:
  struct Options {
    int outer_loops = 1;
    std::string about = "mean_of_h", root = "symmetric";
    double anomaly_scale = 0.1, inflation = 1.0;
    void describe(Schema& s);
  };
  explicit EnvarEnsemble(const Options& options) {
    options_.newton.form = GaussNewtonOptions::Form::bundle;
    options_.newton.root =
        options.root == "cholesky" ? GaussNewtonOptions::Root::cholesky : GaussNewtonOptions::Root::symmetric;
    options_.newton.epsilon = options.anomaly_scale;
    options_.newton.inflation = options.inflation;
    options_.newton.step_from_prior = true;
    options_.newton.halvings = 0;
    options_.max_passes = options.outer_loops;
    options_.tolerance = 0.0;
    options_.about_mean_member = options.about == "h_of_mean";
  }

  std::unique_ptr<Iteration> start(AnalysisKey) const override {
    return std::make_unique<GaussNewtonIteration>(options_);
  }
  bool perturbs() const override { return false; }

 private:
  PassOptions options_;
};

void EnvarEnsemble::Options::describe(Schema& s) {
  s.integer("outer_loops", outer_loops).in(1, 100).about("Linearisations, each with a run of the members.");
  s.text("about", about)
      .one_of({"mean_of_h", "h_of_mean"})
      .about(
          "What anomalies and departures of observations are taken about: the mean of the members' predictions, or "
          "the prediction of the mean member.");
  s.text("root", root)
      .one_of({"symmetric", "cholesky"})
      .about("Square root of the inverse Hessian that makes the posterior members.");
  s.real("anomaly_scale", anomaly_scale)
      .in(1e-8, 1.0)
      .about("Factor on the prior anomalies of the members that are run from the second loop on.");
  describe_inflation(s, inflation);
}

}  // namespace

namespace iterative {
const Plugin<IterativeMethod> envar_ensemble = plugin<IterativeMethod, EnvarEnsemble>(
    "strong-constraint 4DEnVar in ensemble space with outer loops (Liu et al. 2008; Pinnington et al. 2020)");
}  // namespace iterative

}  // namespace tilth
