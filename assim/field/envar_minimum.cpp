#include "assim/field/envar_minimum.hpp"

#include "assim/solvers/conjugate_gradients.hpp"
#include "assim/solvers/minimise.hpp"
#include "core/parallel/reproducible_sum.hpp"

namespace tilth {
namespace {

constexpr const char* name = "analysis.method.4denvar";

/// The pieces of J that both solvers need.
class Cost {
 public:
  Cost(const FieldProblem& p, const EnvarOperator& G, std::span<const double> d, const ObservationTerm& term)
      : comm_(p.comm), G_(G), term_(term), d_(d), hx_(d.size()) {
    for (std::size_t i = 0; i < d.size(); ++i) sd_.push_back(p.obs.error_sd[G.observation(i)]);
  }
  /// J and its gradient v - G' cost'(t) / sd.
  double operator()(std::span<const double> v, std::span<double> gradient) {
    const double value = this->value(v);
    for (std::size_t i = 0; i < hx_.size(); ++i) hx_[i] = -term_.derivative((d_[i] - hx_[i]) / sd_[i]) / sd_[i];
    G_.adjoint(hx_, gradient);
    for (std::size_t i = 0; i < v.size(); ++i) gradient[i] += v[i];
    return value;
  }
  double value(std::span<const double> v) {
    G_.forward(v, hx_);
    std::vector<double> addends;
    for (std::size_t i = 0; i < hx_.size(); ++i) addends.push_back(term_.cost((d_[i] - hx_[i]) / sd_[i]));
    for (const double x : v) addends.push_back(0.5 * x * x);
    return reproducible_sum(comm_, addends);
  }
  /// out = (1 + G' R^-1 G) in
  void hessian(std::span<const double> in, std::span<double> out) {
    G_.forward(in, hx_);
    for (std::size_t i = 0; i < hx_.size(); ++i) hx_[i] /= sd_[i] * sd_[i];
    G_.adjoint(hx_, out);
    for (std::size_t i = 0; i < in.size(); ++i) out[i] += in[i];
  }
  /// G' R^-1 d
  std::vector<double> right_hand_side() {
    std::vector<double> b(G_.size());
    for (std::size_t i = 0; i < hx_.size(); ++i) hx_[i] = d_[i] / (sd_[i] * sd_[i]);
    G_.adjoint(hx_, b);
    return b;
  }

 private:
  const Comm& comm_;
  const EnvarOperator& G_;
  const ObservationTerm& term_;
  std::span<const double> d_;
  std::vector<double> hx_, sd_;
};

}  // namespace

EnvarMinimum minimise(const FieldProblem& p, const EnvarOperator& G, std::span<const double> departures,
                      const ObservationTerm& term, const SolveOptions& options) {
  EnvarMinimum minimum;
  minimum.v.assign(G.size(), 0.0);
  Cost cost(p, G, departures, term);
  minimum.cost_before = cost.value(minimum.v);
  if (term.quadratic()) {
    const Apply hessian = [&](std::span<const double> in, std::span<double> out) { cost.hessian(in, out); };
    minimum.iterations =
        conjugate_gradients(p.comm, hessian, cost.right_hand_side(), minimum.v, options, name).iterations;
  } else {
    const Objective objective = [&](std::span<const double> v, std::span<double> g) { return cost(v, g); };
    minimum.iterations = minimise(p.comm, objective, minimum.v, options, name).iterations;
  }
  minimum.cost_after = cost.value(minimum.v);
  return minimum;
}

}  // namespace tilth
