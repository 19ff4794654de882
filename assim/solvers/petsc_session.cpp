#include "assim/solvers/petsc_session.hpp"

#include "assim/solvers/petsc_handles.hpp"

namespace tilth {
namespace {

int sessions = 0;
bool started_here = false;

}  // namespace

PetscSession::PetscSession(const Comm& comm) {
  PetscBool running = PETSC_FALSE;
  petsc_check(PetscInitialized(&running), "PetscInitialized");
  if (!running) {
    PETSC_COMM_WORLD = comm.handle();
    petsc_check(PetscOptionsSetValue(nullptr, "-skip_petscrc", "true"), "PetscOptionsSetValue");
    petsc_check(PetscOptionsSetValue(nullptr, "-no_signal_handler", "true"), "PetscOptionsSetValue");
    petsc_check(PetscInitialize(nullptr, nullptr, nullptr, nullptr), "PetscInitialize");
    started_here = true;
  }
  petsc_check(PetscPushErrorHandler(PetscReturnErrorHandler, nullptr), "PetscPushErrorHandler");
  ++sessions;
}

PetscSession::~PetscSession() {
  PetscPopErrorHandler();
  if (--sessions > 0 || !started_here) return;
  started_here = false;
  PetscFinalize();
}

}  // namespace tilth
