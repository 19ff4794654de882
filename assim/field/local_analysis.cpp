#include "assim/field/local_analysis.hpp"

#include <algorithm>
#include <memory>
#include <numeric>

#include "assim/field/column_problems.hpp"
#include "assim/field/localisation_rules.hpp"
#include "assim/gram.hpp"
#include "assim/inflation.hpp"
#include "core/parallel/threads.hpp"

namespace tilth {

PreparedObs::PreparedObs(const ObsTable& table, bool perturb, const AnalysisKey& key, bool about_mean_member)
    : members(table.members),
      stride(table.stride()),
      centred(!about_mean_member),
      Y(table.size() * std::size_t(table.stride()), 0.0) {
  if (perturb) E.assign(Y.size(), 0.0);
  const Random random = key.random();
  const std::size_t N = members;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double mean = about_mean_member ? table.hx_mean[i] : member_mean({table.predictions(i), N});
    for (std::size_t k = 0; k < N; ++k) Y[i * stride + k] = table.predictions(i)[k] - mean;
    d.push_back(table.value[i] - mean);
    variance.push_back(table.error_sd[i] * table.error_sd[i]);
    if (!perturb) continue;
    double* e = E.data() + i * stride;
    if (!table.perturbation.empty()) {  // as they are given
      std::copy_n(table.perturbation.data() + i * stride, N, e);
      continue;
    }
    for (std::size_t k = 0; k < N; ++k)
      e[k] = table.error_sd[i] * random.normal({key.cycle, std::int64_t(k), table.id[i], key.pass});
    const double centre = member_mean({e, N});
    for (std::size_t k = 0; k < N; ++k) e[k] -= centre;
  }
}

namespace {

constexpr int batch_size = 64;  // columns whose rows are in memory together, of a thread

// Batches are smaller where threads would else have nothing to do; what a column gets does not depend on them.
int batch_size_of(int columns) {
  constexpr int lanes = 8, batches_per_thread = 4;  // columns that a method takes at once
  if (threads() == 1) return batch_size;
  const int share = columns / (threads() * batches_per_thread) / lanes * lanes;
  return std::clamp(share, lanes, batch_size);
}

/// What the batches of a field share; each batch works on columns of its own.
struct ColumnAnalysis {
  const AnalysisMethod& method;
  FieldProblem& problem;
  const LocalAnalysisOptions& options;
  const ObsTable& table;
  const PreparedObs& prepared;

  void run(ColumnSearch& search, int first, int last) const;
};

void ColumnAnalysis::run(ColumnSearch& search, int first, int last) const {
  const LocalisationRules& rules = problem.localisation;
  std::vector<LocalProblem> batch;
  std::vector<char> changed(last - first, 0);
  search.gather(std::span(problem.grid.points).subspan(first, last - first), rules.largest_reach_km());
  for (int c = first; c < last; ++c) {
    const NearObs n = search.near(problem.grid.points[c]);
    std::size_t most = 0;
    std::int64_t part = 0;
    for (LocalProblem& local : column_problems(rules, table, n, problem.rows.load(c))) {
      local.key = (std::int64_t{c} << 32) + part++;
      most = std::max(most, local.obs.size());
      for (double& taper : local.taper) taper *= options.weight;
      batch.push_back(std::move(local));
    }
    changed[c - first] = most > 0;
    if (problem.record) problem.record->local_observations[c] = int(most);
  }
  method.update(prepared.space(), batch);
  for (int c = first; c < last; ++c) problem.rows.store(c, changed[c - first]);
}

void analyse_by_columns(const AnalysisMethod& method, FieldProblem& p, const LocalAnalysisOptions& options) {
  const LocalisationRules& rules = p.localisation;
  std::vector<double> radius;
  for (int t = 0; t < rules.types(); ++t) radius.push_back(rules.reach_km(t));
  const ObsTable table = exchange_halo(p.comm, p.grid, p.obs, radius, p.caps);
  const PreparedObs prepared(table, method.perturbs(), p.key, options.about_mean_member);
  const int columns = int(p.grid.points.size());
  if (p.record) p.record->local_observations.assign(columns, 0);
  const ColumnAnalysis analysis{method, p, options, table, prepared};
  std::vector<std::unique_ptr<ColumnSearch>> searches;  // of each thread
  for (int t = 0; t < threads(); ++t) searches.push_back(std::make_unique<ColumnSearch>(table));
  const int size = batch_size_of(columns);
  for_each_index((columns + size - 1) / size, [&](int batch) {
    const int first = batch * size;
    analysis.run(*searches[std::size_t(thread_number())], first, std::min(first + size, columns));
  });
}

/// Every observation moves every row alike: statistics once, then all rows.
void analyse_globally(const AnalysisMethod& method, FieldProblem& p, const LocalAnalysisOptions& options) {
  const ObsGram gram = window_gram(p, method.perturbs(), options);
  const int columns = int(p.grid.points.size());
  if (p.record) p.record->local_observations.assign(columns, int(gram.count));
  for (int first = 0; first < columns; first += batch_size) {
    const int last = std::min(first + batch_size, columns);
    std::vector<double*> rows;
    for (int c = first; c < last; ++c)
      for (const FieldRow& row : p.rows.load(c)) rows.push_back(row.x);
    method.update(gram, int(gram.YtRd.size()), rows);
    for (int c = first; c < last; ++c) p.rows.store(c, gram.count > 0.0);
  }
}

}  // namespace

ObsGram window_gram(const FieldProblem& p, bool perturb, const LocalAnalysisOptions& options) {
  ObsTable used = exchange_halo(Comm::self(), p.grid, p.obs, std::vector<double>(p.localisation.types(), 0.0));
  used.members = int(p.comm.max(std::int64_t{p.obs.members}));
  const PreparedObs prepared(used, perturb, p.key, options.about_mean_member);
  std::vector<std::int32_t> all(used.size());
  std::iota(all.begin(), all.end(), 0);
  return reproducible_gram(p.comm, prepared.space(), all, std::vector<double>(all.size(), options.weight));
}

void analyse_locally(const AnalysisMethod& method, FieldProblem& problem, const LocalAnalysisOptions& options) {
  if (problem.localisation.is_local()) return analyse_by_columns(method, problem, options);
  analyse_globally(method, problem, options);
}

}  // namespace tilth
