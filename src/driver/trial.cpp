#include "driver/trial.hpp"

#include <algorithm>
#include <cmath>

namespace tilth {

namespace {

/// Another model that needs no spin-up: it starts cold.
class ColdModel final : public LandModel {
 public:
  explicit ColdModel(std::unique_ptr<LandModel> model) : model_(std::move(model)) {}
  const ModelTraits& traits() const override { return model_->traits(); }
  void cold_start(const GridPoint& point, ColumnParameters parameters, ColumnView column) const override {
    model_->cold_start(point, parameters, column);
  }
  StepReport advance(const GridPoint& point, ColumnParameters parameters, Time begin, const DayWeather& weather,
                     ColumnView column, const StepSeen& seen) const override {
    return model_->advance(point, parameters, begin, weather, column, seen);
  }
  RepairReport repair(const GridPoint& point, ColumnParameters parameters, ColumnView before,
                      ColumnView column) const override {
    return model_->repair(point, parameters, before, column);
  }
  StepReport equilibrate(const GridPoint&, ColumnParameters, Time, std::span<const MetDay>, ColumnView) const override {
    return {};
  }

 private:
  std::unique_ptr<LandModel> model_;
};

}  // namespace

void shorten(const Trial& trial, Experiment& e) {
  const Time end = e.window_end(trial.first + trial.windows - 1);
  e.time.start = e.window_begin(trial.first);
  e.time.end = end;
  e.verification.from_window = 0;
  e.impact.from_window = 0;
  e.impact.lead = 1;
  e.verification.forecasts.lead = e.verification.forecasts.every = 1;
  e.impact.efso = e.impact.efso && trial.windows > e.impact.lead;
  for (ObservationOptions& o : e.observations) o.simulate.coverage *= trial.coverage;
  if (trial.columns > 0) e.spinup.restart.clear(), e.ensemble.initial.file.clear();
  if (!trial.cold) return;
  e.spinup.warmup_s = 0;
  e.spinup.cycle_years = 0;
  e.output.checkpoint_every = 1;
  e.output.checkpoint_keep = 2;
}

void thin(const Comm& comm, int columns, Grid& grid) {
  if (columns == 0 || columns >= grid.global_count) return;
  const auto mine = std::int64_t(grid.points.size());
  const auto wanted = std::int64_t(std::ceil(double(mine) * columns / double(grid.global_count)));
  std::vector<GridPoint> kept;
  for (std::int64_t i = 0; i < wanted; ++i) kept.push_back(std::move(grid.points[(2 * i + 1) * mine / (2 * wanted)]));
  std::int64_t id = comm.exclusive_scan(wanted);
  for (GridPoint& point : kept) point.id = id++;
  grid.points = std::move(kept);
  grid.global_count = comm.sum(wanted);
}

void start_cold(Domain& domain) { domain.model = std::make_unique<ColdModel>(std::move(domain.model)); }

}  // namespace tilth
