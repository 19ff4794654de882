#pragma once

#include <vector>

#include "driver/verify/record_sums.hpp"
#include "driver/verify/seasonal_cycle.hpp"

namespace tilth {

/// What is known of each own cell before its cases are scored.
struct CellMeans {
  /// Means over a season of forecast, truth and climatology.
  struct Centre {
    double count = 0.0, forecast = 0.0, truth = 0.0, climatology = 0.0;
  };
  CellMeans(int columns, int sources, int harmonics, int events)
      : cycle(columns, harmonics),
        centres(std::size_t(columns) * std::size_t(sources) * season_count),
        limits(std::size_t(events), std::vector<double>(std::size_t(columns))),
        sources_(sources) {}

  SeasonalCycle cycle;
  std::vector<Centre> centres;              // [cell][source][season]
  std::vector<std::vector<double>> limits;  // [event][cell]

  Centre& centre(int cell, int source, int season) {
    return centres[(std::size_t(cell) * std::size_t(sources_) + std::size_t(source)) * season_count +
                   std::size_t(season)];
  }

 private:
  int sources_;
};

/// First and second reading. Collective.
CellMeans cell_means(CaseReader& reader, int columns, int harmonics, const std::vector<EventRule>& events);

/// Whether all sources present have a mean and a spread at case i, and the truth is known.
bool is_complete(const Cases& cases, std::size_t i);

}  // namespace tilth
