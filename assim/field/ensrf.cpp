#include <algorithm>

#include "assim/field/checked_obs.hpp"
#include "assim/field/column_problems.hpp"
#include "assim/field/localisation_rules.hpp"
#include "assim/field/registered.hpp"
#include "assim/field/serial_sequence.hpp"

namespace tilth {
namespace {

/// Serial ensemble square-root filter with localised gains (Whitaker & Hamill 2002; equals the serial EAKF of Anderson
/// 2001).
class Ensrf final : public FieldMethod {
 public:
  struct Options {
    void describe(Schema&) {}
  };
  explicit Ensrf(Options) {}
  void update(FieldProblem& problem) const override;
};

/// Moves the rows of a column by the observations near it; returns how many there are at most for a row.
std::size_t move_column(const LocalisationRules& rules, const SerialSequence& sequence, const GridPoint& point,
                        const std::vector<FieldRow>& rows, SerialSteps::Row& work) {
  const NearObs near = observations_near(sequence.search(), sequence.table(), point, rules.largest_reach_km());
  std::size_t most = 0;
  for (const LocalProblem& problem : column_problems(rules, sequence.table(), near, rows)) {
    most = std::max(most, problem.obs.size());
    if (problem.obs.empty()) continue;  // rows keep their bits
    for (double* x : problem.rows) {
      work.read(x);
      for (std::size_t j = 0; j < problem.obs.size(); ++j)
        work.regress(sequence.steps(), std::size_t(problem.obs[j]), problem.taper[j]);
      work.write(x);
    }
  }
  return most;
}

void Ensrf::update(FieldProblem& p) const {
  check_observations(p);
  refuse_shared_rows(p);
  const SerialSequence sequence(p);
  const int columns = int(p.grid.points.size());
  if (p.record) p.record->local_observations.assign(columns, 0);
  SerialSteps::Row work(sequence.table().members);
  for (int c = 0; c < columns; ++c) {
    const std::size_t most = move_column(p.localisation, sequence, p.grid.points[c], p.rows.load(c), work);
    p.rows.store(c, most > 0);
    if (p.record) p.record->local_observations[c] = int(most);
  }
}

}  // namespace

namespace field_method {
const Plugin<FieldMethod> ensrf = plugin<FieldMethod, Ensrf>(
    "serial ensemble square-root filter with covariance localisation (Whitaker & Hamill 2002)");
}  // namespace field_method

}  // namespace tilth
