#include "io/product.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "io/netcdf.hpp"
#include "io/product_reader.hpp"
#include "parallel/io/files.hpp"

namespace tilth {
namespace {

using test::bytes_of;
using test::scratch;

/// A raster of 5 x 3 cells with land in every cell but each fourth, dealt to the ranks in turn.
Grid raster_grid(const Comm& comm, int nx = 5) {
  Grid grid;
  grid.raster = {nx, 3, {-20, -10, 0, 10, 20, 30}, {-60, 0, 60}};
  grid.raster.lon.resize(std::size_t(nx));
  for (std::int64_t cell = 3 * nx - 1; cell >= 0; --cell) {
    if (cell % 4 == 3) continue;
    GridPoint p;
    p.id = cell - (cell + 1) / 4;
    p.cell = cell;
    if (p.id % comm.size() == comm.rank()) grid.points.push_back(p);
  }
  grid.global_count = 3 * nx - 3 * nx / 4;
  return grid;
}

Grid site_grid(const Comm& comm) {
  Grid grid;
  grid.global_count = 5;
  grid.raster = {5, 0, {}, {}};
  for (std::int64_t id = 0; id < 5; ++id) {
    GridPoint p;
    p.id = p.cell = id;
    p.lon = 10.0 + double(id);
    p.lat = 50.0 - double(id);
    p.name = "CH-Si" + std::to_string(id);
    if (id % comm.size() == comm.rank()) grid.points.push_back(p);
  }
  return grid;
}

std::vector<ProductVariable> two_variables(const std::string& method) {
  return {{"gpp", "gross_primary_productivity_of_biomass_expressed_as_carbon", "", "kg m-2 s-1", method},
          {"lai", "leaf_area_index", "leaf area index", "1", method}};
}

std::vector<std::vector<double>> values_at(const Grid& grid, double record) {
  std::vector<std::vector<double>> values(2);
  for (const GridPoint& p : grid.points) {
    values[0].push_back(100.0 * record + double(p.cell));
    values[1].push_back(-double(p.cell));
  }
  return values;
}

Time day(int d) { return {d * seconds_per_day}; }

void write_days(const Comm& comm, const std::string& path, const Grid& grid, int first, int last, bool append = false) {
  ProductFile product(comm, path, grid, two_variables("area: mean time: mean"), "test", append);
  for (int d = first; d < last; ++d) product.write(day(d), day(d + 1), values_at(grid, d));
}

TEST(ProductFile, PutsValuesInTheirCellsAndFillElsewhere) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "raster.nc");
  write_days(comm, path, raster_grid(comm), 0, 3);
  const netcdf::File file = netcdf::File::open(comm, path);
  const std::vector<double> gpp = file.all(file.variable("gpp"));
  ASSERT_EQ(gpp.size(), 45u);
  for (int r = 0; r < 3; ++r)
    for (int cell = 0; cell < 15; ++cell) {
      if (cell % 4 == 3) {
        EXPECT_TRUE(std::isnan(gpp[r * 15 + cell]));
      } else {
        EXPECT_EQ(gpp[r * 15 + cell], 100.0 * r + cell);
      }
    }
  EXPECT_EQ(file.all(file.variable("time")), (std::vector<double>{43200, 129600, 216000}));
  EXPECT_EQ(file.all(file.variable("time_bnds")), (std::vector<double>{0, 86400, 86400, 172800, 172800, 259200}));
  EXPECT_EQ(file.all(file.variable("lat_bnds")), (std::vector<double>{-90, -30, -30, 30, 30, 90}));
  EXPECT_EQ(file.text_attribute(netcdf::global, "Conventions"), "CF-1.10");
}

TEST(ProductFile, TimeIsTheEndOfTheIntervalForPointValues) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "points.nc");
  const Grid grid = raster_grid(comm);
  ProductFile product(comm, path, grid, two_variables("area: mean time: point"), "test", false);
  product.write(day(0), day(8), values_at(grid, 0));
  product.sync();
  const netcdf::File file = netcdf::File::open(comm, path);
  EXPECT_EQ(file.all(file.variable("time")), (std::vector<double>{8 * 86400.0}));
}

TEST(ProductFile, WritesListsOfPointsAsStations) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "stations.nc");
  write_days(comm, path, site_grid(comm), 0, 2);
  const netcdf::File file = netcdf::File::open(comm, path);
  EXPECT_EQ(file.all(file.variable("gpp")), (std::vector<double>{0, 1, 2, 3, 4, 100, 101, 102, 103, 104}));
  EXPECT_EQ(file.all(file.variable("lon")), (std::vector<double>{10, 11, 12, 13, 14}));
  EXPECT_EQ(file.all_strings(file.variable("station_name"))[4], "CH-Si4");
  EXPECT_EQ(file.text_attribute(netcdf::global, "featureType"), "timeSeries");
}

