#include "assim/solvers/petsc_session.hpp"

#include "assim/solvers/petsc_handles.hpp"

#include <exception>
#include <sstream>
#include <vector>

#include "core/base/text.hpp"

namespace tilth {

std::string petsc_version() {
  return text("PETSc ", PETSC_VERSION_MAJOR, ".", PETSC_VERSION_MINOR, ".", PETSC_VERSION_SUBMINOR);
}

PetscProgram::PetscProgram(const std::string& options) {
  std::vector<std::string> words{"tilth", "-skip_petscrc", "-no_signal_handler", "-options_left"};
  std::istringstream in(options);
  for (std::string word; in >> word;) words.push_back(word);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  int count = int(words.size());
  char** arguments = pointers.data();
  petsc_check(PetscInitialize(&count, &arguments, nullptr, nullptr), "PetscInitialize");
}

PetscProgram::~PetscProgram() {
  if (std::uncaught_exceptions() == 0) PetscFinalize();  // collective: not while one rank unwinds
}

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
