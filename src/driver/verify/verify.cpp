#include "driver/verify/verify.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <sstream>

#include "driver/log.hpp"
#include "driver/products.hpp"
#include "driver/sets/variant.hpp"
#include "driver/verify/forecast_recorder.hpp"
#include "driver/verify/product_cases.hpp"
#include "driver/verify/seasonal_cycle.hpp"

namespace tilth {

namespace {

// Names of the folders in `folder`, ascending, as rank 0 sees them. Collective.
std::vector<std::string> folders_in(const Comm& comm, const std::string& folder) {
  std::string lines;
  if (comm.root() && std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (entry.is_directory()) lines += entry.path().filename().string() + "\n";
  }
  comm.broadcast(lines);
  std::istringstream in(lines);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) out.push_back(line);
  std::sort(out.begin(), out.end());
  return out;
}

bool is_complete(const Domain& domain, const std::string& folder) {
  if (!domain.comm->all(std::filesystem::exists(folder + "/products.nc"))) return false;
  const ProductReader file(*domain.comm, folder + "/products.nc", domain.grid);
  const ProductReader open(*domain.comm, folder + "/../../nature/products.nc", domain.grid);
  return file.records() == open.records();
}

std::vector<EventRule> events_of(const Domain& domain, const std::string& variable) {
  std::vector<EventRule> out;
  for (const auto& [name, o] : domain.experiment->verification.events) {
    const auto& names = o.variables;
    if (!names.empty() && std::find(names.begin(), names.end(), variable) == names.end()) continue;
    const bool percentile = !o.has_below && !o.has_above, below = o.has_below || o.below_percentile >= 0.0;
    const double limit = o.has_below   ? o.below
                         : o.has_above ? o.above
                         : below       ? o.below_percentile
                                       : o.above_percentile;
    out.push_back({name, below, percentile, limit});
  }
  return out;
}

void add_parameters(const ParameterScores& scored, bool open_loop, std::vector<ScoreEntry>& out) {
  const double none = std::nan("");
  for (const ScoreRow& p : scored.rows) {
    const auto add = [&](const std::string& source, Score score, double value) {
      if (std::isnan(value)) return;
      out.push_back({source, "nature", p.name, "parameter", p.units, p.observed, "global", "all", "all", none,
                     int(score), value, none, none, 1.0});
    };
    if (open_loop) {
      add("open_loop", Score::rmse, p.open_loop_rmse);
      add("open_loop", Score::spread, p.open_loop_spread);
      add("open_loop", Score::coverage90, p.open_loop_coverage);
    }
    add(scored.source, Score::rmse, p.analysis_rmse);
    add(scored.source, Score::spread, p.analysis_spread);
    add(scored.source, Score::coverage90, p.analysis_coverage);
    const double before = p.open_loop_rmse * p.open_loop_rmse;
    add(scored.source, Score::skill_open_loop, skill_of(p.analysis_rmse * p.analysis_rmse, before));
  }
}

// Whether a part of the run assimilates what observes a product directly: the open loop is told as the whole file.
bool is_observed_by(const Experiment& e, const std::string& part, const std::string& product) {
  const auto names = set_names(e);
  const bool in_set = std::find(names.begin(), names.end(), part) != names.end();
  return is_observed(in_set ? variant(e, part).observations : e.observations, product);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> scored_parts(const Domain& domain, const std::string& run) {
  std::vector<std::pair<std::string, std::string>> parts;
  for (const std::string name : {"open_loop", "analysis"})
    if (domain.comm->all(std::filesystem::exists(run + "/" + name + "/products.nc")))
      parts.emplace_back(name, run + "/" + name);
  std::vector<std::string> names = set_names(*domain.experiment);
  if (names.empty()) names = folders_in(*domain.comm, run + "/experiments");
  for (const std::string& name : names) {
    const std::string folder = run + "/experiments/" + name;
    if (is_complete(domain, folder))
      parts.emplace_back(name, folder);
    else if (domain.comm->root())
      log_warning(folder + ": not complete, left out of the verification");
  }
  return parts;
}

std::string control_of(const std::vector<std::pair<std::string, std::string>>& parts) {
  for (const auto& [name, folder] : parts)
    if (name != "open_loop" && name != "analysis") return name;
  return "open_loop";
}

std::vector<FeedbackPart> forecast_parts(const Domain& domain,
                                         const std::vector<std::pair<std::string, std::string>>& parts) {
  std::vector<FeedbackPart> out;
  const ForecastOptions& o = domain.experiment->verification.forecasts;
  for (const auto& [name, folder] : parts)
    for (std::int64_t k = 1; o.on && name != "open_loop" && k <= o.lead; ++k)
      out.push_back({forecast_name(name), forecast_folder(folder, k), lead_days(*domain.experiment, k), name});
  return out;
}

void add_probabilities(const RecordSums& sums, const Groups& groups, const std::string& variable,
                       VerificationTables& out) {
  for (int g = 0; g < sums.regions; ++g)
    for (int s = 0; s + 1 < sums.source_count(); ++s) {
      const Group& group = groups.all()[std::size_t(g)];
      const std::string& source = sums.sources[std::size_t(s)].name;
      const double lead = sums.sources[std::size_t(s)].lead_days;
      const std::size_t at = std::size_t(g) * sums.sources.size() + std::size_t(s), E = sums.events.size();
      const std::vector<double>& ranks = sums.ranks[at];
      const bool any = std::any_of(ranks.begin(), ranks.end(), [](double x) { return x > 0.0; });
      for (std::size_t k = 0; any && k < ranks.size(); ++k)
        out.ranks.push_back(
            {source, group.reference, variable, group.region, double(k), double(ranks.size()), ranks[k], lead});
      for (std::size_t e = 0; e < E && sums.sources[std::size_t(s)].has_members; ++e) {
        const EventCounts& counts = sums.cases[at * E + e];
        for (const ReliabilityPoint& p : reliability(counts, 10))
          out.reliability.push_back({source, group.reference, variable, group.region, sums.events[e].name,
                                     p.forecast_probability, p.observed_frequency, p.weight, lead});
        for (const RocPoint& p : roc_curve(counts))
          out.roc.push_back({source, group.reference, variable, group.region, sums.events[e].name, p.threshold,
                             p.hit_rate, p.false_alarm_rate, lead});
      }
    }
}

void add_scores(const Domain& domain, CaseReader& reader, const Groups& groups, const ScoredVariable& variable,
                std::vector<EventRule> events, const std::map<std::string, bool>& observed, VerificationTables& out) {
  const Comm& comm = *domain.comm;
  const Experiment& e = *domain.experiment;
  const BootstrapPlan plan{std::uint64_t(e.run.seed), e.verification.bootstrap};
  const std::vector<Time>& times = reader.times();
  const int harmonics = resolved_harmonics(e.verification.harmonics, times.front(), times.back());
  const RecordSums sums = record_sums(comm, reader, groups, harmonics, std::move(events));
  for (ScoreEntry& row : score_rows(comm, sums, groups, variable, plan)) {
    if (observed.contains(row.source)) row.observed = observed.at(row.source);
    out.scores.push_back(std::move(row));
  }
  for (ScorecardEntry& row : scorecard_rows(comm, sums, groups, variable, plan, out.control)) {
    row.observed = observed.at(row.experiment);
    out.card.push_back(std::move(row));
  }
  add_probabilities(sums, groups, variable.name, out);
}

namespace {

// Products against the nature run. Collective.
void score_against_nature(const Domain& domain, const std::string& run,
                          const std::vector<std::pair<std::string, std::string>>& parts, VerificationTables& out) {
  const Experiment& e = *domain.experiment;
  ProductCases cases(domain, run, parts, e.window_begin(e.verification.from_window));
  for (const FeedbackPart& f : forecast_parts(domain, parts))
    if (domain.comm->all(std::filesystem::exists(f.folder + "/products.nc")))
      cases.add_forecasts(f.name, f.folder, f.lead_days);
  const Groups groups(domain, "nature");
  for (const ProductDefinition& d : experiment_products(domain)) {
    if (parts.empty() || cases.times().empty() || !cases.select(d.name)) continue;
    std::map<std::string, bool> observed;
    for (const auto& [name, folder] : parts)
      observed[name] = observed[forecast_name(name)] = is_observed_by(e, name, d.name);
    const ScoredVariable variable{d.name, "variable", d.units, is_observed(e.observations, d.name)};
    add_scores(domain, cases, groups, variable, events_of(domain, d.name), observed, out);
  }
}

}  // namespace

void verify_run(const Domain& domain, const std::string& run, const std::vector<ParameterScores>& parameters) {
  const Comm& comm = *domain.comm;
  const Experiment& e = *domain.experiment;
  const auto& references = e.verification.references;
  const bool twin = comm.all(std::filesystem::exists(run + "/nature/products.nc")) && e.output.products.on &&
                    std::find(references.begin(), references.end(), "nature") != references.end();
  VerificationTables tables;
  tables.control = e.set.empty() ? "open_loop" : e.set.front().first;
  if (twin) {
    const auto parts = scored_parts(domain, run);
    tables.control = control_of(parts);
    score_against_nature(domain, run, parts, tables);
  }
  score_observations(domain, run, tables);
  for (std::size_t i = 0; i < parameters.size(); ++i) add_parameters(parameters[i], i == 0, tables.scores);
  write_verification(domain, run, tables);
  if (comm.root()) print_scorecard(tables);
}

}  // namespace tilth
