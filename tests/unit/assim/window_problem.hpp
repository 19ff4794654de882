#pragma once

#include <functional>
#include <limits>

#include "assim/field/local_analysis.hpp"
#include "assim/field/localisation_rules.hpp"
#include "assim/iterative/iterative_method.hpp"
#include "assim/methods/ensemble_solve.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {

/// Predictions (observation x member) of members (variable x member): the model and the observations of a window.
using WindowModel = std::function<Matrix(const Matrix&)>;

/// A registered iterative method made from options in YAML flow style.
inline std::unique_ptr<IterativeMethod> iterative(const std::string& name, const std::string& options = "{}") {
  for (const auto& [registered, plugin] : iterative_methods()) {
    if (registered != name) continue;
    Schema schema = Schema::reading(Node::parse(options, "test"));
    const auto make = plugin->configure(schema);
    schema.finish();
    return make();
  }
  throw Error("no iterative method " + name);
}

/// Statistics of predictions (observation x member) of observations with these error variances.
inline ObsGram local_gram_of(const Matrix& HE, const Vector& y, const Vector& r) {
  const Observed observed(HE, y, r);
  return local_gram(observed.space(), global_problem(observed, {}));
}

/// Rows in memory, one column per row of the ensemble.
class RowsInMemory final : public FieldRows {
 public:
  explicit RowsInMemory(Rows& rows) : rows_(rows) {}
  const std::vector<RowKind>& kinds() const override { return kinds_; }
  std::vector<FieldRow> load(int column) override { return {FieldRow{rows_.row(column), 0}}; }
  void store(int, bool) override {}

 private:
  Rows& rows_;
  std::vector<RowKind> kinds_{{"x"}};
};

/// How the rows are updated: as those of a field without localisation, of a field with a taper that is 1 everywhere but
/// makes local problems of all columns, or as parameters that columns share.
enum class Through { field, columns, unit };

/// One window as a driver iterates it.
struct Window {
  WindowModel model;
  Vector y, r;
  Through through = Through::unit;
  AnalysisKey key;
  int passes = 0;                ///< out: how often the method updated
  std::vector<Matrix> iterates;  ///< out: members after each pass
  Vector hx_mean = {};           ///< prediction of the mean member; empty: not known

  Matrix analysed(const IterativeMethod& method, const Matrix& prior);

 private:
  void update_field(Iteration& iteration, const Matrix& HE, Rows& rows) const;
  Matrix perturbations(const IterativeMethod& method, int members, int pass) const;
};

inline Matrix Window::perturbations(const IterativeMethod& method, int members, int pass) const {
  if (!method.perturbs()) return {};
  Matrix D(y.size(), members);
  for (Eigen::Index i = 0; i < D.rows(); ++i)
    for (int k = 0; k < members; ++k) D(i, k) = std::sqrt(r(i)) * key.random().normal({key.cycle, k, i, pass});
  return D.colwise() - D.rowwise().mean();
}

inline void Window::update_field(Iteration& iteration, const Matrix& HE, Rows& rows) const {
  Grid grid;
  const int n = int(rows.all().size());
  grid.global_count = n;
  for (int c = 0; c < n; ++c) {
    GridPoint point;
    point.id = c;
    point.lon = 0.01 * c;
    grid.points.push_back(point);
  }
  ObsTable obs;
  obs.members = int(HE.cols());
  obs.resize(std::size_t(y.size()));
  for (Eigen::Index i = 0; i < y.size(); ++i) {
    obs.id[i] = i;
    obs.value[i] = y(i);
    obs.error_sd[i] = std::sqrt(r(i));
    for (int k = 0; k < obs.members; ++k) obs.predictions(i)[k] = HE(i, k);
  }
  obs.hx_mean.assign(hx_mean.begin(), hx_mean.end());
  RowsInMemory provider(rows);
  LocalisationOptions options;
  options.taper = "none";
  // A rule that changes nothing but asks for local problems: no row has a level, so that the taper of levels is 1.
  if (through == Through::columns) options.rules = {LocalisationRule{.level_half_width = 1.0}};
  const LocalisationRules rules(options, provider.kinds(), {ObsKind{"y"}}, "test");
  const Comm comm = Comm::self();
  FieldProblem problem{comm, grid, obs, rules, provider, key};
  iteration.update(problem);
}

inline Matrix Window::analysed(const IterativeMethod& method, const Matrix& prior) {
  const auto iteration = method.start(key);
  Matrix E = prior;
  iterates.clear();
  for (passes = 0;; ++passes) {
    const Matrix HE = model(E);
    Rows rows(iteration->from_prior() ? prior : E);
    iteration->begin(passes);
    if (through == Through::unit) {
      Observed observed(HE, y, r);
      const Matrix D = perturbations(method, observed.members, passes);
      if (D.size() > 0) observed.perturb(D);
      const ObsGram gram = local_gram(observed.space(), global_problem(observed, {}));
      iteration->update(0, gram, observed.members, rows.all());
    } else {
      update_field(*iteration, HE, rows);
    }
    E = rows.matrix();
    iterates.push_back(E);
    if (!iteration->more(Comm::self())) break;
  }
  ++passes;
  return E;
}

}  // namespace tilth::test
