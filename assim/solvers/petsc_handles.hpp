#pragma once

#include <petscsys.h>

#include "core/base/error.hpp"

namespace tilth {

/// Throws `Failure` unless a call of PETSc went well.
inline void petsc_check(PetscErrorCode code, const char* what) {
  if (code == 0) return;
  const char* message = nullptr;
  PetscErrorMessage(code, &message, nullptr);
  throw Failure(text("PETSc: ", what, " failed: ", message ? message : "unknown error", " (", code, ")"));
}

/// A PETSc object that is destroyed with its owner.
template <class Handle, PetscErrorCode (*destroy)(Handle*)>
struct PetscOwned {
  PetscOwned() = default;
  ~PetscOwned() { destroy(&handle); }
  PetscOwned(const PetscOwned&) = delete;
  PetscOwned& operator=(const PetscOwned&) = delete;
  operator Handle() const { return handle; }
  Handle handle = nullptr;
};

}  // namespace tilth
