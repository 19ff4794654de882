#include "assim/quality_control.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/base/error.hpp"

namespace tilth {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Stream 0 but for the last; members predict -1, 0, 1 (mean 0, spread 1); error 0.
ObsTable table_of(const std::vector<double>& values, double error_sd = 0.0) {
  ObsTable table;
  table.members = 3;
  table.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    table.id[i] = std::int64_t(i);
    table.type[i] = i + 1 == values.size() ? 1 : 0;
    table.value[i] = values[i];
    table.error_sd[i] = error_sd;
    table.flag[i] = qc_used;
  }
  table.hx.assign(values.size() * table.stride(), 0.0);
  for (std::size_t i = 0; i < values.size(); ++i)
    for (int k = 0; k < 3; ++k) table.predictions(i)[k] = k - 1.0;
  return table;
}

TEST(BackgroundCheck, FlagsDeparturesBeyondTheLimitAndDropsNothing) {
  ObsTable table = table_of({2.9, 3.1, -3.1, 100.0});
  check_background(table, 0, 3.0);
  EXPECT_EQ(table.size(), 4u);
  EXPECT_EQ(table.flag[0], qc_used);
  EXPECT_EQ(table.flag[1], qc_background);
  EXPECT_EQ(table.flag[2], qc_background);
  EXPECT_EQ(table.flag[3], qc_used);  // another stream
}

TEST(BackgroundCheck, CountsSpreadAndError) {
  ObsTable table = table_of({6.0, 7.0, 0.0}, std::sqrt(3.0));  // sqrt(1 + 3) = 2
  check_background(table, 0, 3.25);
  EXPECT_EQ(table.flag[0], qc_used);
  EXPECT_EQ(table.flag[1], qc_background);
}

TEST(ValueCheck, FlagsWhatIsMissingOrOutOfRange) {
  ObsTable table = table_of({nan, -0.1, 0.0, 1.0, 1.1, std::numeric_limits<double>::infinity(), 7.0});
  check_values(table, 0, 0.0, 1.0);
  const std::vector<std::uint32_t> expected = {qc_bad_value, qc_bad_value, 0, 0, qc_bad_value, qc_bad_value, 0};
  EXPECT_EQ(table.flag, expected);
  check_background(table, 0, 1e-3);
  EXPECT_EQ(table.flag[0], qc_bad_value);  // no departure to check
}

TEST(PredictionCheck, FlagsAMemberThatIsNotFinite) {
  ObsTable table = table_of({0.0, 0.0, 0.0});
  table.predictions(1)[2] = nan;
  check_predictions(table, 0);
  check_background(table, 0, 3.0);
  EXPECT_EQ(table.flag, (std::vector<std::uint32_t>{0, qc_no_prediction, 0}));
}

TEST(QualityControlOptions, RefuseARangeThatIsNone) {
  QualityControlOptions options;
  EXPECT_THROW(read_options(Node::parse("{valid_range: [1, 0]}", "test"), options), Error);
  EXPECT_THROW(read_options(Node::parse("{valid_range: [1]}", "test"), options), Error);
  read_options(Node::parse("{valid_range: [0, 1], departure_limit: 5}", "test"), options);
  EXPECT_EQ(options.valid_range, (std::vector<double>{0.0, 1.0}));
}

}  // namespace
}  // namespace tilth
