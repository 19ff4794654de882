#include <cmath>
#include <numeric>

#include "assim/field/local_analysis.hpp"
#include "assim/iterative/registered.hpp"
#include "assim/iterative/tempering.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace tilth {
namespace {

/// Ensemble smoother with multiple data assimilation (Emerick & Reynolds 2013): the window's observations are
/// assimilated `alphas.size()` times, each time with the error covariance alpha R, where the inverses of the alphas add
/// up to 1. Between two steps the model runs from the members of the step before.
class EsMda final : public IterativeMethod {
 public:
  struct Options {
    int steps = 4;
    std::vector<double> alphas;
    TemperedUpdate update;
    void describe(Schema& s);
  };
  explicit EsMda(Options options) : options_(std::move(options)), method_(options_.update.choice.make()) {}

  std::unique_ptr<Iteration> start(AnalysisKey key) const override;
  bool perturbs() const override { return method_->perturbs(); }

 private:
  Options options_;
  std::shared_ptr<const AnalysisMethod> method_;
};

void EsMda::Options::describe(Schema& s) {
  constexpr double tolerance = 1e-6;  // of a sum of inverses written with few digits
  s.integer("steps", steps).in(1, 100).about("Number of steps with the same error factor alpha = steps.");
  s.reals("alphas", alphas)
      .above(0.0)
      .about("Error factor of each step, in this order, instead of `steps`; their inverses add up to 1.");
  update.describe(s);
  require(!(s.given("steps") && s.given("alphas")), s.where(), ": both steps and alphas are given; remove one of them");
  if (alphas.empty()) return;
  double sum = 0.0;
  for (const double alpha : alphas) sum += 1.0 / alpha;
  require(std::abs(sum - 1.0) < tolerance, s.where(), ".alphas: the inverses add up to ", sum,
          ", must be 1; multiply every alpha by ", sum);
}

class EsMdaIteration final : public Iteration {
 public:
  EsMdaIteration(std::shared_ptr<const AnalysisMethod> method, std::vector<double> alphas)
      : method_(std::move(method)), alphas_(std::move(alphas)) {}

  bool from_prior() const override { return false; }
  void begin(int pass) override { pass_ = pass; }
  void update(FieldProblem& problem) override {
    FieldProblem own = problem;
    own.key.pass = pass_;
    analyse_locally(*method_, own, {.weight = 1.0 / alphas_[pass_]});
  }
  void update(int, const ObsGram& gram, int members, std::span<double* const> rows) override {
    method_->update(with_error_factor(gram, alphas_[pass_]), members, rows);
  }
  bool more(const Comm&) override { return pass_ + 1 < int(alphas_.size()); }

 private:
  std::shared_ptr<const AnalysisMethod> method_;
  std::vector<double> alphas_;
  int pass_ = 0;
};

std::unique_ptr<Iteration> EsMda::start(AnalysisKey) const {
  return std::make_unique<EsMdaIteration>(
      method_, options_.alphas.empty() ? std::vector<double>(options_.steps, options_.steps) : options_.alphas);
}

}  // namespace

namespace iterative {
const Plugin<IterativeMethod> es_mda =
    plugin<IterativeMethod, EsMda>("ensemble smoother with multiple data assimilation (Emerick & Reynolds 2013)");
}  // namespace iterative

}  // namespace tilth
