#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/parallel/comm.hpp"

namespace tilth {

/// Counts the seconds of a phase of the run, from here to the end of the scope: one line per phase. Phases nest; each
/// is kept under the phases around it, as "analysis/forecast/columns". One thread only.
class Phase {
 public:
  explicit Phase(const std::string& name);
  ~Phase();
  Phase(const Phase&) = delete;
  Phase& operator=(const Phase&) = delete;

 private:
  std::size_t entry_, outer_;
  std::int64_t begin_ns_, begin_cpu_ns_;
};

/// One phase of this rank since the start or the last reset, in the order of first entry.
struct PhaseTotal {
  std::string path;
  std::int64_t calls = 0, nanoseconds = 0;
  std::int64_t cpu_ns = 0;  ///< of this process, all threads
};
std::vector<PhaseTotal> phase_totals();
/// Forgets all phases. @pre none is open
void reset_phases();

/// One phase over all ranks.
struct PhaseRow {
  std::string path;
  std::int64_t calls = 0;            ///< on rank 0
  double max_s = 0.0, mean_s = 0.0;  ///< over ranks
  double cpu_s = 0.0;                ///< processor time, mean over ranks
  double imbalance() const { return mean_s > 0.0 ? max_s / mean_s : 1.0; }
};
/// The phases that rank 0 entered, over all ranks; the same everywhere. Collective.
std::vector<PhaseRow> phase_table(const Comm& comm);
/// The table as text: calls, largest and mean seconds over ranks, share of `total_s`, imbalance.
std::string phase_text(const std::vector<PhaseRow>& rows, double total_s);

}  // namespace tilth
