#include "assim/calibration/optimise/cma_es.hpp"

#include <algorithm>
#include <cmath>

#include "assim/calibration/draws.hpp"

namespace tilth::calibration {
namespace {

Index population_of(Index n, Index asked) {
  return asked > 0 ? asked : 4 + Index(3.0 * std::log(double(n)));  // Hansen 2016, eq. 48
}

double part_median(const std::vector<double>& values, std::size_t from, std::size_t count) {
  return quantile({values.begin() + std::ptrdiff_t(from), values.begin() + std::ptrdiff_t(from + count)}, 0.5);
}

}  // namespace

CmaWeights::CmaWeights(Index dimensions, Index population) {
  const double n = double(dimensions);
  const Index mu = population / 2;
  require(mu >= 1, "CMA-ES: population of ", population, ", needs 2");
  weight = Vector(mu);
  for (Index i = 0; i < mu; ++i) weight(i) = std::log((double(population) + 1.0) / 2.0) - std::log(double(i + 1));
  weight /= weight.sum();
  mu_eff = 1.0 / weight.squaredNorm();
  c_sigma = (mu_eff + 2.0) / (n + mu_eff + 5.0);
  c_c = (4.0 + mu_eff / n) / (n + 4.0 + 2.0 * mu_eff / n);
  c_1 = 2.0 / ((n + 1.3) * (n + 1.3) + mu_eff);
  c_mu = std::min(1.0 - c_1, 2.0 * (mu_eff - 2.0 + 1.0 / mu_eff) / ((n + 2.0) * (n + 2.0) + mu_eff));
  damping = 1.0 + 2.0 * std::max(0.0, std::sqrt((mu_eff - 1.0) / (n + 1.0)) - 1.0) + c_sigma;
  chi = std::sqrt(n) * (1.0 - 1.0 / (4.0 * n) + 1.0 / (21.0 * n * n));
}

CmaEs::CmaEs(const Vector& start, double sigma, const CmaOptions& options)
    : options_(options),
      weights_(start.size(), population_of(start.size(), options.population)),
      first_sigma_(sigma),
      mean_(start),
      p_sigma_(Vector::Zero(start.size())),
      p_c_(Vector::Zero(start.size())),
      C_(Matrix::Identity(start.size(), start.size())),
      sigma_(sigma) {
  require(sigma > 0.0 && start.allFinite(), "CMA-ES: first step ", sigma, ", must be positive, and the start finite");
  options_.population = population_of(start.size(), options.population);
  decompose();
  draw();
}

void CmaEs::decompose() {
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(C_);
  eigenvectors_ = solver.eigenvectors();
  scales_ = solver.eigenvalues().cwiseMax(0.0).cwiseSqrt();
}

Matrix CmaEs::root() const { return eigenvectors_ * scales_.asDiagonal() * eigenvectors_.transpose(); }

void CmaEs::draw() {
  const Draws draws(options_.seed, Stream::cma_es);
  const Index n = mean_.size();
  Matrix Z(options_.population, n);
  for (Index i = 0; i < Z.rows(); ++i)
    for (Index d = 0; d < n; ++d) Z(i, d) = draws.normal(generation_, i, options_.run * 4096 + d);
  points_ = (sigma_ * Z * root()).rowwise() + mean_.transpose();  // the root is symmetric
}

void CmaEs::tell(const Vector& values) { update(points_, values); }

void CmaEs::update(const Matrix& points, const Vector& values) {
  if (finished()) return;
  record_.note(points, values);
  const Vector cost = worst_where_failed(values);
  const auto order = ascending(cost);
  Vector sorted(cost.size());
  for (Index i = 0; i < sorted.size(); ++i) sorted(i) = cost(order[std::size_t(i)]);
  ++generation_;
  const Index mu = weights_.weight.size();
  if (std::isfinite(sorted(0))) {
    Index usable = 0;
    while (usable < mu && std::isfinite(sorted(usable))) ++usable;
    Matrix steps(mu, mean_.size());  // where too few runs are good the last good one stands for the others
    for (Index i = 0; i < mu; ++i)
      steps.row(i) = (points.row(order[std::size_t(std::min(i, usable - 1))]) - mean_.transpose()) / sigma_;
    adapt(steps);
  } else {
    sigma_ *= 0.5;  // all runs failed: come closer to the mean
  }
  decompose();
  judge(sorted);
  draw();
}

void CmaEs::adapt(const Matrix& steps) {
  // Hansen 2016, figure 6, with C^-1/2 of the old covariance.
  const CmaWeights& w = weights_;
  const double n = double(mean_.size());
  const Vector step = steps.transpose() * w.weight;
  mean_ += sigma_ * step;
  const Vector inverse = scales_.cwiseMax(1e-300).cwiseInverse();
  const Vector whitened = eigenvectors_ * (inverse.asDiagonal() * (eigenvectors_.transpose() * step));
  p_sigma_ = (1.0 - w.c_sigma) * p_sigma_ + std::sqrt(w.c_sigma * (2.0 - w.c_sigma) * w.mu_eff) * whitened;
  const double length = p_sigma_.norm();
  const double memory = std::sqrt(1.0 - std::pow(1.0 - w.c_sigma, 2.0 * double(generation_)));
  const bool h = length / memory < (1.4 + 2.0 / (n + 1.0)) * w.chi;
  p_c_ = (1.0 - w.c_c) * p_c_ + (h ? std::sqrt(w.c_c * (2.0 - w.c_c) * w.mu_eff) : 0.0) * step;
  const double correction = h ? 0.0 : w.c_c * (2.0 - w.c_c);
  Matrix rank_mu = steps.transpose() * w.weight.asDiagonal() * steps;
  C_ = (1.0 - w.c_1 - w.c_mu) * C_ + w.c_1 * (p_c_ * p_c_.transpose() + correction * C_) + w.c_mu * rank_mu;
  C_ = (0.5 * (C_ + C_.transpose())).eval();
  sigma_ *= std::exp(std::min(1.0, w.c_sigma / w.damping * (length / w.chi - 1.0)));
}

bool CmaEs::stagnates() const {
  // Hansen 2016, appendix B.3: the medians of the last part are no better than those of an earlier one.
  const double n = double(mean_.size());
  const auto least = std::size_t(120.0 + 30.0 * n / double(options_.population));
  const std::size_t g = recent_.size(), window = std::clamp(g / 5, least, std::size_t{20000});
  if (g < least || g < window) return false;
  constexpr std::size_t part = 20;
  const std::size_t from = g - window;
  return part_median(recent_, g - part, part) >= part_median(recent_, from, part) &&
         part_median(medians_, g - part, part) >= part_median(medians_, from, part);
}

void CmaEs::judge(const Vector& sorted) {
  constexpr double most_condition = 1e14, most_growth = 1e4;
  recent_.push_back(sorted(0));
  medians_.push_back(sorted(sorted.size() / 2));
  const auto span = std::size_t(10 + std::ceil(30.0 * double(mean_.size()) / double(options_.population)));
  const Vector moves = sigma_ * C_.diagonal().cwiseMax(0.0).cwiseSqrt().cwiseMax(p_c_.cwiseAbs());
  if (record_.value <= options_.target) {
    stop_ = CmaStop::target;
  } else if (record_.evaluations >= options_.most_evaluations) {
    stop_ = CmaStop::evaluations;
  } else if (recent_.size() >= span) {
    const auto [least, most] = std::minmax_element(recent_.end() - std::ptrdiff_t(span), recent_.end());
    const double range = std::max(*most, sorted(sorted.size() - 1)) - std::min(*least, sorted(0));
    if (range < options_.value_tolerance || *most == *least) stop_ = CmaStop::values_equal;
  }
  if (finished()) return;
  if (moves.maxCoeff() < options_.step_tolerance * first_sigma_) {
    stop_ = CmaStop::steps_small;
  } else if (scales_.maxCoeff() > std::sqrt(most_condition) * std::max(scales_.minCoeff(), 1e-300)) {
    stop_ = CmaStop::ill_conditioned;
  } else if (sigma_ * scales_.maxCoeff() > most_growth * first_sigma_) {
    stop_ = CmaStop::step_diverged;
  } else if (stagnates()) {
    stop_ = CmaStop::stagnation;
  }
}

}  // namespace tilth::calibration
