#include "assim/field/envar_options.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assim/field/checked_obs.hpp"
#include "assim/field/envar_minimum.hpp"
#include "assim/field/local_analysis.hpp"
#include "assim/field/localisation_rules.hpp"
#include "assim/field/recentred_rows.hpp"
#include "assim/field/registered.hpp"
#include "assim/gram.hpp"
#include "assim/inflation.hpp"
#include "assim/methods/make_method.hpp"
#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/grid/sphere_tree.hpp"
#include "core/obs/halo.hpp"

namespace tilth {
namespace {

/// One localisation for all: which kinds of rows the rules leave alone; refuses rules that cannot be represented.
std::vector<char> moved_kinds(const std::vector<RowKind>& kinds, const LocalisationRules& rules) {
  std::vector<char> moved;
  const Taper shape = rules.shape();
  require(shape == Taper::gaspari_cohn || shape == Taper::none,
          "analysis.localisation.taper: 4denvar has a root of gaspari_cohn only (or of the diffusion like it); choose "
          "gaspari_cohn or none, or a method with local gains (letkf, ensrf)");
  for (int k = 0; k < int(kinds.size()); ++k) {
    double least = 1.0, most = 0.0;
    bool same = !rules.depends_on_level(k) && !rules.depends_on_correlation(k);
    for (int t = 0; t < rules.types(); ++t) {
      const double w = rules.weight(k, t, 0.0, NAN, NAN);
      least = std::min(least, w);
      most = std::max(most, w);
      same = same && (w == 0.0 || !rules.has_own_width(k, t));
    }
    require(same && (rules.types() == 0 || least == most) && (most == 0.0 || most == 1.0),
            "analysis.localisation.rules: 4denvar moves rows of ", kinds[k].name,
            " by all observations or by none, at full weight, any level and the width of "
            "analysis.method.4denvar.half_width_km; use a method with local gains (letkf, ensrf)");
    moved.push_back(most > 0.0);
  }
  return moved;
}

/// One analysis: operators, then the posterior of the rows.
class Analysis {
 public:
  Analysis(const EnvarOptions& options, FieldProblem& p)
      : options_(options),
        p_(p),
        moved_(moved_kinds(p.rows.kinds(), p.localisation)),
        half_width_km_(half_width_km()),
        root_(root_of(half_width_km_)),
        static_root_(hybrid()
                         ? root_of(options.fixed.half_width_km > 0.0 ? options.fixed.half_width_km : half_width_km_)
                         : nullptr),
        G_(p, *root_, static_root_.get(),
           {options.ensemble_weight, options.fixed.weight, hybrid() ? options.fixed.parts : std::vector<StaticPart>{}}),
        used_(exchange_halo(Comm::self(), p.grid, p.obs, std::vector<double>(p.localisation.types(), 0.0))),
        touched_(touched()) {
    used_.members = int(p.comm.max(std::int64_t{p.obs.members}));
  }
  void deterministic();
  void perturbed();

 private:
  bool hybrid() const { return options_.fixed.weight > 0.0 && !options_.fixed.parts.empty(); }
  double half_width_km() const;
  std::unique_ptr<LocalisationRoot> root_of(double half_width_km) const;
  LocalisationRules tapers_of_root() const;
  std::vector<char> touched() const;
  EnvarMinimum solve(std::span<const double> departures) const {
    return minimise(p_, G_, departures, options_.observation_term, options_.solver);
  }
  void record(const EnvarMinimum& minimum) const;
  void move_shared(const AnalysisMethod& letkf, const PreparedObs& prepared, const EnvarOperator::Fields& fields);

