#include "driver/signals.hpp"

#include <csignal>

namespace tilth {

namespace {
volatile std::sig_atomic_t received = 0;
void note(int) { received = 1; }
}  // namespace

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1}) sigaction(signal, &action, nullptr);
}

bool signal_received() { return received != 0; }

void forget_signals() { received = 0; }

}  // namespace tilth
