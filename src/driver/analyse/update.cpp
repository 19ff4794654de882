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

/// Rows that all points share, by class of localisation: each sees every observation at no distance.
std::vector<SharedRows> shared_groups(const FieldProblem& p, FileRows& rows, std::vector<int>& classes) {
  const std::vector<FieldRow> all = rows.load_shared();
  std::vector<SharedRows> groups;
  for (int number = 0; number < int(rows.kinds().size()); ++number) {
    SharedRows group{rows.kinds()[number].name, {}, std::vector<double>(p.grid.points.size(), 1.0), {}};
    for (const FieldRow& row : all)
      if (p.localisation.class_of(row.kind) == number) group.rows.push_back(row.x);
    if (group.rows.empty()) continue;
    for (std::size_t i = 0; i < p.obs.size(); ++i)
      group.obs_weight.push_back(p.localisation.weight(number, p.obs.type[i], 0.0, std::nan(""), p.obs.level[i]));
    groups.push_back(std::move(group));
    classes.push_back(number);
  }
  return groups;
}

/// One set of statistics per class of shared rows.
void update_shared(const SharedMove& move, bool perturbs, FieldProblem& p, FileRows& rows) {
  std::vector<int> classes;
  const std::vector<SharedRows> groups = shared_groups(p, rows, classes);
  if (groups.empty()) return;
  const PreparedObs prepared(p.obs, perturbs, p.key);
  std::vector<std::int32_t> obs(p.obs.size());
  std::iota(obs.begin(), obs.end(), 0);
  for (std::size_t g = 0; g < groups.size(); ++g)
    move(classes[g], reproducible_gram(p.comm, prepared.space(), obs, groups[g].obs_weight), groups[g].rows);
  rows.store_shared();
}

/// A method is linear in the rows: unit rows tell what it does to any row.
class UnitRows {
 public:
  explicit UnitRows(int members) : N_(members), values_(std::size_t(members) * padded(members), 0.0) {
    for (int k = 0; k < N_; ++k) row(k)[k] = 1.0;
  }
  double* row(int k) { return values_.data() + std::size_t(k) * padded(N_); }
  EnsembleWeights weights() {
    EnsembleWeights out;
    for (int i = 0; i < N_; ++i) {
      const double mean = member_mean({row(i), std::size_t(N_)});
      out.mean.push_back(std::sqrt(N_ - 1.0) * (mean - 1.0 / N_));
      for (int k = 0; k < N_; ++k) out.transform.push_back(row(i)[k] - mean + 1.0 / N_);
    }
    return out;
  }

 private:
  int N_;
  AlignedVector<double> values_;
};

/// Without localisation every row is updated alike, so shared rows and the weights go with any column.
void update_together(const std::function<void()>& update, FileRows& rows, EnsembleWeights* weights) {
  UnitRows unit(weights ? rows.members() : 0);
  std::vector<FieldRow> passengers = rows.load_shared();
  for (int k = 0; weights && k < rows.members(); ++k) passengers.push_back({unit.row(k), 0});
  rows.attach(passengers);
  update();
  rows.attach({});
  rows.store_shared();
  if (weights) *weights = unit.weights();
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
    if (problem.localisation.is_local()) {
      update_shared(move, method.perturbs(), own, rows);
      iteration->update(problem);
    } else {
      update_together([&] { iteration->update(problem); }, rows, weights);
    }
    if (!iteration->more(problem.comm)) return;
    require(!options.observations.forward.command.empty(), options.path,
            ": analysis.method: ", options.analysis.method.name,
            " needs the predictions of its next members; give observations.forward a command that makes them, or "
            "options of the method that end after one pass");
  }
}

/// Only the serial filter knows the distribution; elsewhere it would have no effect.
void check_no_rank_histogram(const AnalyseProblem& options, const FieldProblem& problem, const FileRows& rows) {
  const auto refuse = [&](const std::string& where, bool wanted) {
    require(!wanted, options.path, ": ", where, ".distribution: bnrh has no effect with the method ",
            options.analysis.method.name, "; take ensrf, or leave it out");
  };
  for (const RowKind& kind : rows.kinds()) refuse("variables." + kind.name, kind.rank_histogram);
  for (int t = 0; t < problem.localisation.types(); ++t)
    refuse("observations.types." + problem.localisation.type(t).name, problem.localisation.type(t).rank_histogram);
}

}  // namespace

void update_rows(const AnalyseProblem& options, FieldProblem& problem, FileRows& rows,
                 const std::function<void(int)>& predict, EnsembleWeights* weights) {
  const AnyMethod method = options.analysis.method.make();
  require(!weights || !problem.localisation.is_local(), options.path,
          ": output.weights: ", options.analysis.method.name,
          " has one set of weights only without localisation; leave it out, or set analysis.localisation.taper: none");
  if (options.analysis.method.name != "ensrf") check_no_rank_histogram(options, problem, rows);
  if (method.iterative) return iterate(options, *method.iterative, problem, rows, predict, weights);
  predict(0);
  if (!problem.localisation.is_local()) return update_together([&] { analyse_field(method, problem); }, rows, weights);
  if (takes_shared_rows(options.analysis.method)) {  // moves shared rows with the columns
    std::vector<int> classes;
    problem.shared = shared_groups(problem, rows, classes);
    analyse_field(method, problem);
    return rows.store_shared();
  }
  const AnalysisMethod& shared = shared_method(method);
  const SharedMove move = [&](int, const ObsGram& gram, std::span<double* const> members) {
    shared.update(gram, problem.obs.members, members);
  };
  update_shared(move, shared.perturbs(), problem, rows);
  analyse_field(method, problem);
}

}  // namespace tilth
