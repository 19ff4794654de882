#include <algorithm>
#include <cmath>
#include <map>

#include "assim/field/local_analysis.hpp"
#include "assim/iterative/registered.hpp"
#include "assim/iterative/tempering.hpp"

namespace tilth {
namespace {

constexpr double complete = 1.0 - 1e-9;  // sum of inverse alphas at which the posterior is reached

/// Ensemble Kalman inversion (Iglesias et al. 2013): the window's observations are assimilated again and again with the
/// error covariance alpha R. With steps from the misfit the inverses of the alphas add up to 1, so that the members end
/// as a sample of the posterior (Iglesias & Yang 2021); with a fixed step they close up on a minimum of the misfit.
class Eki final : public IterativeMethod {
 public:
  struct Options {
    std::string step = "misfit";
    double alpha = 1.0;
    int max_passes = 20;
    TemperedUpdate update;
    void describe(Schema& s);
  };
  explicit Eki(Options options) : options_(std::move(options)), method_(options_.update.choice.make()) {}

  std::unique_ptr<Iteration> start(AnalysisKey key) const override;
  bool perturbs() const override { return method_->perturbs(); }

 private:
  Options options_;
  std::shared_ptr<const AnalysisMethod> method_;
};

void Eki::Options::describe(Schema& s) {
  s.text("step", step)
      .one_of({"misfit", "fixed"})
      .about("misfit: alpha from the misfits of the members, inverses adding up to 1; fixed: the same alpha always.");
  s.real("alpha", alpha).above(0.0).about("fixed: factor on the error covariance in every pass.");
  s.integer("max_passes", max_passes)
      .in(1, 1000)
      .about("Most passes; with steps from the misfit the last one takes all that is left.");
  update.describe(s);
}

/// Inverse of the next alpha by the data misfit controller (Iglesias & Yang 2021, eq. 31), of which `done` have been
/// taken: the step changes the density of the members by a bounded amount.
double misfit_step(const ObsGram& gram, int N, double done) {
  std::vector<double> misfit(N);  // 1/2 |R^-1/2 (y - h(x_k))|^2
  double mean = 0.0, variance = 0.0;
  for (int k = 0; k < N; ++k) {
    misfit[k] = 0.5 * (gram.dtRd - 2.0 * gram.YtRd[k] + gram.YtRY[std::size_t(k) * N + k]);
    mean += misfit[k] / N;
  }
  for (const double m : misfit) variance += (m - mean) * (m - mean) / (N - 1);
  const double half = 0.5 * gram.count;
  if (mean <= 0.0 || variance <= 0.0) return 1.0 - done;
  return std::min(std::max(half / mean, std::sqrt(half / variance)), 1.0 - done);
}

class EkiIteration final : public Iteration {
 public:
  EkiIteration(Eki::Options options, std::shared_ptr<const AnalysisMethod> method)
      : options_(std::move(options)), method_(std::move(method)) {}

  bool from_prior() const override { return false; }
  void begin(int pass) override { pass_ = pass; }
  void update(FieldProblem& problem) override {
    FieldProblem own = problem;
    own.key.pass = pass_;
    const ObsGram all = window_gram(own);
    const double share = next(whole_field, all, int(all.YtRd.size()));
    if (share > 0.0) analyse_locally(*method_, own, {.weight = share});
  }
  void update(int unit, const ObsGram& gram, int members, std::span<double* const> rows) override {
    const double share = rows.empty() ? 0.0 : next(unit, gram, members);
    if (share > 0.0) method_->update(with_error_factor(gram, 1.0 / share), members, rows);
  }
  /// The shares follow from sums over all ranks: the same on each.
  bool more(const Comm&) override {
    if (pass_ + 1 >= options_.max_passes) return false;
    return options_.step == "fixed" ||
           std::any_of(done_.begin(), done_.end(), [](const auto& unit) { return unit.second < complete; });
  }

 private:
  static constexpr int whole_field = -1;
  /// Inverse alpha of this pass; 0: nothing is to be assimilated, or nothing is left.
  double next(int unit, const ObsGram& gram, int members) {
    if (gram.count == 0.0) return 0.0;
    if (options_.step == "fixed") return 1.0 / options_.alpha;
    double& done = done_[unit];
    if (done >= complete) return 0.0;
    const bool last = pass_ + 1 >= options_.max_passes;
    const double share = last ? 1.0 - done : misfit_step(gram, members, done);
    done += share;
    return share;
  }

  Eki::Options options_;
  std::shared_ptr<const AnalysisMethod> method_;
  std::map<int, double> done_;  // sum of inverse alphas
  int pass_ = 0;
};

std::unique_ptr<Iteration> Eki::start(AnalysisKey) const { return std::make_unique<EkiIteration>(options_, method_); }

}  // namespace

namespace iterative {
const Plugin<IterativeMethod> eki = plugin<IterativeMethod, Eki>(
    "ensemble Kalman inversion (Iglesias et al. 2013), steps from the misfit (Iglesias & Yang 2021) or fixed");
}  // namespace iterative

}  // namespace tilth
