#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include <fmt/format.h>

#include "driver/verify/verify.hpp"
#include "io/table.hpp"

namespace tilth {

namespace {

/// Columns from rows: a name, a sentence and what to take of a row.
template <class Row>
class Columns {
 public:
  explicit Columns(const std::vector<Row>& rows) : rows_(rows) {}
  template <class Take>
  Columns& words(const std::string& name, const std::string& about, const Take& take) {
    std::vector<std::string> values;
    for (const Row& r : rows_) values.emplace_back(take(r));
    out_.push_back({name, "", about, std::move(values)});
    return *this;
  }
  template <class Take>
  Columns& numbers(const std::string& name, const std::string& units, const std::string& about, const Take& take) {
    std::vector<double> values;
    for (const Row& r : rows_) values.push_back(double(take(r)));
    out_.push_back({name, units, about, std::move(values)});
    return *this;
  }
  std::vector<TableColumn> take() { return std::move(out_); }

 private:
  const std::vector<Row>& rows_;
  std::vector<TableColumn> out_;
};

Table score_table(const std::vector<ScoreEntry>& rows) {
  using R = ScoreEntry;
  Columns<R> c(rows);
  c.words("source", "open_loop, analysis, an experiment, forecast or climatology", [](const R& r) { return r.source; })
      .words("reference", "nature, withheld, denied, forthcoming or tower:<name>",
             [](const R& r) { return r.reference; })
      .words("variable", "product, parameter or stream", [](const R& r) { return r.variable; })
      .words("kind", "variable, parameter or stream", [](const R& r) { return r.kind; })
      .words("units", "units of the variable", [](const R& r) { return r.units; })
      .numbers("observed", "1", "1: assimilated or updated", [](const R& r) { return r.observed; })
      .words("region", "region", [](const R& r) { return r.region; })
      .words("pft", "dominant plant functional type of the cells, or all", [](const R& r) { return r.pft; })
      .words("season", "all, DJF, MAM, JJA or SON", [](const R& r) { return r.season; })
      .numbers("lead_days", "days", "lead time; missing: not a forecast", [](const R& r) { return r.lead_days; })
      .words("score", "docs/methods/scores.md",
             [](const R& r) { return std::string(score_names[std::size_t(r.score)]); })
      .numbers("value", "", "value of the score", [](const R& r) { return r.value; })
      .numbers("low", "", "lower end of the bootstrap interval", [](const R& r) { return r.low; })
      .numbers("high", "", "upper end of the bootstrap interval", [](const R& r) { return r.high; })
      .numbers("n", "1", "number of cases", [](const R& r) { return r.n; });
  return {"score", c.take()};
}

template <class R>
Columns<R> placed(const std::vector<R>& rows) {
  Columns<R> c(rows);
  c.words("source", "open_loop, analysis, an experiment or forecast", [](const R& r) { return r.source; })
      .words("reference", "nature, withheld, denied or forthcoming", [](const R& r) { return r.reference; })
      .words("variable", "product or stream", [](const R& r) { return r.variable; })
      .words("region", "region", [](const R& r) { return r.region; })
      .numbers("lead_days", "days", "lead time; missing: not a forecast", [](const R& r) { return r.lead_days; });
  return c;
}

std::vector<Table> tables_of(const VerificationTables& t) {
  using Rank = VerificationTables::Rank;
  using Reliability = VerificationTables::Reliability;
  using Roc = VerificationTables::Roc;
  auto ranks = placed(t.ranks);
  ranks.numbers("bin", "1", "members below the truth", [](const Rank& r) { return r.bin; })
      .numbers("bins", "1", "number of bins", [](const Rank& r) { return r.bins; })
      .numbers("count", "1", "cases; ties are shared among bins", [](const Rank& r) { return r.count; });
  auto reliable = placed(t.reliability);
  reliable.words("event", "verification.events", [](const Reliability& r) { return r.event; })
      .numbers("forecast_probability", "1", "mean of the bin", [](const Reliability& r) { return r.probability; })
      .numbers("observed_frequency", "1", "share of the cases", [](const Reliability& r) { return r.frequency; })
      .numbers("n", "1", "number of cases", [](const Reliability& r) { return r.n; });
  auto roc = placed(t.roc);
  roc.words("event", "verification.events", [](const Roc& r) { return r.event; })
      .numbers("threshold", "1", "share of members from which the event is forecast",
               [](const Roc& r) { return r.threshold; })
      .numbers("hit_rate", "1", "of the events", [](const Roc& r) { return r.hit_rate; })
      .numbers("false_alarm_rate", "1", "of the others", [](const Roc& r) { return r.false_alarm_rate; });
  return {
      score_table(t.scores), {"rank_histogram", ranks.take()}, {"reliability", reliable.take()}, {"roc", roc.take()}};
}

}  // namespace

void write_verification(const Domain& domain, const std::string& run, const VerificationTables& t) {
  if (t.scores.empty()) return;
  write_tables(*domain.comm, run + "/verification.nc", tables_of(t));
  if (t.card.empty()) return;
  using R = ScorecardEntry;
  Columns<R> c(t.card);
  c.words("experiment", "experiment, or open_loop", [](const R& r) { return r.experiment; })
      .words("reference", "nature, withheld or forthcoming", [](const R& r) { return r.reference; })
      .words("variable", "product or stream", [](const R& r) { return r.variable; })
      .numbers("observed", "1", "1: assimilated", [](const R& r) { return r.observed; })
      .words("region", "region", [](const R& r) { return r.region; })
      .words("score", "docs/methods/scores.md",
             [](const R& r) { return std::string(score_names[std::size_t(r.score)]); })
      .numbers("value", "", "of the experiment", [](const R& r) { return r.value; })
      .numbers("control", "", "of the control", [](const R& r) { return r.control; })
      .numbers("change", "1", "share of the control's loss that is gained, positive: better",
               [](const R& r) { return r.change; })
      .numbers("low", "1", "lower end of its bootstrap interval", [](const R& r) { return r.low; })
      .numbers("high", "1", "upper end", [](const R& r) { return r.high; })
      .numbers("significant", "1", "1: the interval excludes 0", [](const R& r) { return r.significant; });
  const Table card{"cell", c.take()};
  write_tables(*domain.comm, run + "/scorecard.nc", std::span(&card, 1), {{"control", t.control}});
}

namespace {

// One block: variables of a reference by experiment. Nothing without a cell.
void print_scorecard(const VerificationTables& t, const std::string& reference) {
  std::vector<std::string> experiments, variables;
  std::map<std::pair<std::string, std::string>, std::string> cells;
  std::map<std::string, bool> observed;
  for (const ScorecardEntry& e : t.card) {
    if (e.region != "global" || Score(e.score) != Score::rmse || e.reference != reference) continue;
    if (observed.emplace(e.variable, e.observed).second) variables.push_back(e.variable);
    if (std::find(experiments.begin(), experiments.end(), e.experiment) == experiments.end())
      experiments.push_back(e.experiment);
    cells[{e.variable, e.experiment}] = fmt::format("{:+.1f}{}", 100.0 * e.change, e.significant ? "!" : " ");
  }
  if (cells.empty()) return;
  fmt::print("\n{:<34}", "against " + (reference == "nature" ? "the nature run" : reference + " observations"));
  for (const std::string& e : experiments) fmt::print("{:>14}", e);
  for (const std::string& v : variables) {
    fmt::print("\n{:<34}", v + (observed[v] ? " *" : ""));
    for (const std::string& e : experiments) fmt::print("{:>14}", cells[{v, e}]);
  }
  fmt::print("\n");
}

}  // namespace

void print_scorecard(const VerificationTables& t) {
  if (t.card.empty()) return;
  fmt::print("\nscorecard: change of the global RMSE against {} in %, positive: better; !: significant; *: observed",
             t.control);
  for (const char* reference : {"nature", "withheld", "forthcoming"}) print_scorecard(t, reference);
  std::fflush(stdout);
}

}  // namespace tilth
