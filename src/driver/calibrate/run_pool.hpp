#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/parallel/comm.hpp"
#include "driver/calibrate/journal.hpp"
#include "driver/calibrate/site_runs.hpp"

namespace tilth {

/// A run asked for: one set of parameters at one site.
struct RunTask {
  int site = 0;
  calibration::Vector z;
};

/// A run that failed.
struct FailedRun {
  std::string kind;
  RunTask task;
};

/// Evaluates runs in parallel over ranks and SIMD lanes, and remembers them in a journal: a search that is run again on
/// the journal of one that was stopped goes on where it was, to the bit.
class RunPool {
 public:
  /// All must outlive this. `quiet`: no progress.
  RunPool(const Comm& comm, const SiteRuns& runs, Journal& journal, bool quiet);

  /// Numbers of one run, made on the rank that ran it. `series`: a row per stream; empty unless asked for.
  using Reduce = std::function<calibration::Vector(const RunTask& task, const calibration::Vector& predictions,
                                                   const std::vector<calibration::Vector>& series)>;
  /// All of one task: its runs and the numbers they make. Not-a-number alone: it failed.
  using Work = std::function<calibration::Vector(const RunTask& task)>;

  /// One list of numbers per task; that of a failed run is a single not-a-number. `kind` names what `reduce` makes: the
  /// journal answers for the same kind, site and bits of z. Throws `Stopped` when a signal came, after what was done is
  /// in the journal. Collective, with the same tasks on all ranks.
  std::vector<calibration::Vector> evaluate(const std::string& kind, std::span<const RunTask> tasks, RunReach reach,
                                            const Reduce& reduce);
  /// The same of tasks that run the model themselves.
  std::vector<calibration::Vector> evaluate_each(const std::string& kind, std::span<const RunTask> tasks,
                                                 const Work& work);

  static calibration::Vector failure();  ///< the numbers of a run that failed

  const SiteRuns& runs() const { return runs_; }
  const Comm& comm() const { return comm_; }
  std::int64_t evaluations() const { return evaluations_; }  ///< asked for, from the journal too
  const std::vector<FailedRun>& failed() const { return failed_; }

 private:
  struct Pack;
  using RunPack = std::function<std::vector<std::pair<std::size_t, calibration::Vector>>(const Pack& pack)>;
  std::vector<calibration::Vector> evaluate_all(const std::string& kind, std::span<const RunTask> tasks,
                                                std::size_t most, const RunPack& run);
  std::vector<std::size_t> missing(const std::string& kind, std::span<const RunTask> tasks) const;
  std::vector<Pack> packs(std::span<const RunTask> tasks, std::span<const std::size_t> which, std::size_t most) const;
  std::vector<Pack> mine(std::span<const Pack> all) const;
  void remember(const std::string& kind, std::span<const RunTask> tasks,
                const std::vector<std::pair<std::size_t, calibration::Vector>>& results);
  calibration::Vector recalled(const std::string& kind, const RunTask& task);
  int workers() const;

  const Comm& comm_;
  const SiteRuns& runs_;
  Journal& journal_;
  bool quiet_;
  std::int64_t evaluations_ = 0;
  std::vector<FailedRun> failed_;
};

}  // namespace tilth
