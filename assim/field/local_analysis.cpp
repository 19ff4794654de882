#include "assim/field/local_analysis.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "assim/field/localisation_rules.hpp"
#include "assim/gram.hpp"
#include "assim/inflation.hpp"
#include "core/base/sphere.hpp"
#include "core/obs/halo.hpp"

namespace tilth {

PreparedObs::PreparedObs(const ObsTable& table, bool perturb, const AnalysisKey& key)
    : members(table.members), stride(table.stride()), Y(table.size() * std::size_t(table.stride()), 0.0) {
  if (perturb) E.assign(Y.size(), 0.0);
  const Random random = key.random();
  const std::size_t N = members;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const double mean = member_mean({table.predictions(i), N});
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
      e[k] = table.error_sd[i] * random.normal({key.cycle, std::int64_t(k), table.id[i], 0});
    const double centre = member_mean({e, N});
    for (std::size_t k = 0; k < N; ++k) e[k] -= centre;
  }
}

namespace {

constexpr int batch_size = 32;  // columns whose rows are in memory together

/// Observations near a column, ascending by index, and how far they are.
struct Near {
  std::vector<std::int32_t> obs;
  std::vector<double> distance_km;
};

Near near(const ObsSearch& search, const ObsTable& table, const GridPoint& point, double reach_km) {
  Near n;
  search.within(point.lon, point.lat, reach_km, n.obs);
  for (const std::int32_t i : n.obs)
    n.distance_km.push_back(great_circle_km(point.lon, point.lat, table.lon[i], table.lat[i]));
  return n;
}

/// Rows of a column that see the same weights make one local problem.
std::vector<LocalProblem> local_problems(const LocalisationRules& rules, const ObsTable& table, const Near& n,
                                         const std::vector<FieldRow>& rows) {
  struct Class {
    int number;
    std::uint64_t level;  // its bits, 0 where levels do not matter
  };
  std::vector<Class> classes;
  std::vector<LocalProblem> problems;
  for (const FieldRow& row : rows) {
    Class own{rules.class_of(row.kind), 0};
    if (rules.depends_on_level(row.kind)) std::memcpy(&own.level, &row.level, sizeof own.level);
    std::size_t c = 0;
    while (c < classes.size() && (classes[c].number != own.number || classes[c].level != own.level)) ++c;
    if (c == classes.size()) {
      classes.push_back(own);
      LocalProblem problem;
      for (std::size_t j = 0; j < n.obs.size(); ++j) {
        const std::int32_t i = n.obs[j];
        const double w = rules.weight(row.kind, table.type[i], n.distance_km[j], row.level, table.level[i]);
        if (w <= 0.0) continue;
        problem.obs.push_back(i);
        problem.taper.push_back(w);
      }
      problems.push_back(std::move(problem));
    }
    problems[c].rows.push_back(row.x);
  }
  return problems;
}

void analyse_by_columns(const AnalysisMethod& method, FieldProblem& p) {
  const LocalisationRules& rules = p.localisation;
  std::vector<double> radius;
  for (int t = 0; t < rules.types(); ++t) radius.push_back(rules.reach_km(t));
  const ObsTable table = exchange_halo(p.comm, p.grid, p.obs, radius);
  const ObsSearch search(table);
  const PreparedObs prepared(table, method.perturbs(), p.key);
  const int columns = int(p.grid.points.size());
  if (p.record) p.record->local_observations.assign(columns, 0);
  for (int first = 0; first < columns; first += batch_size) {
    const int last = std::min(first + batch_size, columns);
    std::vector<LocalProblem> batch;
    std::vector<char> changed(last - first, 0);
    for (int c = first; c < last; ++c) {
      const Near n = near(search, table, p.grid.points[c], rules.largest_reach_km());
      std::size_t most = 0;
      for (LocalProblem& problem : local_problems(rules, table, n, p.rows.load(c))) {
        most = std::max(most, problem.obs.size());
        batch.push_back(std::move(problem));
      }
      changed[c - first] = most > 0;
      if (p.record) p.record->local_observations[c] = int(most);
    }
    method.update(prepared.space(), batch);
    for (int c = first; c < last; ++c) p.rows.store(c, changed[c - first]);
  }
}

/// Every observation moves every row alike: statistics once, then all rows.
void analyse_globally(const AnalysisMethod& method, FieldProblem& p) {
  ObsTable used = exchange_halo(Comm::self(), p.grid, p.obs, std::vector<double>(p.localisation.types(), 0.0));
  used.members = int(p.comm.max(std::int64_t{p.obs.members}));
  const PreparedObs prepared(used, method.perturbs(), p.key);
  std::vector<std::int32_t> all(used.size());
  std::iota(all.begin(), all.end(), 0);
  const ObsGram gram = reproducible_gram(p.comm, prepared.space(), all, std::vector<double>(all.size(), 1.0));
  const int columns = int(p.grid.points.size());
  if (p.record) p.record->local_observations.assign(columns, int(gram.count));
  for (int first = 0; first < columns; first += batch_size) {
    const int last = std::min(first + batch_size, columns);
    std::vector<double*> rows;
    for (int c = first; c < last; ++c)
      for (const FieldRow& row : p.rows.load(c)) rows.push_back(row.x);
    method.update(gram, used.members, rows);
    for (int c = first; c < last; ++c) p.rows.store(c, gram.count > 0.0);
  }
}

}  // namespace

void analyse_locally(const AnalysisMethod& method, FieldProblem& problem) {
  if (problem.localisation.is_local()) return analyse_by_columns(method, problem);
  analyse_globally(method, problem);
}

}  // namespace tilth
