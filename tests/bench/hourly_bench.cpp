// Microseconds per member-tile-hour of the hourly model on one core, per instruction set and number of members, with
// the close of each day. Best of all repetitions in time of the thread; a table of ratios to scalar ends the run.
#include <benchmark/benchmark.h>
#include <time.h>

#include <cstdio>
#include <map>

#include "model/hourly/hourly_model.hpp"
#include "tests/support/daily_cases.hpp"

namespace {

using namespace tilth;

struct Case {
  const char *name, *climate, *pft;
  int days;  ///< timed, from January on, after a whole year
  HourlyModel::Options options;
};

std::map<std::string, std::map<simd::Isa, double>> best;  ///< us per member-hour by case and instruction set

double thread_seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

/// Members spread like a prior.
void hours(benchmark::State& state, const Case& c, simd::Isa isa) {
  const int members = int(state.range(0));
  const auto climate = std::find_if(test::climates().begin(), test::climates().end(),
                                    [&](const auto& x) { return x.name == c.climate; });
  const HourlyModel model(c.options, isa);
  test::TestColumn column(*climate, {{pft_index(c.pft), 1.0}}, members, model.traits());
  column.perturb(0.3, 7);
  const auto weather = test::synthetic_weather(*climate, 365);
  MetMembers met(members);
  model.cold_start(column.point, column.values(), column.view());
  const auto run = [&](int days) {
    for (int d = 0; d < days; ++d) {
      met.fill(weather[std::size_t(d)]);
      benchmark::DoNotOptimize(model.advance(column.point, column.values(), time_of(2018, 1, 1) + d * seconds_per_day,
                                             {met, weather[std::size_t(d)]}, column.view(), {}));
    }
  };
  run(365);
  const auto start = column.state;
  const double member_hours = 24.0 * c.days * members;
  double& us = best[std::string(c.name) + "/" + std::to_string(members)].try_emplace(isa, 1e9).first->second;
  for (auto _ : state) {
    column.state = start;
    const double before = thread_seconds();
    run(c.days);
    us = std::min(us, 1e6 * (thread_seconds() - before) / member_hours);
  }
  state.counters["us_per_member_hour"] = us;
}

void print_ratios() {
  std::printf("\n%-32s", "us per member-hour (over scalar)");
  for (const simd::Isa isa : simd::supported_isas()) std::printf("%18s", simd::to_string(isa).c_str());
  for (const auto& [name, by_isa] : best) {
    std::printf("\n%-32s", name.c_str());
    for (const auto& [isa, us] : by_isa)
      std::printf("%10.3f (%4.2fx)", us, by_isa.contains(simd::Isa::scalar) ? by_isa.at(simd::Isa::scalar) / us : 0.0);
  }
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  HourlyModel::Options three_layers, newton3;
  three_layers.snow_layers = 3;
  newton3.internal_co2 = "newton3";
  const Case cases[] = {{"temperate_DBS", "temperate", "DBS", 365, {}},
                        {"tropical_EBT", "tropical", "EBT", 365, {}},
                        {"boreal_ENB", "boreal", "ENB", 365, {}},
                        {"boreal_ENB_winter", "boreal", "ENB", 90, {}},
                        {"boreal_ENB_winter_snow3", "boreal", "ENB", 90, three_layers},
                        {"temperate_DBS_newton3", "temperate", "DBS", 365, newton3}};
  for (const Case& c : cases)
    for (const simd::Isa isa : simd::supported_isas())
      benchmark::RegisterBenchmark((std::string(c.name) + "/" + simd::to_string(isa)).c_str(), hours, c, isa)
          ->Arg(40)
          ->Arg(100)
          ->Unit(benchmark::kMillisecond);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  print_ratios();
}
