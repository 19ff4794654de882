// Microseconds per day of one member of one tile with its derivatives along 8 and 24 directions, per instruction set:
// compare with daily_bench and hourly_bench for what a member costs without.
#include <benchmark/benchmark.h>

#include "model/daily/daily_model.hpp"
#include "model/derivatives.hpp"
#include "model/hourly/hourly_model.hpp"
#include "tests/support/daily_cases.hpp"

namespace {

using namespace tilth;

/// A year by the first parameters, after a year that is not timed.
template <class Model>
void year(benchmark::State& state, simd::Isa isa, const std::string& climate_name, const std::string& pft) {
  const auto climates = test::climates();
  const auto climate =
      std::find_if(climates.begin(), climates.end(), [&](const auto& c) { return c.name == climate_name; });
  const Model model({}, isa);
  test::TestColumn column(*climate, {{pft_index(pft), 1.0}}, 1, model.traits());
  const auto days = test::synthetic_weather(*climate, 365);
  model.cold_start(column.point, column.values(), column.view());
  MetMembers met(1);
  for (int d = 0; d < 365; ++d) {
    met.fill(days[std::size_t(d)]);
    model.advance(column.point, column.values(), time_of(2018, 1, 1) + d * seconds_per_day, {met, days[std::size_t(d)]},
                  column.view(), {});
  }
  std::vector<double> parameters, start;
  for (const auto& row : column.parameters) parameters.push_back(row[0]);
  for (int r = 0; r < column.rows; ++r) start.push_back(column.at(0, r));
  std::vector<DerivativeInput> inputs;
  for (int i = 0; i < int(state.range(0)); ++i) inputs.push_back({DerivativeInput::Kind::parameter, i, -1});
  for (auto _ : state)
    benchmark::DoNotOptimize(
        run_with_derivatives(model, {&column.point, parameters, start, time_of(2018, 1, 1), days, {}}, inputs));
  state.counters["us_per_day"] =
      benchmark::Counter(365.0 * 1e-6, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

}  // namespace

int main(int argc, char** argv) {
  const std::pair<const char*, const char*> cases[] = {{"temperate", "DBS"}, {"boreal", "ENB"}};
  for (const auto& [climate, pft] : cases)
    for (const simd::Isa isa : simd::supported_isas()) {
      const std::string where = std::string("/") + climate + "_" + pft + "/" + simd::to_string(isa);
      for (const int directions : {8, 24}) {
        benchmark::RegisterBenchmark(("daily" + where).c_str(), year<DailyModel>, isa, climate, pft)->Arg(directions);
        benchmark::RegisterBenchmark(("hourly" + where).c_str(), year<HourlyModel>, isa, climate, pft)->Arg(directions);
      }
    }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
