#pragma once

#include <string>
#include <vector>

#include "tests/support/race.hpp"

namespace tilth::test {

/// CPU time of this process: waiting for a busy machine does not count.
double cpu_seconds();

/// CPU seconds of LAPACK's dsyev (lower triangle, with vectors, workspace of 3 N, as PDAF calls it) for the matrices of
/// the race's local problems of these columns, one thread, best of five passes, the copy of a matrix included. Call
/// before the analysis.
double dsyev_seconds(Race& race, const std::vector<int>& columns, double forget);

/// Name and configuration of the library.
std::string lapack_name();

}  // namespace tilth::test
