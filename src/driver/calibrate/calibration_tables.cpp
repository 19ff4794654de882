// calibration.nc: long tables of everything found.
#include "driver/calibrate/calibration_files.hpp"
#include "driver/calibrate/search_tables.hpp"
#include "io/table.hpp"

namespace tilth {

using calibration::Index;

namespace {

/// A table that is filled row by row: words and numbers in the order of the columns.
class Rows {
 public:
  explicit Rows(std::string name) { table_.name = std::move(name); }
  Rows& words(const std::string& name, const std::string& about) {
    table_.columns.push_back({name, "", about, std::vector<std::string>()});
    return *this;
  }
  Rows& numbers(const std::string& name, const std::string& units, const std::string& about) {
    table_.columns.push_back({name, units, about, std::vector<double>()});
    return *this;
  }
  template <class... Values>
  void add(const Values&... values) {
    std::size_t column = 0;
    (put(column++, values), ...);
  }
  const Table& table() const { return table_; }

 private:
  void put(std::size_t c, const std::string& word) {
    std::get<std::vector<std::string>>(table_.columns[c].values).push_back(word);
  }
  void put(std::size_t c, double number) { std::get<std::vector<double>>(table_.columns[c].values).push_back(number); }
  Table table_;
};

Table parameter_table(const SiteRuns& runs, const CalibrationResults& results) {
  Rows t("parameter");
  t.words("problem", "who shares it").words("name", "parameter").words("units", "units of value, sd, low and high");
  t.numbers("prior", "", "default").numbers("prior_sd", "", "standard deviation under the prior");
  t.numbers("value", "", "found").numbers("sd", "", "posterior standard deviation");
  t.numbers("low", "", "lower end of the 95 % interval").numbers("high", "", "upper end");
  t.numbers("at_bound", "1", "-1: at its lower bound, 1: at its upper one, 0: at neither");
  t.numbers("z", "1", "distance from the default in prior standard deviations").numbers("z_sd", "1", "its sd");
  t.numbers("z_low", "1", "lower end of its 95 % interval").numbers("z_high", "1", "upper end");
  t.numbers("z_truth", "1", "of a twin");
  t.words("interval", "what the intervals are from: curvature, ensemble or chain");
  for (const ProblemResult& p : results.problems)
    for (std::size_t j = 0; j < p.parameters.size(); ++j) {
      const ParameterEstimate& e = p.parameters[j];
      t.add(p.problem.name, runs.parameters()[j].name, runs.parameters()[j].units, e.prior, e.prior_sd, e.value, e.sd,
            e.low, e.high, double(e.at_bound), e.z, e.z_sd, e.z_low, e.z_high,
            results.truth.size() > 0 ? results.truth(p.problem.sites.front(), Index(j)) : NAN, p.interval_of);
    }
  return t.table();
}

Table cost_table(const SiteRuns& runs, const CalibrationResults& results) {
  Rows t("cost");
  t.words("problem", "who shares parameters").words("stream", "observations, or background");
  t.words("source", "prior or posterior");
  t.numbers("used", "1", "training observations").numbers("withheld", "1", "for validation");
  t.numbers("missing", "1", "flagged").numbers("weight", "1", "of the stream in J");
  t.numbers("chi2", "1", "whitened squares; about the number used where the errors are right");
  t.numbers("cost", "1", "part of J");
  for (const ProblemResult& p : results.problems)
    for (const bool after : {false, true}) {
      const SetResult& result = after ? p.posterior : p.prior;
      const std::string source = after ? "posterior" : "prior";
      for (std::size_t s = 0; s < p.counts.size(); ++s) {
        const double weight = results.rules[s].weight, chi2 = result.chi2.size() > 0 ? result.chi2(Index(s)) : NAN;
        t.add(p.problem.name, runs.streams()[s], source, double(p.counts[s].used), double(p.counts[s].withheld),
              double(p.counts[s].missing), weight, chi2, 0.5 * weight * chi2);
      }
      const double background = after ? p.background : 0.0;
      t.add(p.problem.name, std::string("background"), source, double(p.parameters.size()), 0.0, 0.0, 1.0,
            2.0 * background, background);
    }
  return t.table();
}

Table search_table(const CalibrationResults& results) {
  Rows t("search");
  t.words("problem", "who shares parameters").numbers("evaluation", "1", "in the order asked for");
  t.numbers("value", "1", "J; missing: the run failed");
  for (const ProblemResult& p : results.problems)
    for (std::size_t i = 0; i < p.history.values.size(); ++i) t.add(p.problem.name, double(i), p.history.values[i]);
  return t.table();
}

/// Rows of sets of parameters: optima, or draws of the posterior.
Table set_table(const SiteRuns& runs, const CalibrationResults& results, bool sample) {
  Rows t(sample ? "sample" : "optimum");
  t.words("problem", "who shares parameters").numbers(sample ? "member" : "start", "1", "number of the set");
  t.words("parameter", "parameter").numbers("z", "1", "distance from the default in prior standard deviations");
  if (!sample) t.numbers("value", "1", "J of the set; missing: it failed");
  for (const ProblemResult& p : results.problems) {
    const calibration::Matrix& sets = sample ? p.search.sample : p.search.optima;
    constexpr Index most = 2000;
    const Index every = std::max<Index>(1, sets.rows() / most);
    for (Index k = 0; k < sets.rows(); k += every)
      for (Index j = 0; j < sets.cols(); ++j) {
        const std::string& name = runs.parameters()[std::size_t(j)].name;
        if (sample)
          t.add(p.problem.name, double(k), name, sets(k, j));
        else
          t.add(p.problem.name, double(k), name, sets(k, j), p.search.optimum_values(k));
      }
  }
  return t.table();
}

Table direction_table(const SiteRuns& runs, const CalibrationResults& results) {
  Rows t("direction");
  t.words("problem", "who shares parameters").numbers("number", "1", "of the direction, the best known first");
  t.numbers("eigenvalue", "1", "what observations know in units of the prior: above 1 more than it");
  t.words("parameter", "parameter").numbers("part", "1", "of the parameter in the direction, prior sd");
  for (const ProblemResult& p : results.problems)
    for (Index i = 0; i < p.curvature.spectrum.size(); ++i)
      for (Index j = 0; j < p.curvature.directions.rows(); ++j)
        t.add(p.problem.name, double(i), p.curvature.spectrum(i), runs.parameters()[std::size_t(j)].name,
              p.curvature.directions(j, i));
  return t.table();
}

Table score_table(const SiteRuns& runs, const CalibrationResults& results) {
  Rows t("score");
  t.words("problem", "who shares parameters").words("site", "site").words("stream", "observations");
  t.words("set", "training or validation").words("scale", "day, week, month, year or interannual");
  t.words("source", "prior or posterior").numbers("n", "1", "pairs").numbers("rmse", "", "root mean square error");
  t.numbers("bias", "", "mean of model - observation").numbers("r", "1", "correlation");
  t.numbers("nse", "1", "Nash-Sutcliffe efficiency").numbers("kge", "1", "Kling-Gupta efficiency");
  for (const SiteFit& fit : results.sites)
    for (std::size_t s = 0; s < runs.streams().size(); ++s)
      for (int years = 0; years < years_count; ++years)
        for (int scale = 0; scale < scale_count; ++scale)
          for (const bool after : {false, true}) {
            const ScaleScore& one = (after ? fit.posterior : fit.prior).at(int(s), Years(years), Scale(scale));
            if (one.n == 0.0) continue;
            t.add(results.problems[fit.problem].problem.name, runs.name(fit.site), runs.streams()[s],
                  years_words[std::size_t(years)], scale_words[std::size_t(scale)],
                  std::string(after ? "posterior" : "prior"), one.n, one.rmse, one.bias, one.r, one.nse, one.kge);
          }
  return t.table();
}

Table failure_table(const SiteRuns& runs, const CalibrationResults& results) {
  Rows t("failed");
  t.numbers("run", "1", "number of the run that failed").words("site", "site").words("kind", "what it was for");
  t.words("parameter", "parameter").numbers("z", "1", "distance from the default in prior standard deviations");
  for (std::size_t i = 0; i < results.failed.size(); ++i) {
    const FailedRun& f = results.failed[i];
    for (Index j = 0; j < f.task.z.size(); ++j)
      t.add(double(i), runs.name(f.task.site), f.kind, runs.parameters()[std::size_t(j)].name, f.task.z(j));
  }
  return t.table();
}

}  // namespace

void write_calibration(const Comm& comm, const std::string& folder, const SiteRuns& runs,
                       const CalibrationResults& results) {
  std::vector<Table> tables{parameter_table(runs, results), cost_table(runs, results),
                            search_table(results),          set_table(runs, results, false),
                            set_table(runs, results, true), direction_table(runs, results),
                            score_table(runs, results),     failure_table(runs, results)};
  for (Table& table : search_tables(results)) tables.push_back(std::move(table));
  write_tables(comm, folder + "/calibration.nc", tables);
}

}  // namespace tilth
