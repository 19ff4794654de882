#include "model/proof/proof_model.hpp"
#include "model/proof/runge_kutta.hpp"

namespace tilth {
namespace {

/// Lorenz (1996): n places on a circle, dx_i/dt = (x_(i+1) - x_(i-2)) x_(i-1) - x_i + F.
class Lorenz96 final : public ProofModel {
 public:
  struct Options {
    int n = 40, steps_per_day = 1;
    double F = 8.0, dt = 0.05, start_sd = 0.03162277660168379, noise_sd = 0.0;
    void describe(Schema& s) {
      s.integer("n", n).in(4, 10000).about("Places on the circle: layers of the variable `x`.");
      s.real("F", F).in(-100.0, 100.0).about("Forcing, the default of the parameter F; 8 is chaotic.");
      s.real("dt", dt).in(1e-12, 0.2).about("Step of the Runge-Kutta scheme; 0.05 stands for 6 hours.");
      s.integer("steps_per_day", steps_per_day).in(1, 1000).about("Steps in a day of the run's clock.");
      s.real("start_sd", start_sd)
          .in(0.0, 100.0)
          .about("Spread of the cold start about (1, 0, ..., 0), different for every member and the nature run.");
      s.real("noise_sd", noise_sd).in(0.0, 100.0).about("Standard deviation of the noise added after every day.");
    }
  };

  explicit Lorenz96(Options options) : ProofModel(describe(options)), options_(options) {}

 protected:
  double start(int layer) const override { return layer == 0 ? 1.0 : 0.0; }
  void step(const double* const* parameter, double* state, int stride) const override {
    runge_kutta(state, std::size_t(options_.n) * stride, options_.dt, options_.steps_per_day,
                [&](const double* x, double* out) { tendency(parameter[0], x, out, stride); });
  }
  void diagnose(const double* const* parameter, double* state, int stride) const override {
    tendency(parameter[0], state, state + std::size_t(options_.n) * stride, stride);
  }

 private:
  static ModelTraits describe(const Options& o) {
    ModelTraits t;
    t.name = "lorenz96";
    t.about = "Lorenz (1996), one circle per column";
    t.layout = StateLayout(
        {proof_variable("state on the circle", o.n, o.start_sd, o.noise_sd),
         proof_diagnostic("tendency", "rate of change at the end of the step, per unit of model time", o.n)});
    t.parameters = {proof_parameter("F", "F: forcing", o.F, 1000.0, 1.0)};
    return t;
  }
  void tendency(const double* forcing, const double* x, double* out, int stride) const {
    const int n = options_.n;
    for (int i = 0; i < n; ++i) {
      const double* here = x + std::size_t(i) * stride;
      const double* next = x + std::size_t((i + 1) % n) * stride;
      const double* last = x + std::size_t((i + n - 1) % n) * stride;
      const double* before = x + std::size_t((i + n - 2) % n) * stride;
      double* rate = out + std::size_t(i) * stride;
      for (int k = 0; k < stride; ++k) rate[k] = (next[k] - before[k]) * last[k] - here[k] + forcing[k];
    }
  }
  Options options_;
};

}  // namespace

namespace models {
extern const Plugin<LandModel> lorenz96;
const Plugin<LandModel> lorenz96 = plugin<LandModel, Lorenz96>(
    "for proofs: Lorenz (1996), chaotic waves on a circle; no weather, one step or more per day of the clock");
}  // namespace models

}  // namespace tilth
