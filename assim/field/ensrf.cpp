#include <algorithm>

#include "assim/field/checked_obs.hpp"
#include "assim/field/column_problems.hpp"
#include "assim/field/localisation_rules.hpp"
#include "assim/field/registered.hpp"
#include "assim/field/serial_sequence.hpp"
#include "core/parallel/threads.hpp"

namespace tilth {
namespace {

/// Serial ensemble square-root filter with localised gains (Whitaker & Hamill 2002; equals the serial EAKF of Anderson
/// 2001); rows and observations that are bounded rank histograms take the quantile-conserving form (Anderson 2022,
/// 2023).
class Ensrf final : public FieldMethod {
 public:
  struct Options {
    std::string likelihood = "truncated";
    void describe(Schema& s) {
      s.text("likelihood", likelihood)
          .one_of({"truncated", "gaussian"})
          .about("Of observations with bounds: truncated: divided by its mass within them; gaussian: as it is.");
    }
  };
  explicit Ensrf(Options options) : options_(std::move(options)) {}
  void update(FieldProblem& problem) const override;

 private:
  Options options_;
};

/// The distribution of a row that is to be updated.
Marginal marginal_of(const double* x, const std::vector<FieldRow>& rows, const std::vector<RowKind>& kinds) {
  const auto row = std::find_if(rows.begin(), rows.end(), [&](const FieldRow& r) { return r.x == x; });
  const RowKind& kind = kinds[std::size_t(row->kind)];
  if (!kind.rank_histogram) return {};
  return {Marginal::Kind::bnrh, {kind.lower, kind.upper}};
}

/// Moves the rows of a column by the observations near it; returns how many there are at most for a row.
std::size_t move_column(const FieldProblem& p, const SerialSequence& sequence, int column, SerialSteps::Row& work) {
  const ObsTable& table = sequence.table();
  const std::vector<FieldRow> rows = p.rows.load(column);
  const NearObs near = observations_near(sequence.search(), table, p.grid.points[std::size_t(column)],
                                         p.localisation.largest_reach_km());
  std::size_t most = 0;
  for (const LocalProblem& problem : column_problems(p.localisation, table, near, rows)) {
    most = std::max(most, problem.obs.size());
    if (problem.obs.empty()) continue;  // rows keep their bits
    for (double* x : problem.rows) {
      work.read(x, sequence.steps().probit() ? marginal_of(x, rows, p.rows.kinds()) : Marginal{});
      for (std::size_t j = 0; j < problem.obs.size(); ++j) work.regress(std::size_t(problem.obs[j]), problem.taper[j]);
      work.write(x);
    }
  }
  p.rows.store(column, most > 0);
  return most;
}

void Ensrf::update(FieldProblem& p) const {
  check_observations(p);
  refuse_shared_rows(p);
  const SerialSequence sequence(p, options_.likelihood == "truncated");
  const int columns = int(p.grid.points.size());
  if (p.record) p.record->local_observations.assign(columns, 0);
  std::vector<SerialSteps::Row> work;  // of each thread
  for (int t = 0; t < threads(); ++t) work.emplace_back(sequence.steps());
  for_each_index(columns, [&](int c) {
    const std::size_t most = move_column(p, sequence, c, work[std::size_t(thread_number())]);
    if (p.record) p.record->local_observations[c] = int(most);
  });
}

}  // namespace

namespace field_method {
const Plugin<FieldMethod> ensrf = plugin<FieldMethod, Ensrf>(
    "serial ensemble square-root filter with covariance localisation (Whitaker & Hamill 2002)");
}  // namespace field_method

}  // namespace tilth
