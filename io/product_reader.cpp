#include "io/product_reader.hpp"

#include "core/base/error.hpp"
#include "core/parallel/block_exchange.hpp"
#include "io/netcdf.hpp"

namespace tilth {

namespace {

std::vector<std::int64_t> cells_of(const Grid& grid) {
  std::vector<std::int64_t> cells;
  for (const GridPoint& p : grid.points) cells.push_back(p.cell);
  return cells;
}

}  // namespace

struct ProductReader::State {
  BlockExchange exchange;
  netcdf::File file;
  Raster raster;
};

ProductReader::ProductReader(const Comm& comm, const std::string& path, const Grid& grid) {
  netcdf::require_readable(comm, path);
  state_ = std::make_unique<State>(
      State{BlockExchange(comm, cells_of(grid), grid.raster.cells()), netcdf::File::open(comm, path), grid.raster});
  const char* space = grid.raster.is_list() ? "station" : "lon";
  require(state_->file.has_dimension(space) && state_->file.dimension(space) == grid.raster.nx &&
              (grid.raster.is_list() || state_->file.dimension("lat") == grid.raster.ny),
          path, ": holds another grid than the experiment; run the experiment again or correct its grid");
}

ProductReader::~ProductReader() = default;

std::int64_t ProductReader::records() const { return state_->file.dimension("time"); }

bool ProductReader::has(const std::string& variable) const { return state_->file.has_variable(variable); }

std::vector<Time> ProductReader::begins() const {
  const std::vector<double> bounds = state_->file.all(state_->file.variable("time_bnds"));
  std::vector<Time> out;
  for (std::size_t i = 0; i < bounds.size(); i += 2) out.push_back({std::int64_t(bounds[i])});
  return out;
}

std::vector<double> ProductReader::read(const std::string& variable, std::int64_t record) {
  require(record < records(), state_->file.path(), ": holds ", records(), " records, record ", record,
          " is missing; the run that wrote it is not complete, continue it with --resume");
  // Whole rows of the raster on each rank that cover its block of cells.
  const bool list = state_->raster.is_list();
  const std::int64_t width = list ? 1 : state_->raster.nx;
  const std::int64_t begin = state_->exchange.block_begin(), end = state_->exchange.block_end();
  const std::int64_t first = begin / width, last = end > begin ? (end + width - 1) / width : first;
  std::vector<double> rows(std::size_t((last - first) * width));
  const int id = state_->file.variable(variable);
  if (list)
    state_->file.get(id, std::vector<std::int64_t>{record, first}, std::vector<std::int64_t>{1, last - first}, rows);
  else
    state_->file.get(id, std::vector<std::int64_t>{record, first, 0}, std::vector<std::int64_t>{1, last - first, width},
                     rows);
  std::vector<double> owned(state_->exchange.owned());
  const std::span<const double> block(rows.data() + (begin - first * width), std::size_t(end - begin));
  state_->exchange.to_owner(block, owned, 1);
  netcdf::File::unpack(state_->file.packing(id), owned);
  return owned;
}

}  // namespace tilth
