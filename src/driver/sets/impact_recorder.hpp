#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "driver/sets/flight.hpp"
#include "driver/sets/impact_norm.hpp"
#include "driver/sets/impact_sums.hpp"
#include "driver/window_analysis.hpp"

namespace tilth {

/// Impact of the observations of a run on the error of its forecasts, without denying any (docs: observing-system
/// experiments). Members as they were before an analysis go on beside the run for `lead` windows; their forecast and
/// that of the run are compared with the reference, and what the analysis changed is dealt to its observations.
class ImpactRecorder final : public Remembered {
 public:
  /// `nature`: product file of the nature run, when the norm refers to it.
  ImpactRecorder(const Domain& domain, ImpactNorm norm, const std::string& nature);
  ~ImpactRecorder() override;

  /// Before the analysis of a window: members, predictions and products are its forecast. Collective.
  void forecasted(std::int64_t cycle, const Members& members, const ObsTable& obs, const Products& products);
  /// After it. Collective.
  void analysed(std::int64_t cycle, const Members& members, const Products& products, const ObsTable& obs,
                const FeedbackColumns& feedback, const WindowAnalysis& analysis);
  /// Writes `path`. Collective.
  void write(const std::string& path, const std::string& experiment) const;

  void save(CheckpointWriter& file) const override;
  void load(const CheckpointReader& file) override;

 private:
  bool is_judged(std::int64_t cycle) const;
  void add_signals(const ObsTable& obs, const FeedbackColumns& feedback);
  std::vector<std::vector<double>> reference(std::int64_t cycle, const Products& products);
  void judge(Flight& flight, std::int64_t cycle, const Products& products, const WindowAnalysis& analysis);

  const Domain* domain_;
  ImpactNorm norm_;
  std::unique_ptr<ProductReader> nature_;
  ImpactSums sums_;
  std::list<std::unique_ptr<Flight>> flights_;
};

/// The recorder of an experiment of the run in `folder`, whose open loop (and nature run: `twin`) is complete; null
/// unless it is asked for. Collective.
std::unique_ptr<ImpactRecorder> impact_recorder(const Domain& domain, const std::string& folder, bool twin);

}  // namespace tilth
