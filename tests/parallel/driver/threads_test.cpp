#include "core/parallel/threads.hpp"

#include <gtest/gtest.h>

#include "parallel/driver/small_window.hpp"

namespace tilth {
namespace {

using test::bits;
using test::Window;

/// States, parameters, products and predictions after a forecast and an analysis with so many threads.
std::vector<std::uint64_t> window_bits(const Comm& comm, const std::string& more, int count) {
  use_threads(count);
  const std::string yaml =
      "time: {start: 2018-07-01, end: 2018-07-15, window: 4 days}\nensemble: {size: 6}\n"
      "experiment: {name: small, seed: 5}\n"
      "grid: {generate: {resolution_deg: 15, west: -15, east: 105, south: 0, north: 75}}\n"
      "control: {parameters: {kphio: {scope: pft}, lma: {scope: column}}}\n"
      "observations:\n  - {name: lai, operator: {lai: {}}, files: [none.nc], half_width_km: 1500}\n" +
      more;
  Window w(comm, yaml, [](const Domain& domain) {
    std::vector<std::int64_t> points;
    for (std::int64_t id = 0; id < domain.grid.global_count; id += 2) points.push_back(id);
    return test::leaf_area(domain, points);
  });
  w.analyse();
  std::vector<double> values = w.everything();
  values.insert(values.end(), w.obs.hx.begin(), w.obs.hx.end());
  use_threads(1);
  return bits(values);
}

TEST(ThreadsOfARank, ChangeNoBitOfForecastAndAnalysis) {
  const Comm comm = Comm::world();
  for (const char* method : {"letkf: {}", "enkf: {}", "ensrf: {}"}) {
    const std::string more = std::string("analysis: {method: {") + method + "}}\n";
    const auto one = window_bits(comm, more, 1);
    EXPECT_EQ(window_bits(comm, more, 2), one) << method;
    EXPECT_EQ(window_bits(comm, more, 5), one) << method;
  }
}

TEST(ThreadsOfARank, ChangeNoBitOfHourlySteps) {
  const Comm comm = Comm::world();
  const std::string more = "model: {hourly: {}}\n";
  EXPECT_EQ(window_bits(comm, more, 3), window_bits(comm, more, 1));
}

}  // namespace
}  // namespace tilth
