#pragma once

#include <string>

namespace tilth {

/// Name and version of the library.
std::string petsc_version();

/// PETSc with options from the command line, e.g. "-log_view": started on all ranks for the life of this object, which
/// ends when no session is open and before MPI does. Names the options that had no effect when it ends. Collective.
class PetscProgram {
 public:
  explicit PetscProgram(const std::string& options);
  ~PetscProgram();
  PetscProgram(const PetscProgram&) = delete;
  PetscProgram& operator=(const PetscProgram&) = delete;
};

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
