#include <algorithm>

#include "core/base/error.hpp"
#include "model/proof/proof_model.hpp"

namespace tilth {
namespace {

/// x_t = M x_(t-1) + u (+ noise): M is given, or moves x by `shift` places around a circle and multiplies by `factor`.
class Linear final : public ProofModel {
 public:
  struct Options {
    int n = 1, shift = 0;
    double factor = 1.0, u = 0.0, start_sd = 0.0, noise_sd = 0.0;
    std::vector<double> matrix, start_values;
    void describe(Schema& s) {
      s.integer("n", n).in(1, 10000).about("Layers of the variable `x`.");
      s.real("factor", factor).in(-10.0, 10.0).about("What x is multiplied by in a day.");
      s.integer("shift", shift).in(-10000, 10000).about("Layers that x moves up in a day, around the circle.");
      s.reals("matrix", matrix).about("Instead of factor and shift: the n x n numbers of M, row by row.");
      s.real("u", u).in(-1000.0, 1000.0).about("Added to every layer every day; the default of the parameter u.");
      s.reals("start", start_values).about("Cold start: one number for all layers, or one per layer; none: 0.");
      s.real("start_sd", start_sd).in(0.0, 1e6).about("Spread of the cold start about it.");
      s.real("noise_sd", noise_sd).in(0.0, 1e6).about("Standard deviation of the noise added after every day.");
      if (s.is_reading()) check(s);
    }
    void check(const Schema& s) const {
      const std::size_t size = std::size_t(n);
      require(matrix.empty() || matrix.size() == size * size, s.where(), ".matrix has ", matrix.size(),
              " numbers, expected n * n = ", size * size, "; give M row by row");
      require(matrix.empty() || !(s.given("factor") || s.given("shift")), s.where(),
              ": give either matrix, or factor and shift");
      require(start_values.size() <= 1 || start_values.size() == size, s.where(), ".start has ", start_values.size(),
              " numbers, expected one, or one per layer: ", n);
    }
  };

  explicit Linear(Options options) : ProofModel(describe(options)), options_(std::move(options)) {}

 protected:
  double start(int layer) const override {
    const auto& given = options_.start_values;
    return given.empty() ? 0.0 : given[given.size() == 1 ? 0 : std::size_t(layer)];
  }
  void step(const double* const* parameter, double* x, int stride) const override {
    thread_local AlignedVector<double> old;
    const int n = options_.n;
    old.assign(x, x + std::size_t(n) * stride);
    for (int i = 0; i < n; ++i) {
      double* out = x + std::size_t(i) * stride;
      std::copy_n(parameter[0], stride, out);
      if (options_.matrix.empty()) {
        const int from = ((i - options_.shift) % n + n) % n;
        add(options_.factor, old.data() + std::size_t(from) * stride, out, stride);
      } else {
        for (int j = 0; j < n; ++j)
          add(options_.matrix[std::size_t(i) * n + j], old.data() + std::size_t(j) * stride, out, stride);
      }
    }
  }

 private:
  static ModelTraits describe(const Options& o) {
    ModelTraits t;
    t.name = "linear";
    t.about = "linear model with an additive parameter";
    t.layout = StateLayout({proof_variable("state", o.n, o.start_sd, o.noise_sd)});
    t.parameters = {proof_parameter("u", "u: added to every layer in every step", o.u, 1000.0, 1.0)};
    return t;
  }
  static void add(double factor, const double* x, double* out, int stride) {
    for (int k = 0; k < stride; ++k) out[k] += factor * x[k];
  }
  Options options_;
};

}  // namespace

namespace models {
extern const Plugin<LandModel> linear;
const Plugin<LandModel> linear = plugin<LandModel, Linear>(
    "for proofs: linear, x = M x + u + noise: autoregression, periodic advection or a given matrix; no weather");
}  // namespace models

}  // namespace tilth
