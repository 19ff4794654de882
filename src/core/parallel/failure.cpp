#include <chrono>
#include <thread>

#include "core/parallel/comm.hpp"

namespace tilth {

bool Comm::all_arrive(double seconds) const {
  MPI_Request request;
  MPI_Ibarrier(comm_, &request);
  const auto start = std::chrono::steady_clock::now();
  int arrived = 0;
  while (true) {
    MPI_Test(&request, &arrived, MPI_STATUS_IGNORE);
    if (arrived) return true;
    if (std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() > seconds) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace tilth
