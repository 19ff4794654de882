#pragma once

#include <nlohmann/json_fwd.hpp>

#include "core/parallel/comm.hpp"

namespace tilth {

/// What the program is made of: git revision, compiler with its options, libraries with their versions.
nlohmann::ordered_json build_provenance();

/// Where it runs: hosts with their ranks, threads per rank, and what SLURM says of the job when it started it.
/// Collective.
nlohmann::ordered_json machine_provenance(const Comm& comm);

}  // namespace tilth
