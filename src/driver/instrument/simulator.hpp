#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/obs/obs_table.hpp"
#include "driver/domain.hpp"
#include "driver/instrument/clouds.hpp"
#include "driver/instrument/sampler.hpp"
#include "driver/instrument/simulated_errors.hpp"
#include "io/checkpoint.hpp"
#include "io/observation_file.hpp"

namespace tilth {

/// Simulated instruments of an experiment: where and when they see, and with which error. Draws are keyed by stream,
/// day and point, so that they depend neither on ranks nor on the assimilation.
class Simulator final : public Remembered {
 public:
  /// Collective.
  explicit Simulator(const Domain& domain);

  /// The visits of a window at this rank's columns; optical instruments see through clear skies only. An instrument
  /// that passes over looks at that instant, others at the whole day.
  ObsTable visits(Time begin, Time end, int members);
  /// Takes the predictions of a nature run for the last visits as truth, adds bias and error, keeps what an instrument
  /// would deliver.
  void observe(const ObsTable& predicted);
  /// Writes `folder/<stream>.nc` for every simulated stream. Collective.
  void write(const std::string& folder) const;
  /// What was observed so far, in the restart files of the nature run.
  void save(CheckpointWriter& file) const override;
  void load(const CheckpointReader& file) override;

 private:
  /// A stream that is simulated.
  struct Simulated {
    std::unique_ptr<Sampler> sampler;
    SimulatedErrors errors;
    std::unique_ptr<Clouds> clouds;                ///< null: every cell on its own
    std::vector<double> levels;                    ///< what a visit sees
    std::unordered_map<std::int64_t, Look> looks;  ///< of the last visits, by id
    ObservationSeries series = {};
    std::vector<std::int32_t> columns = {};  ///< of the observations
  };
  void visit(Time day, int type, ObsTable& table);
  /// Whether what looks at a column finds it clear and gives a good value. @pre the weather of the day is read
  bool is_seen(Time day, int type, int column, double clear, Look& look) const;
  void add_visit(Time day, int type, int column, const Look& look, ObsTable& table);
  const Domain* domain_;
  Random sampling_;
  std::vector<MetDay> weather_;
  std::vector<std::unique_ptr<Simulated>> streams_;  ///< null for those that are not
};

/// The files `Simulator::write` makes, by stream; empty for streams that are not simulated.
std::vector<std::vector<std::string>> simulated_files(const Experiment& experiment, const std::string& folder);

}  // namespace tilth
