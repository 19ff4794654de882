#pragma once

#include <functional>

namespace tilth {

/// Threads of this rank from now on, at least 1. To be called outside of `for_each_index`.
void use_threads(int count);
/// Their number; before `use_threads` OMP_NUM_THREADS, or 1 without it.
int threads();
/// Number of the calling thread inside `for_each_index`, from 0; 0 elsewhere: the one that may call MPI.
int thread_number();

/// Calls `act(i)` once for every i from 0 to count - 1, on all threads, in any order; `act` must not call MPI nor touch
/// what another index touches. When calls throw, all are finished and the exception of the smallest index is thrown.
void for_each_index(int count, const std::function<void(int)>& act);

}  // namespace tilth
