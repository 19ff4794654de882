#pragma once

#include <string>
#include <vector>

#include "core/obs/obs_table.hpp"
#include "driver/domain.hpp"
#include "io/checkpoint.hpp"
#include "io/observation_file.hpp"

namespace tilth {

/// Simulated instruments of an experiment: where and when they see, and with which error. Draws are keyed by stream,
/// day and point, so that they depend neither on ranks nor on the assimilation.
class Simulator final : public Remembered {
 public:
  explicit Simulator(const Domain& domain);

  /// The visits of a window at this rank's columns; optical instruments see through clear skies only. An instrument
  /// with an overpass time looks at that instant, others at the whole day.
  ObsTable visits(Time begin, Time end, int members);
  /// Takes the predictions of a nature run as truth, adds bias and error, keeps what an instrument would deliver.
  void observe(const ObsTable& predicted);
  /// Writes `folder/<stream>.nc` for every simulated stream. Collective.
  void write(const std::string& folder) const;
  /// What was observed so far, in the restart files of the nature run.
  void save(CheckpointWriter& file) const override;
  void load(const CheckpointReader& file) override;

 private:
  /// Whether an instrument visits a column on a day and finds it clear. @pre the weather of the day is read
  bool is_seen(Time day, int type, int column) const;
  void add_visit(Time day, int type, int column, ObsTable& table) const;
  const Domain* domain_;
  Random sampling_, error_;
  std::vector<MetDay> weather_;
  std::vector<ObservationSeries> series_;
  std::vector<std::vector<std::int32_t>> columns_;  ///< of the observations of each series
  std::vector<std::vector<double>> levels_;         ///< per stream: what a visit sees
};

/// The files `Simulator::write` makes, by stream; empty for streams that are not simulated.
std::vector<std::vector<std::string>> simulated_files(const Experiment& experiment, const std::string& folder);

}  // namespace tilth
