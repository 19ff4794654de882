#include "assim/calibration/sensitivity/morris.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assim/calibration/draws.hpp"
#include "core/base/error.hpp"

namespace tilth::calibration {
namespace {

// Effects (trajectory x parameter); not-a-number where a run failed.
Matrix effects_of(const Matrix& design, const Vector& values) {
  const Index k = design.cols(), trajectories = design.rows() / (k + 1);
  require(k >= 1 && trajectories >= 1 && design.rows() == trajectories * (k + 1) && values.size() == design.rows(),
          "Morris design of ", design.rows(), " rows with ", values.size(), " results for ", k,
          " parameters; needs trajectories of ", k + 1, " rows and one result per row");
  Matrix effects = Matrix::Constant(trajectories, k, NAN);
  for (Index t = 0; t < trajectories; ++t) {
    std::vector<bool> moved(std::size_t(k), false);
    for (Index s = 0; s < k; ++s) {
      const Index row = t * (k + 1) + s;
      const Vector step = (design.row(row + 1) - design.row(row)).transpose();
      Index d = 0;
      step.cwiseAbs().maxCoeff(&d);
      require(step(d) != 0.0 && (step.array() != 0.0).count() == 1 && !moved[std::size_t(d)], "Morris design, row ",
              row + 1, ": ", (step.array() != 0.0).count(),
              " parameters differ from the row before; in a trajectory each parameter moves once, alone");
      moved[std::size_t(d)] = true;
      effects(t, d) = (values(row + 1) - values(row)) / step(d);
    }
  }
  return effects;
}

struct Moments {
  double mean = NAN, magnitude = NAN, sd = NAN;
  int count = 0;
};

Moments moments(const std::vector<double>& effects) {
  Moments m;
  m.count = int(effects.size());
  if (m.count == 0) return m;
  double sum = 0.0, magnitudes = 0.0, squares = 0.0;
  for (const double e : effects) {
    sum += e;
    magnitudes += std::abs(e);
  }
  m.mean = sum / m.count;
  m.magnitude = magnitudes / m.count;
  for (const double e : effects) squares += (e - m.mean) * (e - m.mean);
  m.sd = m.count > 1 ? std::sqrt(squares / (m.count - 1)) : 0.0;
  return m;
}

}  // namespace

Matrix morris_design(Index first, Index count, Index parameters, int levels, std::uint64_t seed) {
  require(levels >= 2 && levels % 2 == 0, "Morris design with ", levels, " levels, must be an even number");
  const Draws draws(seed, Stream::morris);
  const double delta = double(levels) / (2.0 * (levels - 1));
  Matrix design(count * (parameters + 1), parameters);
  for (Index t = 0; t < count; ++t) {
    Vector x(parameters);
    std::vector<Index> order(static_cast<std::size_t>(parameters));
    std::iota(order.begin(), order.end(), Index{0});
    for (Index d = 0; d < parameters; ++d) x(d) = double(draws.below(levels, first + t, d, 0)) / double(levels - 1);
    for (Index d = parameters - 1; d > 0; --d)
      std::swap(order[std::size_t(d)], order[std::size_t(draws.below(d + 1, first + t, d, 1))]);
    design.row(t * (parameters + 1)) = x.transpose();
    for (Index s = 0; s < parameters; ++s) {
      const Index d = order[std::size_t(s)];
      x(d) += x(d) < 0.5 ? delta : -delta;  // the half of the grid a value lies in leaves one way
      design.row(t * (parameters + 1) + s + 1) = x.transpose();
    }
  }
  return design.cwiseMax(0.0).cwiseMin(1.0);  // round-off of the steps
}

Morris morris(const Matrix& design, const Vector& values, int resamples, std::uint64_t seed) {
  const Matrix effects = effects_of(design, values);
  const Index k = design.cols();
  const Vector none = Vector::Constant(k, NAN);
  Morris out{none, none, none, none, none, Eigen::VectorXi::Zero(k), failed_rows(values)};
  const Draws draws(seed, Stream::bootstrap);
  for (Index d = 0; d < k; ++d) {
    std::vector<double> used;
    for (const double e : effects.col(d))
      if (std::isfinite(e)) used.push_back(e);
    const Moments m = moments(used);
    out.mu(d) = m.mean;
    out.mu_star(d) = m.magnitude;
    out.sigma(d) = m.sd;
    out.count(d) = m.count;
    if (m.count < 2 || resamples < 1) continue;
    std::vector<double> means;
    for (int b = 0; b < resamples; ++b) {
      double sum = 0.0;
      for (int i = 0; i < m.count; ++i) sum += std::abs(used[std::size_t(draws.below(m.count, b, i, d))]);
      means.push_back(sum / m.count);
    }
    out.low(d) = quantile(means, 0.025);
    out.high(d) = quantile(means, 0.975);
  }
  return out;
}

}  // namespace tilth::calibration
