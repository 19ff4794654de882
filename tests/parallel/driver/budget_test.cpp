#include "driver/budget.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "io/table.hpp"
#include "parallel/driver/small_window.hpp"

namespace tilth {
namespace {

/// Windows of four days, the first with an analysis that moves leaf carbon.
struct BudgetRun {
  BudgetRun(const Comm& comm, const std::string& model, const std::string& every)
      : run(comm,
            test::options("control: {parameters: {kphio: {scope: pft}, lma: {scope: column}}}\n"
                          "observations:\n  - {name: lai, operator: {lai: {}}, simulate: {}}\n"),
            {"model=" + model, "output.products.every=" + every}),
        members(test::young_members(run, run.role())),
        products(experiment_products(run.domain), run.domain.columns(), members->size(),
                 budget_fluxes(run.domain.model->traits().layout)),
        analysis(*members, products.definitions()) {}
  void window(int w, Budget& budget) {
    ObsTable obs = w == 0 ? test::leaf_area(run.domain, {0, 1, 2}) : test::leaf_area(run.domain, {});
    const Time begin = run.experiment.window_begin(w), end = run.experiment.window_end(w);
    const StepReport steps = forecast_window(*members, begin, end, obs, products);
    FeedbackColumns feedback = check_observations(run.domain, obs);
    const AnalysisSummary summary = analysis.update(w, obs, products, feedback);
    budget.add(w, end, *members, products, summary, steps);
  }
  test::SmallRun run;
  std::unique_ptr<Members> members;
  Products products;
  WindowAnalysis analysis;
};

std::vector<double> column(const std::vector<TableColumn>& table, const std::string& name) {
  for (const TableColumn& c : table)
    if (c.name == name) return std::get<std::vector<double>>(c.values);
  throw std::runtime_error("no column " + name);
}

void expect_closed(const std::string& model, const std::string& every) {
  const Comm comm = Comm::world();
  BudgetRun r(comm, model, every);
  Budget budget(r.run.domain);
  budget.start(*r.members);
  for (int w = 0; w < 3; ++w) r.window(w, budget);
  budget.write(test::scratch_folder(comm));
  const auto table = read_table(comm, test::scratch_folder(comm) + "/budget.nc");
  ASSERT_EQ(column(table, "cycle"), (std::vector<double>{0, 1, 2}));
  for (int w = 0; w < 3; ++w) {
    EXPECT_LT(std::abs(column(table, "water_residual")[w]), 1e-8) << model << " " << w;
    EXPECT_LT(std::abs(column(table, "carbon_residual")[w]), 1e-7) << model << " " << w;
    EXPECT_GT(column(table, "evapotranspiration")[w], 0.1);
  }
  EXPECT_GT(column(table, "precipitation")[0] + column(table, "precipitation")[1], 0.0);
  EXPECT_GT(std::abs(column(table, "carbon_increment")[0]), 0.01);  // the analysis moved leaves
  EXPECT_EQ(column(table, "carbon_increment")[1], 0.0);
  EXPECT_EQ(column(table, "carbon_end")[0], column(table, "carbon_begin")[1]);
  comm.barrier();
}

TEST(Budget, ClosesOverWindowsWithAnAnalysis) { expect_closed("daily", "window"); }
TEST(Budget, ClosesWhenProductsAreDays) { expect_closed("daily", "day"); }
TEST(Budget, OfTheHourlyModelClosesToo) { expect_closed("hourly", "month"); }

TEST(Budget, IsTheSameAfterARestart) {
  const Comm comm = Comm::world();
  BudgetRun r(comm, "daily", "window");
  Budget whole(r.run.domain), first(r.run.domain), resumed(r.run.domain);
  whole.start(*r.members);
  first.start(*r.members);
  r.window(0, whole);
  BudgetRun again(comm, "daily", "window");
  again.window(0, first);
  resumed.restore(first.numbers());
  again.window(1, resumed);
  r.window(1, whole);
  EXPECT_EQ(resumed.numbers(), whole.numbers());
  std::vector<double> torn = whole.numbers();
  torn.pop_back();
  EXPECT_THROW(resumed.restore(torn), Failure);
}

}  // namespace
}  // namespace tilth
