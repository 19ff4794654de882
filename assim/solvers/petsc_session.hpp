#pragma once

#include "core/parallel/comm.hpp"

namespace tilth {

/// PETSc while any session lives, on the communicator of the first, unless someone else has started it. No options are
/// read from files or the command line, and signals stay ours. Errors of PETSc become `Failure`. Collective.
class PetscSession {
 public:
  explicit PetscSession(const Comm& comm);
  ~PetscSession();
  PetscSession(const PetscSession&) = delete;
  PetscSession& operator=(const PetscSession&) = delete;
};

}  // namespace tilth
