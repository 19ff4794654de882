#include "model/proof/proof_model.hpp"
#include "model/proof/runge_kutta.hpp"

namespace tilth {
namespace {

/// Lorenz (1963): dx/dt = sigma (y - x), dy/dt = x (rho - z) - y, dz/dt = x y - beta z.
class Lorenz63 final : public ProofModel {
 public:
  struct Options {
    int steps_per_day = 1;
    double sigma = 10.0, rho = 28.0, beta = 8.0 / 3.0, dt = 0.01, start_sd = 1.4142135623730951, noise_sd = 0.0;
    void describe(Schema& s) {
      s.real("sigma", sigma).in(0.0, 100.0).about("Prandtl number, the default of the parameter sigma.");
      s.real("rho", rho).in(0.0, 100.0).about("Rayleigh number over the critical one, default of the parameter rho.");
      s.real("beta", beta).in(0.0, 100.0).about("Shape of the convection cell, the default of the parameter beta.");
      s.real("dt", dt).in(1e-12, 0.05).about("Step of the Runge-Kutta scheme.");
      s.integer("steps_per_day", steps_per_day).in(1, 1000).about("Steps in a day of the run's clock.");
      s.real("start_sd", start_sd)
          .in(0.0, 100.0)
          .about("Spread of the cold start about (1.509, -1.531, 25.46), different for members and nature run.");
      s.real("noise_sd", noise_sd).in(0.0, 100.0).about("Standard deviation of the noise added after every day.");
    }
  };

  explicit Lorenz63(Options options) : ProofModel(describe(options)), options_(options) {}

 protected:
  double start(int layer) const override {
    constexpr double on_the_attractor[] = {1.509, -1.531, 25.46};  // Sakov, Oliver & Bertino 2012
    return on_the_attractor[layer];
  }
  void step(const double* const* parameter, double* state, int stride) const override {
    runge_kutta(state, std::size_t(3) * stride, options_.dt, options_.steps_per_day,
                [&](const double* x, double* out) { tendency(parameter, x, out, stride); });
  }
  void diagnose(const double* const* parameter, double* state, int stride) const override {
    tendency(parameter, state, state + std::size_t(3) * stride, stride);
  }

 private:
  static ModelTraits describe(const Options& o) {
    ModelTraits t;
    t.name = "lorenz63";
    t.about = "Lorenz (1963), one convection cell per column";
    t.layout =
        StateLayout({proof_variable("x, y, z of the convection cell", 3, o.start_sd, o.noise_sd),
                     proof_diagnostic("tendency", "rate of change at the end of the step, per unit of model time", 3)});
    t.parameters = {proof_parameter("sigma", "sigma: Prandtl number", o.sigma, 1000.0, 1.0),
                    proof_parameter("rho", "rho: Rayleigh number over the critical one", o.rho, 1000.0, 1.0),
                    proof_parameter("beta", "beta: shape of the cell", o.beta, 1000.0, 0.2)};
    return t;
  }
  static void tendency(const double* const* parameter, const double* state, double* out, int stride) {
    const double *sigma = parameter[0], *rho = parameter[1], *beta = parameter[2];
    const double *x = state, *y = x + stride, *z = y + stride;
    double *dx = out, *dy = dx + stride, *dz = dy + stride;
    for (int k = 0; k < stride; ++k) {
      dx[k] = sigma[k] * (y[k] - x[k]);
      dy[k] = x[k] * (rho[k] - z[k]) - y[k];
      dz[k] = x[k] * y[k] - beta[k] * z[k];
    }
  }
  Options options_;
};

}  // namespace

namespace models {
extern const Plugin<LandModel> lorenz63;
const Plugin<LandModel> lorenz63 = plugin<LandModel, Lorenz63>(
    "for proofs: Lorenz (1963), three chaotic variables; no weather, one step or more per day of the clock");
}  // namespace models

}  // namespace tilth
