#include "driver/analyse/update.hpp"

#include <cmath>
#include <numeric>

#include "assim/field/local_analysis.hpp"
#include "assim/field/localisation_rules.hpp"
#include "assim/gram.hpp"

namespace tilth {

namespace {

/// Rows that all points share see every observation at no distance: one set of statistics per class of rows.
void update_shared(const AnalysisMethod& method, FieldProblem& p, FileRows& rows) {
  const std::vector<FieldRow> all = rows.load_shared();
  if (all.empty()) return;
  const PreparedObs prepared(p.obs, method.perturbs(), p.key);
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
    method.update(reproducible_gram(p.comm, prepared.space(), obs, weight), p.obs.members, members);
  }
  rows.store_shared();
}

}  // namespace

void update_rows(const AnalyseProblem& options, FieldProblem& problem, FileRows& rows,
                 const std::function<void(int)>& predict) {
  predict(0);
  const auto method = options.analysis.method.make();
  update_shared(*method, problem, rows);
  analyse_locally(*method, problem);
}

}  // namespace tilth
