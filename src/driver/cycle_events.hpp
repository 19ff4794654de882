#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "driver/diagnostics.hpp"
#include "driver/members.hpp"

namespace tilth {

/// The events of a part's windows: what each made of its observations, and how fast the part goes.
class CycleEvents {
 public:
  /// `first`: windows done before this start.
  CycleEvents(std::string part, std::int64_t first, std::int64_t windows);
  /// A window is complete. Collective.
  void finished(const Domain& domain, std::int64_t cycle, const Diagnostics& diagnostics, const Members& members);

 private:
  std::string part_;
  std::int64_t first_, windows_;
  std::chrono::steady_clock::time_point begin_, last_;
};

/// A restart file is complete.
void checkpoint_written(const std::string& part, const Comm& comm, const std::string& path, double seconds);

}  // namespace tilth
