#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "assim/iterative/gauss_newton.hpp"
#include "assim/iterative/iterative_method.hpp"

namespace tilth {

/// When Gauss-Newton passes end, and what their observations are taken about.
struct PassOptions {
  GaussNewtonOptions newton;
  int max_passes = 10;
  double tolerance = 1e-3;         ///< of every move in prior standard deviations; 0: always max_passes
  bool about_mean_member = false;  ///< anomalies and departures about h(mean), not about the mean of h
};

/// Gauss-Newton in ensemble space for a whole window: every local problem, the field as one, and every unit of shared
/// parameters have their own weights, kept from pass to pass. The pass after the one in which nothing moved further
/// than the tolerance, or the last one allowed, writes the posterior members.
class GaussNewtonIteration final : public Iteration {
 public:
  explicit GaussNewtonIteration(const PassOptions& options) : options_(options) {}

  bool from_prior() const override { return true; }
  void begin(int pass) override;
  void update(FieldProblem& problem) override;
  void update(int unit, const ObsGram& gram, int members, std::span<double* const> rows) override;
  bool more(const Comm& comm) override;

 private:
  class Pass;
  struct State {
    GaussNewton newton;
    int pass = -1;            // last advanced in
    Eigen::MatrixXd weights;  // of one pass, where several sets of rows share them
  };
  const Eigen::MatrixXd& weights(std::map<std::int64_t, State>& states, std::int64_t key, const ObsGram& gram,
                                 int members);

  State& state_of(std::map<std::int64_t, State>& states, std::int64_t key, int members);
  void forget_weights(std::map<std::int64_t, State>& states, std::int64_t key);

  PassOptions options_;
  std::mutex mutex_;  // of the maps: threads work on different keys
  std::map<std::int64_t, State> problems_, units_;
  int pass_ = 0;
  bool last_ = false;
  std::atomic<bool> moving_ = false;
};

}  // namespace tilth
