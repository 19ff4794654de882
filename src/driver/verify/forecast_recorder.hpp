#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "driver/cycle.hpp"
#include "driver/diagnostics.hpp"
#include "driver/members.hpp"
#include "driver/product_means.hpp"
#include "driver/products.hpp"
#include "io/checkpoint.hpp"

namespace tilth {

/// Forecasts from the analyses of a run (`verification.forecasts`): copies of its members go on without assimilation,
/// and what they say of each later window is written as the run's own products and feedback are, by lead time.
class ForecastRecorder final : public Remembered {
 public:
  using Observations = std::function<ObsTable(Time begin, Time end, int members)>;
  /// Files go to `folder/forecasts/lead_<windows>`.
  ForecastRecorder(const Domain& domain, std::string folder, Observations observations);

  /// Forgets the files of an earlier run. Collective.
  void start();
  /// At the end of a window, after its analysis: advances and writes the forecasts that cover it, then takes a copy of
  /// the members when one begins here. Collective.
  void record(std::int64_t cycle, const Members& members);

  void save(CheckpointWriter& file) const override;
  void load(const CheckpointReader& file) override;

 private:
  /// Members that go on from the analysis of a window.
  struct Flight {
    std::int64_t cycle = 0;
    std::unique_ptr<Members> members;
  };
  bool begins_at(std::int64_t cycle) const;
  void advance(Flight& flight, std::int64_t cycle);

  const Domain& domain_;
  std::string folder_;
  Observations observations_;
  Products products_;
  ProductMeans means_;
  Diagnostics diagnostics_;  // of no analysis: increments are 0
  std::list<Flight> flights_;
};

/// One for a part of a run, called by `hooks` and kept in its restart files; null unless it is asked for. Collective.
std::unique_ptr<ForecastRecorder> forecast_recorder(const Domain& domain, const CycleOptions& options,
                                                    CycleHooks& hooks);

/// Experiments whose analyses forecasts go out from.
std::int64_t forecasting_experiments(const Experiment& experiment);
/// Folder of the forecasts of a part with this lead.
std::string forecast_folder(const std::string& part, std::int64_t lead_windows);
/// Days from an analysis to the end of the window that a forecast with this lead covers.
double lead_days(const Experiment& experiment, std::int64_t lead_windows);
/// `forecast` of the analysis of a plain run, else `forecast:<experiment>`.
std::string forecast_name(const std::string& part);

}  // namespace tilth
