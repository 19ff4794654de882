#include "core/parallel/threads.hpp"

#include <omp.h>

#include <algorithm>
#include <cstdlib>
#include <exception>

namespace tilth {
namespace {

int& count_of_threads() {
  static int count = [] {
    const char* given = std::getenv("OMP_NUM_THREADS");
    return std::max(given ? std::atoi(given) : 1, 1);
  }();
  return count;
}

}  // namespace

void use_threads(int count) { count_of_threads() = std::max(count, 1); }
int threads() { return count_of_threads(); }
int thread_number() { return omp_get_thread_num(); }

void for_each_index(int count, const std::function<void(int)>& act) {
  std::exception_ptr first;
  int first_index = count;
// One index at a time: columns differ in cost.
#pragma omp parallel for schedule(dynamic, 1) num_threads(count_of_threads()) if (count_of_threads() > 1)
  for (int i = 0; i < count; ++i) {
    try {
      act(i);
    } catch (...) {
#pragma omp critical(tilth_first_exception)
      if (i < first_index) {
        first_index = i;
        first = std::current_exception();
      }
    }
  }
  if (first) std::rethrow_exception(first);
}

}  // namespace tilth
