#include "io/describe.hpp"

#include <cmath>
#include <fstream>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "io/checkpoint.hpp"
#include "io/product.hpp"
#include "io/table.hpp"
#include "parallel/io/files.hpp"

namespace tilth {
namespace {

using test::scratch;

const VariableSummary& named(const FileSummary& s, const std::string& name) {
  for (const VariableSummary& v : s.variables)
    if (v.name == name) return v;
  throw std::runtime_error("no variable " + name);
}

TEST(DescribeFile, TellsThePeriodAndTheValuesOfAProduct) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "described.nc");
  Grid grid;
  grid.raster = {3, 2, {0, 10, 20}, {40, 50}};
  grid.global_count = 5;  // the last cell is sea
  for (std::int64_t id = 0; id < 5; ++id) {
    GridPoint p;
    p.id = p.cell = id;
    if (id % comm.size() == comm.rank()) grid.points.push_back(p);
  }
  {
    ProductFile file(comm, path, grid, {{"x", "", "a thing", "kg m-2", "time: mean"}}, "a title", false);
    for (int d = 0; d < 2; ++d) {
      std::vector<std::vector<double>> values(1);
      for (const GridPoint& p : grid.points) values[0].push_back(double(p.cell) + 10.0 * d);
      file.write({d * seconds_per_day}, {(d + 1) * seconds_per_day}, values);
    }
  }
  const FileSummary s = describe_file(comm, path);
  EXPECT_EQ(s.kind, "product");
  EXPECT_EQ(s.first, "1970-01-01");
  EXPECT_EQ(s.last, "1970-01-03");
  EXPECT_EQ(s.records, 2);
  EXPECT_GT(s.bytes, 200);
  const VariableSummary& x = named(s, "x");
  EXPECT_EQ(x.units, "kg m-2");
  EXPECT_EQ(x.values, 12);
  EXPECT_EQ(x.missing, 2);
  EXPECT_EQ(x.least, 0.0);
  EXPECT_EQ(x.most, 14.0);
  EXPECT_NEAR(x.mean, 7.0, 1e-12);
}

TEST(DescribeFile, VerifiesRestartFiles) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "described_restart.nc");
  {
    CheckpointWriter writer(comm, path);
    writer.attribute("windows_done", std::int64_t{3});
    writer.replicated("numbers", {4}, std::vector<double>{1.0, 2.0, 3.0, 6.0});
    writer.commit();
  }
  const FileSummary s = describe_file(comm, path);
  EXPECT_EQ(s.kind, "restart");
  EXPECT_EQ(s.checksum.size(), 16u);
  EXPECT_NEAR(named(s, "numbers").mean, 3.0, 1e-12);
  if (comm.root()) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-3, std::ios::end);
    file.put(1);
  }
  comm.barrier();
  EXPECT_THROW(describe_file(comm, path), Error);
}

TEST(DescribeFile, ShowsTheWordsOfATable) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "described_table.nc");
  const std::vector<TableColumn> table{{"name", "", "name", std::vector<std::string>{"one", "two"}},
                                       {"value", "1", "value", std::vector<double>{1.5, std::nan("")}}};
  write_table(comm, path, "row", table, {{"title", std::string("names")}});
  const FileSummary s = describe_file(comm, path);
  EXPECT_EQ(s.kind, "table");
  EXPECT_EQ(named(s, "name").words, "one, two");
  EXPECT_EQ(named(s, "value").missing, 1);
  EXPECT_EQ(named(s, "value").mean, 1.5);
  EXPECT_TRUE(s.first.empty());
}

TEST(DescribeFile, RefusesWhatIsNoNetcdfFile) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "words.nc");
  if (comm.root()) std::ofstream(path) << "words\n";
  comm.barrier();
  EXPECT_THROW(describe_file(comm, path), Error);
  EXPECT_THROW(describe_file(comm, path + ".absent"), Error);
}

}  // namespace
}  // namespace tilth
