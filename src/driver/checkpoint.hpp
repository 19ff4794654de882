#pragma once

#include <functional>
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
  std::vector<Remembered*> parts = {};  ///< what else the run remembers
  const Remembered* window = nullptr;   ///< sums of a window that is not complete; `load_cycle` leaves them alone
};

/// How far a run is.
struct Progressed {
  std::int64_t windows = 0;
  bool within_window = false;  ///< and part of the next window, whose sums the file holds
};

/// Writes a restart file (aside, checksummed, verified, renamed). Collective.
void save_cycle(const Comm& comm, const std::string& path, const CycleState& state);
/// Restores it; returns how far it is. `Error` when it belongs to another experiment, another seed or
/// other windows: what follows would not be the rest of that run. Collective.
Progressed load_cycle(const CheckpointReader& file, const CycleState& state);

/// Closure in attributes whose names begin with `prefix`. Saving is collective.
void save_closure(CheckpointWriter& file, const Comm& comm, const std::string& prefix, const StepReport& report);
void load_closure(const CheckpointReader& file, const std::string& prefix, StepReport& report);

/// Members only: the result of a spin-up. Collective.
void save_members(const Comm& comm, const std::string& path, Members& members);
void load_members(const Comm& comm, const std::string& path, Members& members);
/// Further members in a restart file, under names that begin with `prefix`. Collective.
void save_members(CheckpointWriter& file, const std::string& prefix, Members& members);
void load_members(const CheckpointReader& file, const std::string& prefix, Members& members);

/// The members during a spin-up, and how far it is. `Error` when the file is of another run. Collective.
void save_spin_up(const Comm& comm, const std::string& path, Members& members, const Remembered& spin_up);
void load_spin_up(const Comm& comm, const std::string& path, Members& members, Remembered& spin_up);

/// Removes all but the last `keep` restart files of a folder, and of those that a signal made (`*_stopped.nc`, which
/// come on top) all that are not the newest file. Collective.
void prune_checkpoints(const Comm& comm, const std::string& folder, int keep);

/// Renames the restart files that are newer than `good` (all when it is empty) to `*.damaged`: they must neither be
/// kept in place of good ones nor be lost. Collective.
void set_damaged_aside(const Comm& comm, const std::string& folder, const std::string& good);

/// Runs `write`; where it cannot write (disk full, no permission: `Error`) throws a `Failure` that says how to go on.
void writing(const std::function<void()>& write);

/// Removes the NetCDF files of a folder: what an earlier run left must not be taken for this one's. Collective.
void clear_folder(const Comm& comm, const std::string& folder);

/// Removes a file if it is there. Collective.
void clear_file(const Comm& comm, const std::string& path);

/// What must agree between a restart file and the experiment that reads it.
std::string fingerprint(const Domain& domain, int members);

}  // namespace tilth
