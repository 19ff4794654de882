#include "assim/solvers/petsc_session.hpp"

#include "assim/solvers/petsc_handles.hpp"

namespace tilth {

PetscSession::PetscSession() {
  PetscBool running = PETSC_FALSE;
  petsc_check(PetscInitialized(&running), "PetscInitialized");
  if (!running) {
    PETSC_COMM_WORLD = PETSC_COMM_SELF;  // so that starting it is no collective call; every object names its own ranks
    petsc_check(PetscOptionsSetValue(nullptr, "-skip_petscrc", "true"), "PetscOptionsSetValue");
    petsc_check(PetscOptionsSetValue(nullptr, "-no_signal_handler", "true"), "PetscOptionsSetValue");
    petsc_check(PetscInitialize(nullptr, nullptr, nullptr, nullptr), "PetscInitialize");
  }
  petsc_check(PetscPushErrorHandler(PetscReturnErrorHandler, nullptr), "PetscPushErrorHandler");
}

PetscSession::~PetscSession() { PetscPopErrorHandler(); }

}  // namespace tilth
