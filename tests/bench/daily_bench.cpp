// Microseconds per member-tile-day of the daily model on one core, per instruction set and number of members.
#include <benchmark/benchmark.h>

#include "tests/support/daily_cases.hpp"

namespace {

using namespace tilth;

/// A year of a mixed column with members spread like a prior; the first year is not timed.
void daily_year(benchmark::State& state, simd::Isa isa, const std::string& climate_name, const std::string& pft) {
  const int members = int(state.range(0));
  const auto climates = test::climates();
  const auto climate =
      std::find_if(climates.begin(), climates.end(), [&](const auto& c) { return c.name == climate_name; });
  test::TestColumn column(*climate, {{pft_index(pft), 1.0}}, members);
  column.perturb(0.3, 7);
  const DailyModel model({}, isa);
  const auto days = test::synthetic_weather(*climate, 365);
  const Time begin = time_of(2018, 1, 1);
  MetMembers met(members);
  model.cold_start(column.point, column.values(), column.view());
  const auto year = [&] {
    for (int d = 0; d < 365; ++d) {
      met.fill(days[std::size_t(d)]);
      benchmark::DoNotOptimize(model.advance(column.point, column.values(), begin + d * seconds_per_day,
                                             {met, days[std::size_t(d)]}, column.view(), {}));
    }
  };
  year();
  for (auto _ : state) year();
  state.counters["us_per_member_day"] = benchmark::Counter(
      365.0 * members * 1e-6, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

}  // namespace

int main(int argc, char** argv) {
  const std::pair<const char*, const char*> cases[] = {{"temperate", "DBS"}, {"tropical", "EBT"}, {"boreal", "ENB"}};
  for (const auto& [climate, pft] : cases)
    for (const simd::Isa isa : simd::supported_isas())
      benchmark::RegisterBenchmark((std::string(climate) + "_" + pft + "/" + simd::to_string(isa)).c_str(), daily_year,
                                   isa, climate, pft)
          ->Arg(40)
          ->Arg(100)
          ->Unit(benchmark::kMillisecond);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
