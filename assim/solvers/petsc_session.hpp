#pragma once

namespace tilth {

/// PETSc is usable while a session lives: its errors become `Failure`. The first session starts it unless someone else
/// has, without options from files or the command line and without signal handlers; it then stays up to the end of the
/// program, as its minimisers (TAO) cannot be registered twice.
class PetscSession {
 public:
  PetscSession();
  ~PetscSession();
  PetscSession(const PetscSession&) = delete;
  PetscSession& operator=(const PetscSession&) = delete;
};

}  // namespace tilth
