#include "tests/bench/letkf_race/yardstick.hpp"

#include <algorithm>
#include <cstddef>
#include <ctime>

#include "core/base/error.hpp"

extern "C" {
void dsyev_(const char* jobz, const char* uplo, const int* n, double* a, const int* lda, double* w, double* work,
            const int* lwork, int* info, std::size_t jobz_length, std::size_t uplo_length);
char* openblas_get_config();
char* openblas_get_corename();
void openblas_set_num_threads(int);
}

namespace tilth::test {
double cpu_seconds() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

namespace {

std::vector<double> matrix_of(const ObsSpace& space, const LocalProblem& problem, double forget) {
  const int N = space.members;
  std::vector<double> A(std::size_t(N) * N, 0.0);
  for (int k = 0; k < N; ++k) A[std::size_t(k) * N + k] = forget * (N - 1);
  for (std::size_t o = 0; o < problem.obs.size(); ++o) {
    const std::size_t i = std::size_t(problem.obs[o]);
    const double weight = problem.taper[o] / space.variance[i];
    const double* y = space.Y.data() + i * space.stride;
    for (int k = 0; k < N; ++k)
      for (int l = 0; l < N; ++l) A[std::size_t(k) * N + l] += weight * y[k] * y[l];
  }
  return A;
}

}  // namespace

double dsyev_seconds(Race& race, const std::vector<int>& columns, double forget) {
  openblas_set_num_threads(1);
  const int N = race.members(), work_size = 3 * N;
  std::vector<std::vector<double>> matrices;
  for (const int c : columns) matrices.push_back(matrix_of(race.space(), race.problem(c), forget));
  std::vector<double> a(std::size_t(N) * N), values(N), work(work_size);
  double best = 1e300;
  for (int pass = 0; pass < 5; ++pass) {
    const double start = cpu_seconds();
    for (const auto& A : matrices) {
      std::copy(A.begin(), A.end(), a.begin());
      int info = 0;
      dsyev_("V", "L", &N, a.data(), &N, values.data(), work.data(), &work_size, &info, 1, 1);
      require(info == 0, "dsyev failed with info = ", info);
    }
    best = std::min(best, cpu_seconds() - start);
  }
  return best;
}

std::string lapack_name() { return std::string(openblas_get_config()) + ", kernels " + openblas_get_corename(); }

}  // namespace tilth::test
