#pragma once

#include <memory>
#include <string>
#include <vector>

#include "assim/operators/observation_operator.hpp"
#include "core/grid/bounding_caps.hpp"
#include "core/grid/grid.hpp"
#include "core/parallel/block_exchange.hpp"
#include "core/parallel/comm.hpp"
#include "core/state/forcing.hpp"
#include "core/state/parameter_set.hpp"
#include "driver/experiment.hpp"
#include "model/land_model.hpp"

namespace tilth {

/// A bias parameter of a stream: where it is in Domain::parameters, and what it multiplies.
struct BiasTerm {
  int definition = 0;
  std::string predictor;
};

/// One observation stream: its options, operator and where it reads parameters and rows.
struct Stream {
  const ObservationOptions* options = nullptr;
  std::unique_ptr<ObservationOperator> op;
  std::vector<int> parameters;   ///< indices of traits().parameters in the model's definitions
  std::vector<BiasTerm> biases;  ///< empty unless `bias` is given
};

/// What all runs of an experiment share: this rank's grid, the model, the weather, the observation streams, and the
/// ways from owned records to file order.
struct Domain {
  const Comm* comm = nullptr;
  const Experiment* experiment = nullptr;
  Grid grid;
  std::unique_ptr<LandModel> model;
  std::unique_ptr<ForcingSource> forcing;
  std::vector<Stream> streams;
  std::vector<ParameterDefinition> parameters;  ///< the model's, then the biases of the streams
  std::unique_ptr<BlockExchange> by_point;      ///< one record per owned point, by global id
  std::unique_ptr<BlockExchange> by_tile;       ///< one record per owned tile, by (global id, tile)
  std::unique_ptr<BoundingCaps> caps;           ///< where the points of every rank lie
  std::int64_t global_tiles = 0;

  int columns() const { return int(grid.points.size()); }
  std::span<const GridPoint> points() const { return grid.points; }
};

/// Builds everything an experiment needs, or throws `Error`; `columns`: about so many of the grid's, 0 for all.
/// Collective.
Domain make_domain(const Comm& comm, const Experiment& experiment, int columns = 0);

/// Reads or generates the grid and deals it to ranks. Collective.
Grid make_grid(const Comm& comm, const Experiment& experiment);

}  // namespace tilth
