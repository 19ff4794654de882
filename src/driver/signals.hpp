#pragma once

#include <stdexcept>

namespace tilth {

/// Thrown when a signal stopped a run after a good checkpoint: exit status 4.
class Stopped : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// From now on SIGTERM, SIGINT and SIGUSR1 only set a flag.
void catch_signals();
/// A signal came since.
bool signal_received();
/// None came, as far as later answers go.
void forget_signals();

}  // namespace tilth
