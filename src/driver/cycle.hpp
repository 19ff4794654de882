#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "driver/budget.hpp"
#include "driver/checkpoint.hpp"
#include "driver/diagnostics.hpp"
#include "driver/members.hpp"
#include "driver/observation_store.hpp"
#include "driver/product_output.hpp"
#include "driver/products.hpp"
#include "driver/step_series.hpp"
#include "driver/twin.hpp"
#include "driver/window_analysis.hpp"
#include "driver/window_forecast.hpp"

namespace tilth {

class ImpactRecorder;

/// How a cycle runs.
struct CycleOptions {
  std::string label;   ///< in progress and titles: nature, open loop, analysis
  std::string folder;  ///< where its files go
  MemberRole role;
  bool assimilate = false;
  bool resume = false;
  bool checkpoints = true;
  bool quiet = false;
  std::string initial = {};   ///< restart file of the initial members; empty: none
  bool read_initial = false;  ///< true: start from it; false: write it after the spin-up
  std::string nature = {};    ///< restart file of the start of the nature run, for members that start around it
};

/// Where the observations of a window come from, and what is done with them once predicted; who looks at the members.
struct CycleHooks {
  std::function<ObsTable(Time begin, Time end, int members)> observations;
  std::function<void(const ObsTable&)> predicted;
  Trajectory* trajectory = nullptr;  ///< records the members at the end of every window
  TwinScores* twin = nullptr;        ///< scores them before and after the analysis
  std::function<void(std::int64_t cycle, const Members&)> analysed = {};  ///< at the end of every window
  ImpactRecorder* impact = nullptr;      ///< judges its observations; it is remembered, too
  std::vector<Remembered*> memory = {};  ///< what else decides the rest of the run, for its restart files
};

/// Owns clock, members and checkpoint of one run through all windows: forecast, analysis, products, checkpoint.
class Cycle {
 public:
  /// Restores the newest valid checkpoint when resuming, else reads the given restart file or spins up. Collective.
  Cycle(const Domain& domain, CycleOptions options, CycleHooks hooks);
  ~Cycle();

  /// Runs the windows that are left; throws `Stopped` after a checkpoint when a signal came. Collective.
  void run();

  std::int64_t next() const { return next_; }
  Members& members() { return members_; }
  const Diagnostics& diagnostics() const { return diagnostics_; }
  const StepReport& closure() const { return closure_; }
  double spinup_seconds() const { return spinup_s_; }
  double run_seconds() const { return run_s_; }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void step(std::int64_t cycle);
  ObsTable observations(Time begin, Time end) const;
  StepReport forecast(std::int64_t cycle, ObsTable& obs);
  AnalysisSummary iterate(std::int64_t cycle, ObsTable& obs, FeedbackColumns& feedback, StepReport& report);
  CycleState state(std::int64_t done);
  void save(std::int64_t done, const WindowForecast* window = nullptr);
  [[noreturn]] void stop_within(std::int64_t cycle, const WindowForecast& window);
  bool restore();
  void start();
  void spin_up_members();
  std::vector<double>* inflation_memory();
  bool maps_analysis() const { return options_.assimilate && members_.size() > 1; }
  bool is_planned(std::int64_t done) const;
  std::string restart_folder() const { return options_.folder + "/restart"; }

  /// The start of the window of an iterative method, which a signal leads back to.
  struct WindowStart {
    Members members;
    std::vector<double> inflation;
  };

  const Domain& domain_;
  CycleOptions options_;
  CycleHooks hooks_;
  Members members_;
  Products products_;
  ProductMeans means_;
  WindowAnalysis analysis_;
  std::unique_ptr<ProductOutput> product_output_;
  std::unique_ptr<StepSeries> steps_;
  Diagnostics diagnostics_;
  Budget budget_;
  StepReport closure_;
  std::vector<std::int64_t> replaced_;  // member days of each column that failed in the last forecast
  std::optional<WindowStart> window_start_;
  std::string unfinished_;  // restart file with the sums of the next window; empty: it starts from its begin
  bool spun_up_ = false;    // here, so that a restart file of the start is due
  std::int64_t next_ = 0;
  double spinup_s_ = 0.0, run_s_ = 0.0;
  std::vector<std::string> warnings_;
};

}  // namespace tilth
