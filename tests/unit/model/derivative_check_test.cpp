#include "model/derivative_check.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/base/simd/dual.hpp"

namespace tilth {
namespace {

/// Rows that follow from one parameter p and one state x: smooth, a kink at p = 2, a jump at p = 2, a wrong derivative,
/// and a wrong value on dual numbers.
class Toy final : public LandModel {
 public:
  Toy(bool wrong_slope, bool wrong_value, bool on_dual = false)
      : wrong_slope_(wrong_slope), wrong_value_(wrong_value), on_dual_(on_dual) {
    traits_.name = "toy";
    std::vector<Variable> variables(4);
    const char* names[] = {"x", "smooth", "kinked", "jumping"};
    for (int i = 0; i < 4; ++i) {
      variables[std::size_t(i)].name = names[i];
      variables[std::size_t(i)].upper = 10.0;
    }
    traits_.layout = StateLayout(variables);
    ParameterDefinition p;
    p.name = "p";
    p.upper = 5.0;
    traits_.parameters = {p};
    if (!on_dual) dual_.reset(new DualModel{std::make_unique<Toy>(wrong_slope, wrong_value, true), 1});
  }
  const ModelTraits& traits() const override { return traits_; }
  StepReport advance(const GridPoint&, ColumnParameters parameters, Time, const DayWeather&, ColumnView column,
                     const StepSeen&) const override {
    for (int m = 0; m < column.stride(); m += on_dual_ ? 2 : 1)
      on_dual_ ? step<simd::Dual<double>>(parameters.value[0] + m, column, m)
               : step<double>(parameters.value[0] + m, column, m);
    return {};
  }
  const DualModel* dual() const override { return dual_.get(); }
  void cold_start(const GridPoint&, ColumnParameters, ColumnView) const override {}
  RepairReport repair(const GridPoint&, ColumnParameters, ColumnView, ColumnView) const override { return {}; }
  StepReport equilibrate(const GridPoint&, ColumnParameters, Time, std::span<const MetDay>, ColumnView) const override {
    return {};
  }

 private:
  template <class T>
  void step(const double* parameter, ColumnView column, int m) const {
    using simd::exp, simd::max, simd::select;
    const T p = simd::load<T>(parameter), x = simd::load<T>(column.row(0, 0) + m);
    T smooth = exp(0.3 * p) * x;
    if (on_dual_ && wrong_slope_) smooth = smooth + 1e-4 * (p - T(*parameter));
    if (on_dual_ && wrong_value_) smooth = smooth + 1e-15;
    simd::store(column.row(0, 0) + m, x * 0.5 + 0.1);
    simd::store(column.row(0, 1) + m, smooth);
    simd::store(column.row(0, 2) + m, max(T(2.0), p) * x);
    simd::store(column.row(0, 3) + m, select(p > 2.0, x + 1.0, x));
  }

  bool wrong_slope_, wrong_value_, on_dual_;
  ModelTraits traits_;
  std::unique_ptr<const DualModel> dual_;
};

/// Compares the rows of a toy by p (and x).
std::vector<DerivativeComparison> compare(const Toy& toy, double p, double x, std::vector<int> rows) {
  GridPoint point;
  point.surface.tiles = {{0, 1.0}};
  const std::vector<double> parameters{p}, state{x, 0.0, 0.0, 0.0};
  const std::vector<MetDay> weather(1);
  const std::vector<DerivativeInput> inputs{{DerivativeInput::Kind::parameter, 0, -1},
                                            {DerivativeInput::Kind::state, 0, -1}};
  return compare_derivatives(toy, {&point, parameters, state, time_of(2018, 1, 1), weather, {}}, inputs, rows);
}

TEST(CompareDerivatives, AgreesWhereAllIsSmooth) {
  const auto all = compare(Toy(false, false), 3.0, 1.5, {0, 1, 2, 3});
  for (const auto& c : all) EXPECT_EQ(c.agreement, Agreement::agrees) << c.row << " " << c.error;
  const auto smooth = compare(Toy(false, false), 3.0, 1.5, {1});
  EXPECT_NEAR(smooth[0].dual, 0.3 * 1.5 * std::exp(0.9), 1e-14);
  EXPECT_NEAR(smooth[1].difference, std::exp(0.9), 1e-9);
}

TEST(CompareDerivatives, TellsAKinkAndTheSlopesOfItsSides) {
  const auto all = compare(Toy(false, false), 2.0, 1.5, {0, 1, 2});
  EXPECT_EQ(all[0].agreement, Agreement::kink);
  EXPECT_EQ(all[0].row, 2);
  EXPECT_NEAR(all[0].below, 0.0, 1e-6);
  EXPECT_NEAR(all[0].above, 1.5, 1e-6);
  EXPECT_EQ(all[1].agreement, Agreement::agrees);
}

TEST(CompareDerivatives, TellsAJump) {
  const auto all = compare(Toy(false, false), 2.0 - 1e-12, 1.5, {0, 1, 3});
  EXPECT_EQ(all[0].agreement, Agreement::jump);
  EXPECT_EQ(all[0].row, 3);
}

TEST(CompareDerivatives, TakesOneSideOfABound) {
  EXPECT_EQ(compare(Toy(false, false), 5.0, 1.5, {1})[0].agreement, Agreement::agrees);
  EXPECT_EQ(compare(Toy(false, false), 3.0, 10.0, {0, 1})[1].agreement, Agreement::agrees);
}

TEST(CompareDerivatives, FindsAWrongDerivativeBeforeAKink) {
  const auto all = compare(Toy(true, false), 2.0, 1.5, {0, 1, 2});
  EXPECT_EQ(all[0].agreement, Agreement::differs);
  EXPECT_EQ(all[0].row, 1);
  EXPECT_NEAR(all[0].dual - all[0].difference, 1e-4, 1e-9);
}

TEST(CompareDerivatives, RefusesValuesThatAreNotThoseOfTheModel) {
  EXPECT_THROW(compare(Toy(false, true), 3.0, 1e-3, {1}), std::exception);
}

}  // namespace
}  // namespace tilth
