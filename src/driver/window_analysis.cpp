#include "driver/window_analysis.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "assim/inflation.hpp"
#include "assim/rotation.hpp"
#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/parallel/reproducible_sum.hpp"
#include "driver/bias_terms.hpp"
#include "driver/log.hpp"
#include "driver/observation_errors.hpp"
#include "driver/parameter_update.hpp"
#include "driver/timer.hpp"

namespace tilth {

namespace {

bool is_rank_histogram(const Experiment& e, const std::string& name) {
  const auto& names = e.control.rank_histogram;
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<ObsKind> obs_kinds(const Domain& domain) {
  std::vector<ObsKind> kinds;
  for (const Stream& stream : domain.streams) {
    const double own = stream.options->level;
    ObsKind kind{stream.options->name, stream.options->half_width_km,
                 std::isnan(own) ? stream.op->traits().level : own};
    kind.rank_histogram = stream.options->rank_histogram;
    const OperatorTraits& t = stream.op->traits();
    if (kind.rank_histogram) kind.lower = t.within_day * t.valid_lower, kind.upper = t.within_day * t.valid_upper;
    kinds.push_back(kind);
  }
  return kinds;
}

}  // namespace

std::vector<ControlRow> control_rows(const Experiment& experiment, const ModelTraits& traits) {
  const auto& wanted = experiment.control.states;
  const auto& names = wanted.empty() ? traits.default_states : wanted;
  std::vector<ControlRow> rows;
  if (names.size() == 1 && names[0] == "none") return rows;
  for (const auto& name : names) {
    std::vector<std::string> known;
    for (const Variable& v : traits.layout.variables())
      if (v.kind == Variable::Kind::prognostic) known.push_back(v.name);
    require(traits.layout.has(name), experiment.file, ": control.states: the model '", traits.name,
            "' has no variable '", name, "'", did_you_mean(name, known), "; known: ", joined(known));
    const Variable& v = traits.layout.variable(name);
    require(v.kind == Variable::Kind::prognostic, experiment.file, ": control.states: '", name,
            "' is diagnosed by the model, an update of it would have no effect; name a prognostic variable");
    for (int layer = 0; layer < v.layers; ++layer)
      rows.push_back({traits.layout.row(name) + layer, name, v.levels.empty() ? std::nan("") : v.levels[layer],
                      v.transform, v.lower, v.upper, is_rank_histogram(experiment, name)});
  }
  return rows;
}

std::vector<double> parameter_spreads(ParameterSet& parameters) {
  std::vector<double> out;
  for (int k = 0; k < int(parameters.uncertain().size()); ++k)
    for (int unit = 0; unit < parameters.units(k); ++unit)
      out.push_back(parameters.members() > 1 ? member_spread(parameters.row(k, unit).first(parameters.members()))
                                             : 0.0);
  return out;
}

AnalysisSummary AnalysisSummary::operator+(const AnalysisSummary& later) const {
  return {water_increment_kg_m2 + later.water_increment_kg_m2,
          carbon_increment_g_m2 + later.carbon_increment_g_m2,
          std::max(updated_columns, later.updated_columns),
          clipped + later.clipped,
          std::max(passes, later.passes),
          members_replaced + later.members_replaced};
}

namespace {

bool any_used(const Comm& comm, const ObsTable& obs) {
  return comm.any(std::any_of(obs.flag.begin(), obs.flag.end(), [](std::uint32_t flag) { return flag == qc_used; }));
}

void check_rank_histograms(const Experiment& e) {
  const bool wanted =
      !e.control.rank_histogram.empty() || std::any_of(e.observations.begin(), e.observations.end(),
                                                       [](const ObservationOptions& o) { return o.rank_histogram; });
  require(!wanted || e.analysis.method.name == "ensrf", e.file, ": rank_histogram has no effect with the method '",
          e.analysis.method.name, "'; use ensrf, or leave rank_histogram out");
  for (const auto& name : e.control.rank_histogram)
    require(e.control.states.empty() ||
                std::find(e.control.states.begin(), e.control.states.end(), name) != e.control.states.end(),
            e.file, ": control.rank_histogram: '", name, "' is not among control.states; add it or leave it out");
}

// Shared rows explain their number over N - 1 of every column's spread by chance; what they explain is not localised.
void warn_of_few_members(Members& members) {
  const Domain& domain = members.domain();
  if (domain.experiment->analysis.shared_parameters != "together") return;
  const std::vector<SharedRows> sets = shared_rows(members, ObsTable{});
  std::int64_t most = 0;
  for (int c = 0; c < domain.columns(); ++c) {
    std::int64_t rows = 0;
    for (const SharedRows& set : sets) rows += set.column_weight[c] > 0.0 ? std::int64_t(set.rows.size()) : 0;
    most = std::max(most, rows);
  }
  most = domain.comm->max(most);
  if (4 * most > members.size() - 1)
    log_warning(text(domain.experiment->file, ": analysis.shared_parameters: together: ", most,
                     " shared parameters of a column explain up to ", 100 * most / (members.size() - 1), " % of ",
                     members.size(), " members by chance; take statistics, or ", 4 * most + 1, " members or more"));
}

}  // namespace

WindowAnalysis::WindowAnalysis(Members& members, std::span<const ProductDefinition> products)
    : members_(members),
      control_(control_rows(*members.domain().experiment, members.domain().model->traits())),
      method_(members.domain().experiment->analysis.method.make()),
      rules_(localisation_with_biases(members.domain()),
             ColumnRows::kinds_of(members.domain(), control_, members.parameters, products),
             obs_kinds(members.domain()), members.domain().experiment->file + ": analysis.localisation"),
      initial_parameter_sd_(parameter_spreads(members.parameters)),
      inflation_(members.domain()) {
  require(!method_.iterative || !inflation_.is_on(), members.domain().experiment->file,
          ": analysis.inflation.adaptive has no effect with an iterative method; choose method: none");
  check_rank_histograms(*members.domain().experiment);
  warn_of_few_members(members);
  if (method_.field)
    method_.field->check(ColumnRows::kinds_of(members.domain(), control_, members.parameters, products), rules_);
}

AnalysisKey WindowAnalysis::key(std::int64_t cycle) const {
  return {std::uint64_t(members_.domain().experiment->run.seed), cycle};
}

PosteriorOptions WindowAnalysis::posterior(std::int64_t cycle, bool observed) {
  const AnalysisOptions& options = members_.domain().experiment->analysis;
  rotation_.clear();
  if (options.inflation.rotation && observed)
    rotation_ = mean_preserving_rotation(key(cycle).random(), cycle, members_.size());
  return {&options, initial_parameter_sd_, rotation_, key(cycle)};
}

AnalysisSummary WindowAnalysis::summary(const ColumnRows& rows) const {
  const Domain& domain = members_.domain();
  const Comm& comm = *domain.comm;
  std::vector<double> areas;
  for (const GridPoint& point : domain.grid.points) areas.push_back(point.area_m2);
  const double total_area = reproducible_sum(comm, areas);
  const ColumnChanges& changes = rows.changes();
  AnalysisSummary s;
  s.water_increment_kg_m2 = reproducible_sum(comm, changes.water_kg) / total_area;
  s.carbon_increment_g_m2 = reproducible_sum(comm, changes.carbon_g) / total_area;
  s.updated_columns = comm.sum(changes.updated_columns);
  s.clipped = comm.sum(changes.clipped);
  return s;
}

AnalysisSummary WindowAnalysis::update(std::int64_t cycle, const ObsTable& obs, Products& products,
                                       FeedbackColumns& feedback) {
  const Phase phase("analysis");
  const Domain& domain = members_.domain();
  const bool observed = any_used(*domain.comm, obs);
  const PosteriorOptions after = posterior(cycle, observed);
  const AnalysisMethod& shared = shared_method(method_);
  const SharedUpdate move = [&](int, const ObsGram& gram, int n, std::span<double* const> rows) {
    shared.update(gram, n, rows);
  };
  ObsTable seen = analysed_observations(domain, obs, feedback.weight);
  std::vector<double> factors;
  if (inflation_.is_on()) {
    inflation_.learn(seen, rules_);
    inflation_.inflate_predictions(seen);
    factors = inflation_.factors();
  }
  const bool together = domain.experiment->analysis.shared_parameters == "together";
  if (!together) update_shared_parameters(members_, move, shared.perturbs(), after, seen);
  members_.parameters.refresh();

  AlignedVector<double> posterior_hx;
  ColumnRows rows(members_, control_, after);
  rows.attach(products, obs, posterior_hx);
  rows.inflate_prior(factors);
  FieldProblem problem{*domain.comm, domain.grid, seen, rules_, rows, key(cycle), &record_, {}, domain.caps.get()};
  if (together) problem.shared = shared_rows(members_, seen);
  std::optional<ParameterSet> before;
  if (together) before = members_.parameters;
  analyse_field(method_, problem);
  if (together) {
    relax_shared_parameters(members_, *before, after);
    for (int c = 0; c < domain.columns(); ++c) rows.reconcile(c);  // with the new shared parameters
  }
  fill_posterior(obs, posterior_hx, feedback);
  if (keeps_) kept_ = {std::move(seen), std::move(factors)};
  return summary(rows);
}

std::unique_ptr<Iteration> WindowAnalysis::start(std::int64_t cycle) const {
  return method_.iterative->start(key(cycle));
}

AnalysisSummary WindowAnalysis::iterate(Iteration& iteration, std::int64_t cycle, int pass, const ObsTable& obs,
                                        const FeedbackColumns& feedback) {
  const Phase phase("analysis");
  const Domain& domain = members_.domain();
  PosteriorOptions after = posterior(cycle, false);
  after.key.pass = pass;
  iteration.begin(pass);
  const SharedUpdate move = [&](int unit, const ObsGram& gram, int n, std::span<double* const> rows) {
    iteration.update(unit, gram, n, rows);
  };
  after.options = nullptr;  // spread is left alone until the last pass is done
  const ObsTable seen = analysed_observations(domain, obs, feedback.weight);
  update_shared_parameters(members_, move, method_.iterative->perturbs(), after, seen);
  members_.parameters.refresh();
  ColumnRows rows(members_, control_, after);
  FieldProblem problem{*domain.comm, domain.grid, seen, rules_, rows, key(cycle), &record_, {}, domain.caps.get()};
  iteration.update(problem);
  AnalysisSummary s = summary(rows);
  s.passes = pass + 1;
  return s;
}

AnalysisSummary WindowAnalysis::finish_iteration(std::int64_t cycle, Members& prior, const ObsTable& obs) {
  const bool observed = any_used(*members_.domain().comm, obs);
  const PosteriorOptions after = posterior(cycle, observed);
  relax_shared_parameters(members_, prior.parameters, after);
  ColumnRows rows(members_, control_, after);
  rows.relax_towards(prior);
  const int columns = members_.domain().columns();
  for (int c = 0; c < columns; ++c) {
    rows.load(c);
    rows.store(c, observed);
  }
  return summary(rows);
}

}  // namespace tilth