  const EnvarOptions& options_;
  FieldProblem& p_;
  std::vector<char> moved_;
  double half_width_km_;  // of the ensemble covariance; 0: not localised
  std::unique_ptr<LocalisationRoot> root_, static_root_;
  EnvarOperator G_;
  ObsTable used_;  // own observations that are used
  std::vector<char> touched_;
};

double Analysis::half_width_km() const {
  if (options_.half_width_km > 0.0) return options_.half_width_km;
  double largest = 0.0;
  for (int t = 0; t < p_.localisation.types() && p_.localisation.shape() != Taper::none; ++t)
    largest = std::max(largest, p_.localisation.type(t).half_width_km);
  return largest;
}

/// Weights of the anomalies' update: the root's, whatever the streams' own half widths.
LocalisationRules Analysis::tapers_of_root() const {
  LocalisationOptions options;
  options.taper = half_width_km_ > 0.0 ? "gaspari_cohn" : "none";
  std::vector<ObsKind> types;
  for (int t = 0; t < p_.localisation.types(); ++t) {
    types.push_back(p_.localisation.type(t));
    types.back().half_width_km = half_width_km_;
  }
  return {options, p_.rows.kinds(), types, "analysis.method.4denvar"};
}

std::unique_ptr<LocalisationRoot> Analysis::root_of(double half_width_km) const {
  if (half_width_km <= 0.0) return make_unlocalised_root(p_.comm, p_.grid);
  if (options_.localisation == "diffusion")
    return make_diffusion_root(p_.comm, p_.grid, half_width_km, options_.diffusion);
  return make_gaspari_cohn_root(p_.comm, p_.grid, half_width_km);
}

/// Columns that some observation may move; the others keep their bits.
std::vector<char> Analysis::touched() const {
  const double reach = std::max(root_->reach_km(), static_root_ ? static_root_->reach_km() : 0.0);
  std::vector<char> touched(p_.grid.points.size(), 1);
  if (std::isinf(reach)) return touched;
  const ObsTable near =
      exchange_halo(p_.comm, p_.grid, p_.obs, std::vector<double>(p_.localisation.types(), reach), p_.caps);
  const SphereTree places(near.lon, near.lat);
  for (std::size_t c = 0; c < touched.size(); ++c)
    touched[c] = places.any_within(unit_vector(p_.grid.points[c].lon, p_.grid.points[c].lat), reach);
  return touched;
}

void Analysis::deterministic() {
  const PreparedObs prepared(used_, false, p_.key);
  const EnvarMinimum minimum = solve(prepared.d);
  const EnvarOperator::Fields fields = G_.fields(minimum.v);
  const auto letkf = make_method("letkf");
  move_shared(*letkf, prepared, fields);
  RecentredRows rows(p_.rows, G_, fields, moved_, touched_, used_.members);
  const LocalisationRules tapers = tapers_of_root();
  FieldProblem anomalies{p_.comm, p_.grid, p_.obs, tapers, rows, p_.key, p_.record};
  analyse_locally(*letkf, anomalies);
  record(minimum);
}

/// Shared rows: anomalies by the transform of all observations with their weights, mean by the minimum.
void Analysis::move_shared(const AnalysisMethod& letkf, const PreparedObs& prepared,
                           const EnvarOperator::Fields& fields) {
  std::vector<std::int32_t> all(used_.size());
  std::iota(all.begin(), all.end(), 0);
  for (std::size_t g = 0; g < p_.shared.size(); ++g) {
    const SharedRows& shared = p_.shared[g];
    std::vector<double> taper;
    for (std::size_t i = 0; i < used_.size(); ++i)
      taper.push_back(shared.obs_weight[G_.observation(i)] * shared.column_weight[std::size_t(used_.column[i])]);
    std::vector<double> target;
    for (std::size_t r = 0; r < shared.rows.size(); ++r)
      target.push_back(member_mean({shared.rows[r], std::size_t(used_.members)}) +
                       G_.shared_increment(fields, int(g), int(r)));
    const ObsGram gram = reproducible_gram(p_.comm, prepared.space(), all, taper);
    if (gram.count == 0.0) continue;
    letkf.update(gram, used_.members, shared.rows);
    for (std::size_t r = 0; r < shared.rows.size(); ++r) recentre(shared.rows[r], used_.members, target[r]);
  }
}

/// Every member by a minimisation of its own: departures y + e_k - hx_k.
void Analysis::perturbed() {
  const PreparedObs prepared(used_, true, p_.key);
  const auto N = std::size_t(used_.members);
  std::vector<EnvarOperator::Fields> fields;
  std::vector<double> d(used_.size());
  for (std::size_t k = 0; k < N; ++k) {
    const auto at = [&](std::size_t i) { return i * std::size_t(prepared.stride) + k; };
    for (std::size_t i = 0; i < d.size(); ++i) d[i] = prepared.d[i] + prepared.E[at(i)] - prepared.Y[at(i)];
    const EnvarMinimum minimum = solve(d);
    fields.push_back(G_.fields(minimum.v));
    record(minimum);
  }
  for (std::size_t g = 0; g < p_.shared.size(); ++g)
    for (std::size_t r = 0; r < p_.shared[g].rows.size(); ++r)
      for (std::size_t k = 0; k < N; ++k) p_.shared[g].rows[r][k] += G_.shared_increment(fields[k], int(g), int(r));
  for (int c = 0; c < int(touched_.size()); ++c) {
    for (const FieldRow& row : p_.rows.load(c)) {
      if (!touched_[c] || !moved_[row.kind]) continue;
      const EnvarOperator::SplitRow split = G_.split(c, row);
      for (std::size_t k = 0; k < N; ++k) row.x[k] += G_.increment(fields[k], split);
    }
    p_.rows.store(c, touched_[c]);
  }
}

/// The minimisations of an ensemble: iterations of all, costs of the last.
void Analysis::record(const EnvarMinimum& minimum) const {
  if (!p_.record) return;
  p_.record->iterations += minimum.iterations;
  p_.record->cost_before = minimum.cost_before;
  p_.record->cost_after = minimum.cost_after;
}

/// Localised 4DEnVar with the extended control variable (Lorenc 2003; Buehner 2005; Liu et al. 2008).
class Envar final : public FieldMethod {
 public:
  using Options = EnvarOptions;
  explicit Envar(Options options) : options_(std::move(options)) {}
  void check(const std::vector<RowKind>& kinds, const LocalisationRules& rules) const override {
    moved_kinds(kinds, rules);
  }
  void update(FieldProblem& problem) const override;

 private:
  Options options_;
};

void Envar::update(FieldProblem& p) const {
  check_observations(p);
  const std::int64_t used = std::count(p.obs.flag.begin(), p.obs.flag.end(), std::uint32_t{qc_used});
  if (p.record) *p.record = {std::vector<int>(p.grid.points.size(), 0), 0, 0.0, 0.0};
  if (p.comm.sum(used) == 0) return;
  Analysis analysis(options_, p);
  if (options_.posterior == "perturbed") return analysis.perturbed();
  analysis.deterministic();
}

}  // namespace

namespace field_method {
const Plugin<FieldMethod> envar = plugin<FieldMethod, Envar>(
    "localised 4DEnVar with the extended control variable (Lorenc 2003; Buehner 2005; Liu et al. 2008)");
}  // namespace field_method

}  // namespace tilth
