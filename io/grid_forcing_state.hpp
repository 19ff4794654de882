#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/forcing_files.hpp"
#include "io/met_catalogue.hpp"
#include "io/met_derivation.hpp"
#include "io/met_steps.hpp"

namespace tilth {

/// What gridded weather keeps between days.
struct GridForcing::State {
  const Comm* comm;
  Options options;
  Co2Table co2;
  MetCatalogue catalogue;
  Box box;
  std::vector<std::int64_t> cells;  ///< per point: place in the box
  std::vector<GridPoint> points;
  Time block_begin{1}, block_end{0};  ///< days in the buffer; empty at the start
  std::vector<MetDay> block;          ///< [day][point]
  RuleCounts counts{};
  int per_day = 0;                ///< steps; 0: days only
  Time steps_day{1};              ///< of `steps` and `step_days`; no day at the start
  std::vector<MetSteps> steps;    ///< [point]
  std::vector<MetDay> step_days;  ///< their means
  std::int64_t recycled = 0, gaps = 0;

  void find_cells();
  void shrink();
  std::optional<Time> source(Time day) const;
  void load(Time first, std::int64_t days);
  void read_run(const MetCatalogue::Variable& v, Raw raw, std::span<const Time> sources, std::vector<RawDay>& raws);
  void aggregate(Raw raw, std::span<const double> samples, int per_source_day, Time first_source,
                 std::span<RawDay> raws);
  bool usable(Raw raw, std::size_t point, Time day, double low, double high, bool given);
  Time source_or_error(Time day) const;
  SampleTimes sample_times(const MetCatalogue::Variable& v) const;
  void choose_steps();
  std::vector<double> read_touching(const MetCatalogue::Variable& v, Time source) const;
  void load_steps(Time day);
};

}  // namespace tilth
