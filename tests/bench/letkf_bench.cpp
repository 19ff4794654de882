// Microseconds per column of the local analysis, next to a symmetric eigenvalue decomposition alone in the same run.
#include <benchmark/benchmark.h>

#include <Eigen/Dense>

#include "assim/methods/make_method.hpp"
#include "tests/support/race.hpp"

namespace {

using tilth::test::Race;

void analyse(benchmark::State& state, const std::string& solver) {
  Race race(90, 45, int(state.range(0)));
  auto batch = race.problems();
  double observations = 0.0;
  for (const auto& problem : batch) observations += double(problem.obs.size());
  const auto filter = tilth::make_method("letkf", "{inflation: 1.0204081632653061, solver: " + solver + "}");
  std::vector<double> prior;
  for (int c = 0; c < race.columns(); ++c)
    for (int v = 0; v < race.variables(); ++v)
      prior.insert(prior.end(), race.row(c, v), race.row(c, v) + race.members());
  for (auto _ : state) {
    filter->update(race.space(), batch);
    state.PauseTiming();
    auto from = prior.begin();
    for (int c = 0; c < race.columns(); ++c)
      for (int v = 0; v < race.variables(); ++v, from += race.members())
        std::copy_n(from, race.members(), race.row(c, v));
    state.ResumeTiming();
  }
  state.counters["per_column"] = benchmark::Counter(double(state.iterations()) * race.columns(),
                                                    benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["obs/column"] = observations / race.columns();
}

void eigenvalues(benchmark::State& state) {
  Race race(90, 45, int(state.range(0)));
  const auto batch = race.problems();
  const auto space = race.space();
  const int N = race.members();
  std::vector<Eigen::MatrixXd> matrices;
  for (std::size_t c = 0; c < batch.size(); c += 16) {
    Eigen::MatrixXd A = 0.98 * (N - 1) * Eigen::MatrixXd::Identity(N, N);
    for (std::size_t j = 0; j < batch[c].obs.size(); ++j) {
      const Eigen::Map<const Eigen::VectorXd> y(space.Y.data() + std::size_t(batch[c].obs[j]) * space.stride, N);
      A += batch[c].taper[j] / space.variance[batch[c].obs[j]] * y * y.transpose();
    }
    matrices.push_back(A);
  }
  Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(N);
  for (auto _ : state)
    for (const auto& A : matrices) benchmark::DoNotOptimize(solver.compute(A).eigenvalues().data());
  state.counters["per_column"] = benchmark::Counter(double(state.iterations()) * double(matrices.size()),
                                                    benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK_CAPTURE(analyse, lanes, "lanes")->Arg(20)->Arg(40)->Arg(80)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(analyse, eigen, "eigen")->Arg(20)->Arg(40)->Arg(80)->Unit(benchmark::kMillisecond);
BENCHMARK(eigenvalues)->Arg(20)->Arg(40)->Arg(80)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
