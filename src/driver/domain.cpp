#include "driver/domain.hpp"

#include <algorithm>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/bias_terms.hpp"
#include "driver/products.hpp"
#include "driver/trial.hpp"

namespace tilth {

namespace {

std::vector<Stream> make_streams(const Experiment& e, const ModelTraits& traits) {
  std::vector<Stream> streams;
  for (const ObservationOptions& options : e.observations) {
    Stream stream{&options, options.op.make(), {}, {}};
    for (const auto& need : stream.op->traits().needs)
      require(traits.layout.has(need), e.file, ": observations (", options.name, "): the operator '", options.op.name,
              "' needs the variable '", need, "', which the model '", traits.name,
              "' does not have; choose a model that has it (states within the day: hourly), or leave the stream out");
    for (const auto& name : stream.op->traits().parameters) {
      const auto found = std::find_if(traits.parameters.begin(), traits.parameters.end(),
                                      [&](const ParameterDefinition& d) { return d.name == name; });
      require(found != traits.parameters.end(), e.file, ": observations (", options.name, "): the operator '",
              options.op.name, "' needs the parameter '", name, "', which the model '", traits.name,
              "' does not have; choose a model that has it, or leave the stream out");
      stream.parameters.push_back(int(found - traits.parameters.begin()));
    }
    const OperatorTraits& op = stream.op->traits();
    const int layers = op.levels_of.empty() ? 1 : traits.layout.variable(op.levels_of).layers;
    require(op.first_level < layers, e.file, ": observations (", options.name, "): the operator '", options.op.name,
            "' starts at layer ", op.first_level, ", but '", op.levels_of, "' has the layers 0 to ", layers - 1);
    streams.push_back(std::move(stream));
  }
  return streams;
}

/// For models that take no weather.
class NoForcing final : public ForcingSource {
 public:
  void read(Time, std::span<const GridPoint>, std::span<MetDay>) override {}
  std::vector<std::string> files() const override { return {}; }
  std::vector<std::string> remarks() const override { return {}; }
};

/// The source of weather; a model with steps shorter than a day gets what the files know of the day unless told
/// otherwise.
std::unique_ptr<ForcingSource> make_forcing(const Comm& comm, const Experiment& e, const Grid& grid,
                                            std::int64_t step_s) {
  ForcingOptions f = e.forcing;
  if (step_s < seconds_per_day)
    for (int* steps : {&f.sites.steps_per_day, &f.netcdf.steps_per_day})
      if (*steps == 0) *steps = -1;
  switch (f.kind) {
    case ForcingOptions::Kind::weather_generator:
      return std::make_unique<WeatherGenerator>(f.weather_generator);
    case ForcingOptions::Kind::sites:
      return std::make_unique<SiteForcing>(comm, f.sites, grid.points);
    case ForcingOptions::Kind::netcdf:
      return std::make_unique<GridForcing>(comm, f.netcdf, grid.points);
    case ForcingOptions::Kind::none:
      return std::make_unique<NoForcing>();
  }
  return nullptr;
}

// Global number of this rank's tiles: points in the order of their ids, tiles of a point one after the other.
std::vector<std::int64_t> tile_ids(const Comm& comm, const Grid& grid, const BlockExchange& by_point,
                                   std::int64_t& total) {
  std::vector<double> count(grid.points.size()), block(by_point.block_size(), 0.0);
  for (std::size_t i = 0; i < count.size(); ++i) count[i] = double(grid.points[i].surface.tiles.size());
  by_point.to_block(count, block, 1);
  std::int64_t sum = 0;
  for (double& b : block) {
    const auto n = std::int64_t(b);
    b = double(sum);
    sum += n;
  }
  const std::int64_t before = comm.exclusive_scan(sum);
  for (double& b : block) b += double(before);
  std::vector<double> first(grid.points.size());
  by_point.to_owner(block, first, 1);
  total = comm.sum(sum);
  std::vector<std::int64_t> ids;
  for (std::size_t i = 0; i < first.size(); ++i)
    for (std::size_t t = 0; t < grid.points[i].surface.tiles.size(); ++t)
      ids.push_back(std::int64_t(first[i]) + std::int64_t(t));
  return ids;
}

}  // namespace

Domain make_domain(const Comm& comm, const Experiment& experiment, int columns) {
  Domain d;
  comm.use_file_hints(experiment.output.hints.list());
  d.comm = &comm;
  d.experiment = &experiment;
  d.model = experiment.model.make();
  d.streams = make_streams(experiment, d.model->traits());
  d.parameters = d.model->traits().parameters;
  append_biases(experiment, d.streams, d.parameters);
  experiment_products(d);  // must be valid before anything is written
  d.grid = make_grid(comm, experiment);
  thin(comm, columns, d.grid);
  d.forcing = make_forcing(comm, experiment, d.grid, d.model->traits().step_s);
  d.caps = std::make_unique<BoundingCaps>(comm, d.grid.points);
  std::vector<std::int64_t> ids;
  for (const GridPoint& point : d.grid.points) ids.push_back(point.id);
  d.by_point = std::make_unique<BlockExchange>(comm, ids, d.grid.global_count);
  auto tiles = tile_ids(comm, d.grid, *d.by_point, d.global_tiles);
  d.by_tile = std::make_unique<BlockExchange>(comm, std::move(tiles), d.global_tiles);
  return d;
}

}  // namespace tilth