TEST(ProductFile, HasTheSameBytesForAnyNumberOfRanks) {
  const Comm comm = Comm::world();
  const Comm alone = comm.split(comm.rank());
  for (const bool list : {false, true}) {
    const std::string all = scratch(comm, "all.nc"), one = scratch(comm, "one.nc");
    write_days(comm, all, list ? site_grid(comm) : raster_grid(comm), 0, 3);
    if (comm.root()) write_days(alone, one, list ? site_grid(alone) : raster_grid(alone), 0, 3);
    comm.barrier();
    if (comm.root()) {
      EXPECT_EQ(bytes_of(all), bytes_of(one));
    }
    comm.barrier();
  }
}

TEST(ProductFile, AResumedRunLeavesTheSameBytes) {
  const Comm comm = Comm::world();
  const Grid grid = raster_grid(comm);
  const std::string whole = scratch(comm, "whole.nc"), parts = scratch(comm, "parts.nc");
  write_days(comm, whole, grid, 0, 6);
  write_days(comm, parts, grid, 0, 4);        // killed after day 4
  write_days(comm, parts, grid, 2, 6, true);  // resumed from a checkpoint of day 2
  EXPECT_EQ(bytes_of(whole), bytes_of(parts));
  write_days(comm, parts, grid, 0, 6, true);  // resumed from the start
  EXPECT_EQ(bytes_of(whole), bytes_of(parts));
}

TEST(ProductFile, OverwritesARecordThatACrashLeftBlank) {
  const Comm comm = Comm::world();
  const Grid grid = raster_grid(comm);
  const std::string whole = scratch(comm, "uncut.nc"), cut = scratch(comm, "cut.nc");
  write_days(comm, whole, grid, 1, 4);
  write_days(comm, cut, grid, 1, 3);
  {
    netcdf::File file = netcdf::File::open_to_write(comm, cut);
    file.put_flat(file.variable("gpp"), std::vector<std::int64_t>{2}, 0, {});
    const double zero[] = {0.0, 0.0};
    file.put(file.variable("time_bnds"), std::vector<std::int64_t>{2, 0}, std::vector<std::int64_t>{1, 2}, zero);
    file.close();
  }
  write_days(comm, cut, grid, 3, 4, true);
  EXPECT_EQ(bytes_of(whole), bytes_of(cut));
}

TEST(ProductFile, RefusesWhatIsNotFinite) {
  const Comm comm = Comm::world();
  const Grid grid = raster_grid(comm);
  ProductFile product(comm, scratch(comm, "nan.nc"), grid, two_variables("time: mean"), "test", false);
  std::vector<std::vector<double>> values = values_at(grid, 0);
  if (comm.rank() == comm.size() - 1) values[1][0] = std::nan("");
  try {
    product.write(day(0), day(1), values);
    ADD_FAILURE();
  } catch (const Failure& failure) {
    EXPECT_NE(std::string(failure.what()).find("'lai' is not finite at point"), std::string::npos) << failure.what();
  }
  product.write(day(0), day(1), values_at(grid, 0));  // still usable
}

TEST(ProductFile, RefusesToContinueAnotherFile) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "another.nc");
  write_days(comm, path, raster_grid(comm), 0, 1);
  const Grid sites = site_grid(comm);
  EXPECT_THROW(ProductFile(comm, path, sites, two_variables("time: mean"), "test", true), Error);
  std::vector<ProductVariable> other = two_variables("time: mean");
  other[0].units = "g m-2";
  EXPECT_THROW(ProductFile(comm, path, raster_grid(comm), other, "test", true), Error);
}

std::vector<ProductVariable> packed_variable() {
  return {{"lai", "leaf_area_index", "leaf area index", "1", "time: mean", 0.0, 12.0}};
}

std::vector<std::vector<double>> leaf_areas(const Grid& grid, double factor) {
  std::vector<std::vector<double>> values(1);
  for (const GridPoint& p : grid.points) values[0].push_back(factor * double(p.cell));
  return values;
}

