#include <gtest/gtest.h>

#include "core/parallel/comm.hpp"

// Every test program starts MPI, so that unit and parallel tests share one main.
int main(int argc, char** argv) {
  const tilth::MpiSession mpi(argc, argv);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
