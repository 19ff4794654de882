#include "assim/iterative/gauss_newton_iteration.hpp"

#include <algorithm>

#include "assim/field/local_analysis.hpp"
#include "assim/inflation.hpp"
#include "assim/methods/ensemble_solve.hpp"
#include "core/base/error.hpp"

namespace tilth {
namespace {

constexpr std::int64_t whole_field = -1;

/// x = mean + x' M for every row of prior members.
void update_rows(const Eigen::MatrixXd& M, std::span<double* const> rows) {
  const int N = int(M.rows());
  Eigen::VectorXd anomaly(N);
  for (double* row : rows) {
    const double mean = member_mean({row, std::size_t(N)});
    for (int k = 0; k < N; ++k) anomaly[k] = row[k] - mean;
    const Eigen::VectorXd x = M.transpose() * anomaly;
    for (int k = 0; k < N; ++k) row[k] = mean + x[k];
  }
}

}  // namespace

/// One pass over local problems, in the clothes of a method.
class GaussNewtonIteration::Pass final : public AnalysisMethod {
 public:
  explicit Pass(GaussNewtonIteration& own) : own_(own) {}
  void update(const ObsSpace& space, std::span<LocalProblem> batch) const override {
    for (const LocalProblem& problem : batch) {
      const ObsGram gram = local_gram(space, problem);
      if (gram.count == 0.0) continue;
      auto& states = own_.problems_;
      update_rows(own_.weights(states, problem.key, gram, space.members), problem.rows);
      own_.forget_weights(states, problem.key);
    }
  }
  void update(const ObsGram& gram, int members, std::span<double* const> rows) const override {
    if (gram.count > 0.0) update_rows(own_.weights(own_.problems_, whole_field, gram, members), rows);
  }
  bool perturbs() const override { return false; }

 private:
  GaussNewtonIteration& own_;
};

GaussNewtonIteration::State& GaussNewtonIteration::state_of(std::map<std::int64_t, State>& states, std::int64_t key,
                                                            int members) {
  const std::lock_guard lock(mutex_);
  return states.try_emplace(key, State{GaussNewton(members, options_.newton), -1, {}}).first->second;
}

void GaussNewtonIteration::forget_weights(std::map<std::int64_t, State>& states, std::int64_t key) {
  const std::lock_guard lock(mutex_);
  states.at(key).weights.resize(0, 0);
}

const Eigen::MatrixXd& GaussNewtonIteration::weights(std::map<std::int64_t, State>& states, std::int64_t key,
                                                     const ObsGram& gram, int members) {
  State& state = state_of(states, key, members);
  if (state.pass == pass_) return state.weights;
  state.pass = pass_;
  state.newton.advance(gram);
  if (state.newton.move() > options_.tolerance) moving_ = true;
  state.weights = last_ ? state.newton.last() : state.newton.next();
  return state.weights;
}

void GaussNewtonIteration::begin(int pass) {
  pass_ = pass;
  moving_ = false;
  last_ = last_ || pass + 1 >= options_.max_passes;
}

void GaussNewtonIteration::update(FieldProblem& problem) {
  if (options_.about_mean_member)
    require_all(problem.comm, problem.obs.size() == 0 || !problem.obs.hx_mean.empty(),
                "anomalies about h_of_mean need the prediction of the mean member (hx_mean), which this run does not "
                "have; use about: mean_of_h");
  analyse_locally(Pass(*this), problem, {.about_mean_member = options_.about_mean_member});
}

void GaussNewtonIteration::update(int unit, const ObsGram& gram, int members, std::span<double* const> rows) {
  if (gram.count > 0.0 && !rows.empty()) update_rows(weights(units_, unit, gram, members), rows);
}

bool GaussNewtonIteration::more(const Comm& comm) {
  if (last_) return false;
  last_ = !comm.any(moving_);
  return true;
}

}  // namespace tilth
