#include "driver/calibrate/problem_costs.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "driver/calibrate/sound_derivatives.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;
using What = SearchRequest::What;

namespace {

constexpr std::array<What, 5> kinds{What::cost, What::gradient, What::least_squares, What::departures, What::features};

// Names in the journal.
const char* name_of(What what) {
  switch (what) {
    case What::cost:
      return "cost";
    case What::gradient:
      return "gradient";
    case What::least_squares:
      return "least_squares";
    case What::departures:
      return "departures";
    case What::features:
      return "features";
  }
  return "";
}

bool is_failed(const Vector& numbers) { return numbers.size() == 1 && std::isnan(numbers(0)); }

}  // namespace

ProblemCosts::ProblemCosts(RunPool& pool, std::vector<Problem> problems, std::vector<StreamRule> rules, PriorRule prior)
    : pool_(&pool), problems_(std::move(problems)), rules_(std::move(rules)), prior_(std::move(prior)) {
  const Eigen::LLT<Eigen::MatrixXd> factor(prior_.covariance);
  require(factor.info() == Eigen::Success, "calibration.correlations: the prior's covariance is not positive definite");
  prior_root_ = factor.matrixL();
  for (int s = 0; s < runs().sites(); ++s) sites_.emplace_back(runs(), s, rules_);
}

std::vector<Vector> ProblemCosts::run(What what, std::span<const RunTask> tasks) {
  if (tasks.empty()) return {};
  const auto cost = [this](const RunTask& t) -> const SiteCost& { return sites_[std::size_t(t.site)]; };
  switch (what) {
    case What::cost:
      return pool_->evaluate(name_of(what), tasks, RunReach::training,
                             [&](const RunTask& t, const Vector& p, const auto&) { return cost(t).chi2(p); });
    case What::departures:
      return pool_->evaluate(name_of(what), tasks, RunReach::training,
                             [&](const RunTask& t, const Vector& p, const auto&) {
                               Vector out(Index(rules_.size()) + cost(t).used());
                               out << cost(t).chi2(p), cost(t).departures(p);
                               return out;
                             });
    case What::features:
      features_of(0);  // before threads look at them
      return pool_->evaluate(name_of(what), tasks, RunReach::training,
                             [&](const RunTask& t, const Vector& p, const auto&) {
                               const Vector chi2 = cost(t).chi2(p), features = features_[std::size_t(t.site)].of(p);
                               Vector out(chi2.size() + features.size());
                               out << chi2, features;
                               return out;
                             });
    case What::gradient:
    case What::least_squares:
      return pool_->evaluate_each(name_of(what), tasks, [&](const RunTask& t) { return derived(what, t); });
  }
  return {};
}

// Numbers of a run with derivatives: whether they are by differences, then those of the cost.
Vector ProblemCosts::derived(What what, const RunTask& task) const {
  const SiteCost& cost = site(task.site);
  const SoundDerivatives found = sound_derivatives(runs(), cost, task);
  if (!found.run.predictions.allFinite() || !found.run.jacobian.allFinite()) return RunPool::failure();
  const Vector numbers = what == What::gradient ? cost.gradient(found.run) : cost.least_squares(found.run);
  Vector out(1 + numbers.size());
  out << (found.exact ? 0.0 : 1.0), numbers;
  return out;
}

std::vector<std::vector<SetResult>> ProblemCosts::evaluate(std::span<const Part> parts) {
  std::vector<std::vector<SetResult>> out(parts.size());
  for (const What what : kinds) {
    std::vector<RunTask> tasks;
    for (const Part& part : parts)
      for (Index k = 0; part.request.what == what && k < part.request.z.rows(); ++k)
        for (const int site : problems_[part.problem].sites) tasks.push_back({site, part.request.z.row(k).transpose()});
    const std::vector<Vector> numbers = run(what, tasks);
    std::size_t at = 0;
    for (std::size_t p = 0; p < parts.size(); ++p)
      for (Index k = 0; parts[p].request.what == what && k < parts[p].request.z.rows(); ++k) {
        const std::size_t count = problems_[parts[p].problem].sites.size();
        out[p].push_back(combined(what, parts[p].request.z.row(k).transpose(), std::span(numbers).subspan(at, count)));
        at += count;
      }
  }
  return out;
}