TEST(ProductFile, PacksValuesToHalfAStepAndCountsThoseOutside) {
  const Comm comm = Comm::world();
  const Grid grid = raster_grid(comm);
  const std::string path = scratch(comm, "packed.nc");
  {
    ProductFile product(comm, path, grid, packed_variable(), "test", false);
    product.write(day(0), day(1), leaf_areas(grid, 0.7));  // 9.8 in cell 14
    product.write(day(1), day(2), leaf_areas(grid, 1.1));  // 13.2 in cell 12, 14.3 in 13, 15.4 in 14
    product.write(day(2), day(3), leaf_areas(grid, -0.1));
  }
  const netcdf::File file = netcdf::File::open(comm, path);
  EXPECT_EQ(file.type(file.variable("lai")), netcdf::Type::int_);  // 15 cells: odd
  const double half_step = file.number_attribute(file.variable("lai"), "rounding_error").value()[0];
  EXPECT_NEAR(half_step, 6.0 / 65534.0, 1e-12);
  const std::vector<double> lai = file.all(file.variable("lai"));
  for (int cell = 0; cell < 15; ++cell) {
    if (cell % 4 == 3) {
      EXPECT_TRUE(std::isnan(lai[cell]));
      continue;
    }
    EXPECT_NEAR(lai[cell], 0.7 * cell, 1.0001 * half_step);
    EXPECT_NEAR(lai[15 + cell], std::min(1.1 * cell, 12.0), 1.0001 * half_step);
  }
  EXPECT_EQ(file.all(file.variable("values_outside_packing")), (std::vector<double>{0, 3, 11}));
  ProductReader reader(comm, path, grid);
  const std::vector<double> back = reader.read("lai", 0);
  for (std::size_t i = 0; i < back.size(); ++i)
    EXPECT_NEAR(back[i], 0.7 * double(grid.points[i].cell), 1.0001 * half_step);
}

TEST(ProductFile, PackedHasTheSameBytesForAnyNumberOfRanksAndResumed) {
  const Comm comm = Comm::world();
  const Comm alone = comm.split(comm.rank());
  const std::string all = scratch(comm, "packed_all.nc"), one = scratch(comm, "packed_one.nc");
  for (const int nx : {0, 5, 6}) {  // a list, an odd and an even number of cells
    const auto write = [&](const Comm& on, const std::string& path, int first, int last, bool append) {
      const Grid grid = nx == 0 ? site_grid(on) : raster_grid(on, nx);
      ProductFile product(on, path, grid, packed_variable(), "test", append);
      for (int d = first; d < last; ++d) product.write(day(d), day(d + 1), leaf_areas(grid, 0.3 * d));
    };
    write(comm, all, 0, 4, false);
    write(comm, all, 2, 6, true);
    if (comm.root()) write(alone, one, 0, 6, false);
    comm.barrier();
    if (comm.root()) {
      EXPECT_EQ(bytes_of(all), bytes_of(one)) << nx;
    }
    const netcdf::Type expected = nx == 6 ? netcdf::Type::short_ : netcdf::Type::int_;
    const netcdf::File file = netcdf::File::open(comm, all);
    EXPECT_EQ(file.type(file.variable("lai")), expected) << nx;
    comm.barrier();
  }
}

TEST(ProductFile, SaysWhereItIsOnTheEarthAndHowLargeItsCellsAre) {
  const Comm comm = Comm::world();
  Grid grid = raster_grid(comm);
  for (GridPoint& p : grid.points) p.area_m2 = 1e6 * double(p.cell + 1);
  const std::string path = scratch(comm, "crs.nc");
  ProductFile(comm, path, grid, two_variables("time: mean"), "test", false, {{"frequency", std::string("1 day")}});
  const netcdf::File file = netcdf::File::open(comm, path);
  const int crs = file.variable("crs"), gpp = file.variable("gpp");
  EXPECT_EQ(file.text_attribute(crs, "grid_mapping_name"), "latitude_longitude");
  EXPECT_EQ(file.number_attribute(crs, "earth_radius").value()[0], 6371000.0);
  EXPECT_EQ(file.text_attribute(gpp, "grid_mapping"), "crs");
  EXPECT_EQ(file.text_attribute(gpp, "cell_measures"), "area: cell_area");
  const std::vector<double> area = file.all(file.variable("cell_area"));
  EXPECT_EQ(area[4], 5e6);
  EXPECT_TRUE(std::isnan(area[3]));
}

TEST(ProductFile, RefusesToContinueOtherIntervalsOrPacking) {
  const Comm comm = Comm::world();
  const Grid grid = raster_grid(comm);
  const std::string path = scratch(comm, "months.nc");
  const Attributes month{{"frequency", std::string("1 month")}}, days{{"frequency", std::string("1 day")}};
  ProductFile(comm, path, grid, packed_variable(), "test", false, month);
  ProductFile(comm, path, grid, packed_variable(), "test", true, month);
  EXPECT_THROW(ProductFile(comm, path, grid, packed_variable(), "test", true, days), Error);
  std::vector<ProductVariable> other = packed_variable();
  other[0].packed_upper = 0.0;
  EXPECT_THROW(ProductFile(comm, path, grid, other, "test", true, month), Error);
}

}  // namespace
}  // namespace tilth
