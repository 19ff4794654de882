#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/parallel/comm.hpp"

namespace tilth {

/// Places of records in the global order of their ids.
struct GlobalOrder {
  std::vector<std::int64_t> position;  ///< 0, 1, ... over all ranks, per record of this rank
  std::int64_t count = 0;              ///< records of all ranks
};

/// Sorts ids of any size, spread over ranks in any way, by samples (Shi & Schaeffer 1992); `what` names them when one
/// occurs twice, which is a `Failure`. Collective.
GlobalOrder global_order(const Comm& comm, const std::vector<std::int64_t>& ids, const std::string& what);

}  // namespace tilth