// What the sites of a problem gave, as one.
SetResult ProblemCosts::combined(What what, const Vector& z, std::span<const Vector> sites) const {
  SetResult out;
  if (std::ranges::any_of(sites, is_failed)) return out;
  const auto streams = Index(rules_.size());
  const Index n = z.size();
  const bool derivatives = what == What::gradient || what == What::least_squares;
  const Index before = derivatives ? 1 : 0;
  out.chi2 = Vector::Zero(streams);
  std::vector<Vector> rest;
  Index rows = 0;
  for (const Vector& numbers : sites) {
    if (derivatives && numbers(0) != 0.0) ++out.by_differences;
    out.chi2 += numbers.segment(before, streams);
    rest.emplace_back(numbers.tail(numbers.size() - before - streams));
    rows += rest.back().size();
  }
  out.J = 0.0;
  for (Index s = 0; s < streams; ++s) out.J += 0.5 * rules_[std::size_t(s)].weight * out.chi2(s);
  if (prior_.in_cost) out.J += background(z);
  Matrix system;
  if (what == What::gradient) {
    out.gradient = Vector::Zero(n);
    for (const Vector& numbers : rest) out.gradient += numbers;
  }
  if (what == What::departures || what == What::least_squares || what == What::features) {
    Vector all(rows);
    Index at = 0;
    for (const Vector& numbers : rest) {
      all.segment(at, numbers.size()) = numbers;
      at += numbers.size();
    }
    if (what == What::departures)
      out.departures = all;
    else if (what == What::features)
      out.features = all;
    else
      system = compressed(Eigen::Map<const Matrix>(all.data(), rows / (n + 1), n + 1));
  }
  add_term(what, z, system, out);
  return out;
}

// The background's part of gradient and residuals.
void ProblemCosts::add_term(What what, const Vector& z, const Matrix& rows, SetResult& result) const {
  const auto L = prior_root_.triangularView<Eigen::Lower>();
  const Index n = z.size(), more = prior_.in_cost ? n : 0;
  const Vector whitened = L.solve(z);
  if (what == What::gradient && more > 0) result.gradient += L.transpose().solve(whitened);
  if (what != What::least_squares) return;
  result.residuals.resize(rows.rows() + more);
  result.jacobian.resize(rows.rows() + more, n);
  result.residuals.head(rows.rows()) = rows.col(n);
  result.jacobian.topRows(rows.rows()) = rows.leftCols(n);
  if (more == 0) return;
  result.residuals.tail(n) = whitened;
  result.jacobian.bottomRows(n) = L.solve(Eigen::MatrixXd::Identity(n, n));
}

std::vector<StreamCount> ProblemCosts::counts(std::size_t problem) const {
  std::vector<StreamCount> out(rules_.size());
  for (const int s : problems_[problem].sites)
    for (std::size_t k = 0; k < out.size(); ++k) {
      const StreamCount& one = sites_[std::size_t(s)].counts()[k];
      out[k].used += one.used, out[k].withheld += one.withheld, out[k].missing += one.missing;
    }
  return out;
}

const ObservedFeatures& ProblemCosts::features_of(int site) {
  for (int s = int(features_.size()); s < runs().sites(); ++s) features_.emplace_back(runs(), s);
  return features_[std::size_t(site)];
}

std::vector<ObservedFeature> ProblemCosts::features(std::size_t problem) {
  std::vector<ObservedFeature> out;
  const std::vector<int>& sites = problems_[problem].sites;
  for (const int site : sites)
    for (ObservedFeature feature : features_of(site).list()) {
      if (sites.size() > 1) feature.name = runs().name(site) + ":" + feature.name;
      out.push_back(feature);
    }
  return out;
}

Index ProblemCosts::departures(std::size_t problem) const {
  Index n = 0;
  for (const int s : problems_[problem].sites) n += sites_[std::size_t(s)].used();
  return n;
}

double ProblemCosts::background(const Vector& z) const {
  return 0.5 * prior_root_.triangularView<Eigen::Lower>().solve(z).squaredNorm();
}

Matrix differences(const Matrix& sets, std::span<const SetResult> results) {
  const Index n = sets.cols(), m = results[0].departures.size();
  Matrix values = Matrix::Constant(sets.rows(), m, NAN), rows(m, n + 1);
  for (Index k = 0; k < sets.rows(); ++k)
    if (results[std::size_t(k)].departures.size() > 0) values.row(k) = results[std::size_t(k)].departures.transpose();
  rows << difference_slopes(sets, values), results[0].departures;
  return compressed(rows);
}

}  // namespace tilth
