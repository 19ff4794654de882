#include "driver/calibrate/site_column.hpp"

#include <algorithm>
#include <cmath>

#include "model/disequilibrium.hpp"

namespace tilth {

SiteColumn::SiteColumn(const LandModel& model, const GridPoint& point, ParameterSet parameters)
    : model_(&model),
      point_(&point),
      tiles_(int(point.surface.tiles.size())),
      parameters_(std::move(parameters)),
      state_(
          std::size_t(tiles_) * std::size_t(model.traits().layout.rows()) * std::size_t(padded(parameters_.members())),
          0.0),
      met_(parameters_.members()),
      failed_(std::size_t(parameters_.members()), 0) {
  parameters_.view(0, point.surface.tiles, pointers_);
}

void SiteColumn::equilibrate(Time begin, std::span<const MetDay> cycle) {
  model_->cold_start(*point_, {pointers_}, view());
  if (!cycle.empty()) note(model_->equilibrate(*point_, {pointers_}, begin, cycle, view()));
}

void SiteColumn::start_from(std::span<const double> equilibrium) {
  const ColumnView column = view();
  const std::size_t rows = std::size_t(column.rows()), per_tile = model_->traits().parameters.size();
  for (int t = 0; t < tiles_; ++t)
    for (int r = 0; r < column.rows(); ++r)
      std::fill_n(column.row(t, r), column.stride(), equilibrium[std::size_t(t) * rows + std::size_t(r)]);
  for (const Disequilibrium& d : disequilibria(model_->traits()))
    for (int t = 0; t < tiles_; ++t) {
      const double* factor = pointers_[std::size_t(t) * per_tile + std::size_t(d.parameter)];
      double* pool = column.row(t, d.row);
      for (int m = 0; m < column.stride(); ++m) pool[m] = d.pool_of(pool[m], factor[m]);
    }
}

void SiteColumn::advance(Time day, const MetDay& weather, const MetSteps* steps, const StepSeen& seen) {
  met_.fill(weather);
  note(model_->advance(*point_, {pointers_}, day, {met_, weather, steps}, view(), seen));
}

void SiteColumn::check_finite() {
  const ColumnView column = view();
  for (int t = 0; t < tiles_; ++t)
    for (int r = 0; r < column.rows(); ++r)
      for (int m = 0; m < column.members(); ++m)
        if (!std::isfinite(column.row(t, r)[m])) failed_[std::size_t(m)] = 1;
}

bool SiteColumn::all_failed() const {
  return std::ranges::all_of(failed_, [](char f) { return f != 0; });
}

std::vector<double> SiteColumn::state(int member) {
  const ColumnView column = view();
  std::vector<double> out;
  for (int t = 0; t < tiles_; ++t)
    for (int r = 0; r < column.rows(); ++r) out.push_back(column.row(t, r)[member]);
  return out;
}

}  // namespace tilth
