#include "driver/analyse/update.hpp"

#include <cmath>
#include <numeric>

#include "assim/field/any_method.hpp"
#include "assim/field/local_analysis.hpp"
#include "assim/field/localisation_rules.hpp"
#include "assim/gram.hpp"
#include "assim/inflation.hpp"
#include "core/base/error.hpp"

namespace tilth {

namespace {

/// Updates rows from statistics; `unit` numbers the sets of rows.
using SharedMove = std::function<void(int unit, const ObsGram& gram, std::span<double* const> rows)>;

/// Rows that all points share see every observation at no distance: one set of statistics per class of rows.
void update_shared(const SharedMove& move, bool perturbs, FieldProblem& p, FileRows& rows) {
  const std::vector<FieldRow> all = rows.load_shared();
  if (all.empty()) return;
  const PreparedObs prepared(p.obs, perturbs, p.key);
  std::vector<std::int32_t> obs(p.obs.size());
  std::iota(obs.begin(), obs.end(), 0);
  for (int number = 0; number < int(rows.kinds().size()); ++number) {
    std::vector<double*> members;
    for (const FieldRow& row : all)
      if (p.localisation.class_of(row.kind) == number) members.push_back(row.x);
    if (members.empty()) continue;
    std::vector<double> weight;
    for (const std::int32_t i : obs)
      weight.push_back(p.localisation.weight(number, p.obs.type[i], 0.0, std::nan(""), p.obs.level[i]));
    move(number, reproducible_gram(p.comm, prepared.space(), obs, weight), members);
  }
  rows.store_shared();
}

/// A method is linear in the rows: unit rows tell what it does to any row.
void find_weights(const SharedMove& move, bool perturbs, const FieldProblem& p, EnsembleWeights& weights) {
  const PreparedObs prepared(p.obs, perturbs, p.key);
  std::vector<std::int32_t> obs(p.obs.size());
  std::iota(obs.begin(), obs.end(), 0);
  const ObsGram gram = reproducible_gram(p.comm, prepared.space(), obs, std::vector<double>(obs.size(), 1.0));
  const int N = p.obs.members, stride = padded(N);
  AlignedVector<double> unit(std::size_t(N) * stride, 0.0);
  std::vector<double*> rows;
  for (int k = 0; k < N; ++k) {
    rows.push_back(unit.data() + std::size_t(k) * stride);
    rows.back()[k] = 1.0;
  }
  constexpr int unit_of_weights = 1 << 20;  // beyond all kinds of rows
  move(unit_of_weights, gram, rows);
  weights.mean.assign(N, 0.0);
  weights.transform.assign(std::size_t(N) * N, 0.0);
  for (int i = 0; i < N; ++i) {
    const double mean = member_mean({rows[i], std::size_t(N)});
    weights.mean[i] = std::sqrt(N - 1.0) * (mean - 1.0 / N);
    for (int k = 0; k < N; ++k) weights.transform[std::size_t(i) * N + k] = rows[i][k] - mean + 1.0 / N;
  }
}

void iterate(const AnalyseProblem& options, const IterativeMethod& method, FieldProblem& problem, FileRows& rows,
             const std::function<void(int)>& predict, EnsembleWeights* weights) {
  const auto iteration = method.start(problem.key);
  const SharedMove move = [&](int unit, const ObsGram& gram, std::span<double* const> members) {
    iteration->update(unit, gram, problem.obs.members, members);
  };
  for (int pass = 0;; ++pass) {
    predict(pass);
    if (iteration->from_prior()) rows.restore();
    iteration->begin(pass);
    FieldProblem own = problem;
    own.key.pass = pass;
    if (weights) find_weights(move, method.perturbs(), own, *weights);
    update_shared(move, method.perturbs(), own, rows);
    iteration->update(problem);
    if (!iteration->more(problem.comm)) return;
    require(!options.observations.forward.command.empty(), options.path,
            ": analysis.method: ", options.analysis.method.name,
            " needs the predictions of its next members; give observations.forward a command that makes them, or "
            "options of the method that end after one pass");
  }
}

}  // namespace

void update_rows(const AnalyseProblem& options, FieldProblem& problem, FileRows& rows,
                 const std::function<void(int)>& predict, EnsembleWeights* weights) {
  const AnyMethod method = options.analysis.method.make();
  require(!weights || (!method.field && !problem.localisation.is_local()), options.path,
          ": output.weights: ", options.analysis.method.name,
          " has one set of weights only without localisation; leave it out, or set analysis.localisation.taper: none");
  for (const RowKind& kind : rows.kinds())
    require(!kind.rank_histogram || method.field, options.path, ": variables.", kind.name,
            ".distribution: bnrh has no effect with the method ", options.analysis.method.name,
            "; take ensrf, or give a transform instead");
  if (method.iterative) return iterate(options, *method.iterative, problem, rows, predict, weights);
  predict(0);
  const AnalysisMethod& shared = shared_method(method);
  const SharedMove move = [&](int, const ObsGram& gram, std::span<double* const> members) {
    shared.update(gram, problem.obs.members, members);
  };
  if (weights) find_weights(move, shared.perturbs(), problem, *weights);
  update_shared(move, shared.perturbs(), problem, rows);
  analyse_field(method, problem);
}

}  // namespace tilth
