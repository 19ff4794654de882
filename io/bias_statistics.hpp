#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/parallel/comm.hpp"

namespace tilth {

/// Maps of a bias correction as rows of a file: one per grid point and season.
struct BiasStatistics {
  int nodes = 0;    ///< room for nodes per row
  int seasons = 1;  ///< per grid point
  std::vector<std::int64_t> point, season, samples;
  std::vector<std::int64_t> pooling;       ///< 0: the place's season, 1: its year, 2: the stream's season, 3: its year
  std::vector<double> error_scale;         ///< factor on the error standard deviation
  std::vector<double> observed, modelled;  ///< [row][nodes]; NaN behind the last node

  std::size_t size() const { return point.size(); }
};

/// Writes all ranks' rows in the order of point and season, aside first, then renamed. Collective.
void write_bias_statistics(const Comm& comm, const std::string& path, const BiasStatistics& statistics,
                           const std::string& stream, const std::string& method);

/// This rank's slab of the rows; `method` is what `write_bias_statistics` was given. Collective.
BiasStatistics read_bias_statistics(const Comm& comm, const std::string& path, std::string& method);

}  // namespace tilth
