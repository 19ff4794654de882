#include "driver/column_cost.hpp"

#include <ctime>
#include <filesystem>

#include "core/base/error.hpp"
#include "driver/log.hpp"
#include "io/disk.hpp"
#include "io/netcdf.hpp"

namespace tilth {

namespace {

constexpr const char* variable_name = "seconds_per_day";

}  // namespace

double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

std::string column_cost_file(const std::string& run_folder) { return run_folder + "/logs/column_cost.nc"; }

std::vector<double> ColumnCost::per_day() const {
  std::vector<double> out = seconds_;
  if (days_ > 0)
    for (double& x : out) x /= double(days_);
  return out;
}

void ColumnCost::write(const Domain& domain, const std::string& path) const {
  const Comm& comm = *domain.comm;
  if (comm.root()) {
    std::error_code error;  // a folder that is missing shows when the file is made
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  }
  comm.barrier();
  const BlockExchange& by_point = *domain.by_point;
  const std::int64_t begin = by_point.block_begin(), count = by_point.block_size();
  netcdf::File file = netcdf::File::create(comm, path + ".tmp");
  const int point = file.define_dimension("point", domain.grid.global_count);
  const int cost = file.define_variable(variable_name, netcdf::Type::double_, std::span(&point, 1));
  file.put_attribute(cost, "units", std::string("s"));
  file.put_attribute(cost, "long_name", std::string("CPU time of a day of all members of a column, by global id"));
  const int rank = file.define_variable("rank", netcdf::Type::int_, std::span(&point, 1));
  file.put_attribute(rank, "long_name", std::string("rank that held the column"));
  file.end_definitions();
  const auto put = [&](int variable, const std::vector<double>& owned) {
    std::vector<double> block(std::size_t(count), 0.0);
    by_point.to_block(owned, block, 1);
    file.put(variable, std::span(&begin, 1), std::span(&count, 1), std::span<const double>(block));
  };
  put(cost, per_day());
  put(rank, std::vector<double>(seconds_.size(), double(comm.rank())));
  file.close();
  replace_file(comm, path + ".tmp", path);
}

std::vector<double> measured_cost(const Comm& comm, const std::string& path, const Grid& grid) {
  if (!comm.any(comm.root() && std::filesystem::exists(path))) return {};
  const netcdf::File file = netcdf::File::open(comm, path);
  if (!file.has_variable(variable_name) || file.size(file.variable(variable_name)) != grid.global_count) {
    log_warning(path + ": is of another grid; cells are dealt to ranks by their tiles");
    return {};
  }
  std::vector<std::int64_t> ids;
  for (const GridPoint& point : grid.points) ids.push_back(point.id);
  const BlockExchange by_point(comm, std::move(ids), grid.global_count);
  std::vector<double> block(std::size_t(by_point.block_size())), out(grid.points.size());
  const std::int64_t begin = by_point.block_begin(), count = by_point.block_size();
  file.get(file.variable(variable_name), std::span(&begin, 1), std::span(&count, 1), std::span<double>(block));
  by_point.to_owner(block, out, 1);
  return out;
}

}  // namespace tilth
