#pragma once

#include "assim/calibration/archive.hpp"
#include "assim/calibration/box.hpp"
#include "assim/calibration/search.hpp"

namespace tilth::calibration {

/// Constants of the strategy (Hansen 2016, "The CMA evolution strategy: a tutorial", table 1; positive weights only).
struct CmaWeights {
  CmaWeights(Index dimensions, Index population);
  Vector weight;  ///< of the best population / 2, sum 1
  double mu_eff, c_sigma, c_c, c_1, c_mu, damping, chi;
};

struct CmaOptions {
  Index population = 0;            ///< 0: 4 + 3 log n
  double value_tolerance = 1e-12;  ///< spread of recent best values that ends the search
  double step_tolerance = 1e-12;   ///< steps relative to the first that end it
  double target = -INFINITY;       ///< a value that is good enough
  std::int64_t most_evaluations = 1000000;
  std::uint64_t seed = 1;
  std::int64_t run = 0;  ///< of a sequence of restarts; part of the key of its draws
};

/// Why a search ended.
enum class CmaStop { none, target, evaluations, values_equal, steps_small, stagnation, ill_conditioned, step_diverged };

/// Evolution strategy with covariance matrix adaptation, (mu/mu_w, lambda), in unbounded coordinates.
class CmaEs final : public Search {
 public:
  /// @pre sigma > 0
  CmaEs(const Vector& start, double sigma, const CmaOptions& options = {});

  Matrix ask() const override { return points_; }
  void tell(const Vector& values) override;
  bool finished() const override { return stop_ != CmaStop::none; }
  std::vector<double> numbers() const override { return numbers_of(*this); }
  void restore(std::span<const double> numbers) override { restore_from(numbers, *this); }

  /// One generation with parameter sets of the caller's instead of `ask()`.
  void update(const Matrix& points, const Vector& values);
  CmaStop stop() const { return stop_; }
  const Record& record() const { return record_; }
  const CmaWeights& weights() const { return weights_; }
  const Vector& mean() const { return mean_; }
  double sigma() const { return sigma_; }
  const Matrix& covariance() const { return C_; }
  const Vector& path_sigma() const { return p_sigma_; }
  const Vector& path_c() const { return p_c_; }
  Matrix root() const;  ///< symmetric square root of the covariance

  template <class A>
  void fields(A& archive) {
    archive(mean_, C_, p_sigma_, p_c_, points_, eigenvectors_, scales_, sigma_, generation_, stop_, record_, recent_,
            medians_);
  }

 private:
  void draw();
  void decompose();
  void adapt(const Matrix& steps);  // of the best, in units of sigma, best first
  void judge(const Vector& sorted);
  bool stagnates() const;

  CmaOptions options_;
  CmaWeights weights_;
  double first_sigma_;
  Vector mean_, p_sigma_, p_c_, scales_;  // scales: square roots of the eigenvalues of C
  Matrix C_, eigenvectors_, points_;
  double sigma_;
  std::int64_t generation_ = 0;
  CmaStop stop_ = CmaStop::none;
  Record record_;
  std::vector<double> recent_, medians_;  // best and median value of each generation
};

}  // namespace tilth::calibration
