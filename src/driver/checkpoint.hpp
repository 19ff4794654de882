#pragma once

#include <string>
#include <vector>

#include "driver/budget.hpp"
#include "driver/diagnostics.hpp"
#include "driver/members.hpp"
#include "driver/product_means.hpp"
#include "driver/twin.hpp"
#include "io/checkpoint.hpp"

namespace tilth {

/// Everything that decides the numbers of a cycle from here on.
struct CycleState {
  std::int64_t done = 0;   ///< windows complete
  std::uint64_t seed = 0;  ///< key of the members' draws
  Members* members = nullptr;
  Diagnostics* diagnostics = nullptr;
  StepReport* closure = nullptr;
  TwinScores* twin = nullptr;                ///< of a run that is scored against a nature run
  std::vector<double>* inflation = nullptr;  ///< adaptive inflation, [column][2]
  ProductMeans* means = nullptr;             ///< of products whose records windows do not complete
  Budget* budget = nullptr;
};

/// Writes a restart file (aside, checksummed, verified, renamed). Collective.
void save_cycle(const Comm& comm, const std::string& path, const CycleState& state);
/// Restores it; returns the number of windows done. `Error` when it belongs to another experiment, another seed or
/// other windows: what follows would not be the rest of that run. Collective.
std::int64_t load_cycle(const Comm& comm, const std::string& path, const CycleState& state);

/// Members only: the result of a spin-up. Collective.
void save_members(const Comm& comm, const std::string& path, Members& members);
void load_members(const Comm& comm, const std::string& path, Members& members);

/// Removes all but the last `keep` restart files of a folder. Collective.
void prune_checkpoints(const Comm& comm, const std::string& folder, int keep);

/// Removes the NetCDF files of a folder: what an earlier run left must not be taken for this one's. Collective.
void clear_folder(const Comm& comm, const std::string& folder);

/// Removes a file if it is there. Collective.
void clear_file(const Comm& comm, const std::string& path);

/// What must agree between a restart file and the experiment that reads it.
std::string fingerprint(const Domain& domain, int members);

}  // namespace tilth
