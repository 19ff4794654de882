#include "driver/calibrate/calibrate.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/config/plugin_by_default.hpp"
#include "driver/calibrate/sound_derivatives.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

PriorRule prior_rule(const CalibrationOptions& options, const std::vector<CalibrationParameter>& parameters) {
  std::vector<std::string> names;
  for (const CalibrationParameter& p : parameters) names.push_back(p.name);
  const auto place = [&](const std::string& name) {
    const auto found = std::ranges::find(names, name);
    require(found != names.end(), "calibration.correlations: '", name, "' is not in control.parameters",
            did_you_mean(name, names), "; these are ", joined(names));
    return Index(found - names.begin());
  };
  const auto n = Index(parameters.size());
  PriorRule rule{Matrix::Identity(n, n), options.background};
  for (const CorrelationOptions& c : options.correlations) {
    const Index i = place(c.between[0]), j = place(c.between[1]);
    rule.covariance(i, j) = rule.covariance(j, i) = c.value;
  }
  return rule;
}

namespace {

std::vector<std::unique_ptr<CalibrationSearch>> searches_of(ProblemCosts& costs, const CalibrationOptions& options,
                                                            std::uint64_t seed) {
  const auto method = options.method.make();
  const std::string without = costs.runs().without_derivatives();
  require(!method->needs_derivatives() || without.empty(), "calibration.method: ", options.method.name,
          " needs derivatives of the model: ", without, "; choose finite_difference, cma_es or an ensemble method");
  const auto none = made_by_default(calibration_methods(), "given");  // where nothing trains
  std::vector<std::unique_ptr<CalibrationSearch>> out;
  bool any = false;
  for (std::size_t p = 0; p < costs.problems().size(); ++p) {
    SearchSetting setting;
    setting.box = box_of(costs.runs(), costs.problems()[p]);
    setting.start = Vector::Zero(setting.box.size()).cwiseMax(setting.box.lower).cwiseMin(setting.box.upper);
    setting.prior = costs.prior().covariance;
    setting.departures = costs.departures(p);
    setting.streams = costs.runs().streams();
    for (const StreamCount& c : costs.counts(p)) setting.used.push_back(c.used);
    setting.seed = seed;
    for (const CalibrationParameter& parameter : costs.runs().parameters())
      setting.parameters.push_back(parameter.name);
    setting.problem = costs.problems()[p].name;
    setting.features = costs.features(p);
    out.push_back((setting.departures > 0 ? *method : *none).start(setting));
    any = any || setting.departures > 0;
  }
  require(any,
          "calibration: no observation trains at any site; look at the files, times and flags of observations, and ",
          "at calibration.training");
  return out;
}

/// J of one set per problem.
std::vector<SetResult> costs_at(ProblemCosts& costs, const std::vector<Vector>& z) {
  std::vector<ProblemCosts::Part> parts;
  for (std::size_t p = 0; p < z.size(); ++p) parts.push_back({p, {SearchRequest::What::cost, z[p].transpose()}});
  std::vector<SetResult> out;
  for (const auto& results : costs.evaluate(parts)) out.push_back(results[0]);
  return out;
}

std::vector<SiteFit> fits_of(ProblemCosts& costs, const std::vector<Vector>& best) {
  const SiteRuns& runs = costs.runs();
  const int streams = int(runs.streams().size());
  std::vector<RunTask> tasks;
  std::vector<SiteFit> out;
  for (std::size_t p = 0; p < costs.problems().size(); ++p)
    for (const int site : costs.problems()[p].sites) {
      tasks.push_back({site, Vector::Zero(best[p].size())});
      tasks.push_back({site, best[p]});
      out.push_back({site, p, SiteScores(streams), SiteScores(streams)});
    }
  const auto numbers = costs.pool().evaluate("scores", tasks, RunReach::observations,
                                             [&](const RunTask& t, const Vector& p, const auto&) {
                                               return SiteScores::of(streams, runs.observations(t.site), p).numbers();
                                             });
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].prior = SiteScores::from(streams, numbers[2 * i]);
    out[i].posterior = SiteScores::from(streams, numbers[2 * i + 1]);
  }
  return out;
}

}  // namespace

CalibrationResults calibrate(RunPool& pool, const CalibrationOptions& options, const std::vector<StreamRule>& rules,
                             std::uint64_t seed) {
  const SiteRuns& runs = pool.runs();
  ProblemCosts costs(pool, problems_of(options.scope, runs), rules, prior_rule(options, runs.parameters()));
  const auto searches = searches_of(costs, options, seed);
  const auto histories = run_searches(costs, searches);
  const auto n = Index(runs.parameters().size());
  std::vector<Vector> best, zero(searches.size(), Vector::Zero(n));
  CalibrationResults out;
  out.rules = rules;
  for (std::size_t p = 0; p < searches.size(); ++p) {
    ProblemResult one;
    one.problem = costs.problems()[p];
    one.history = histories[p];
    const bool broken = !one.history.broken.empty();
    one.search = broken ? one.history.best : searches[p]->result();
    if (broken)
      one.search.notes.push_back("the search could not go on, the best of its runs is given: " + one.history.broken);
    if (one.search.best.size() == 0) {
      one.search.best = zero[p];
      one.search.notes.push_back("no run was good: the parameters are the defaults");
    }
    if (histories[p].by_differences > 0)
      one.search.notes.push_back(text(histories[p].by_differences, " of ", histories[p].derivative_runs,
                                      " runs with derivatives pass a point of instability: differences over ",
                                      wide_difference, " prior standard deviations stand in for what explodes there"));
    if (costs.departures(p) == 0)
      one.search.notes.push_back("no observation trains here: the parameters are the defaults");
    best.push_back(one.search.best);
    out.problems.push_back(std::move(one));
  }
  const auto prior = costs_at(costs, zero), posterior = costs_at(costs, best);
  for (std::size_t p = 0; p < searches.size(); ++p) {
    ProblemResult& one = out.problems[p];
    one.prior = prior[p];
    one.posterior = posterior[p];
    one.counts = costs.counts(p);
    one.background = costs.prior().in_cost ? costs.background(best[p]) : 0.0;
    describe_posterior(costs, options, p, one);
  }
  out.sites = fits_of(costs, best);
  out.failed = pool.failed();
  return out;
}

}  // namespace tilth
