#include "io/feedback.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "core/obs/obs_table.hpp"
#include "io/netcdf.hpp"
#include "io/order.hpp"
#include "io/table.hpp"
#include "parallel/io/files.hpp"

namespace tilth {
namespace {

using test::bytes_of;
using test::scratch;

/// Ids that are neither dense nor evenly spread, dealt to ranks by a rule that leaves some ranks with little.
FeedbackColumns sample(const Comm& comm, int count) {
  FeedbackColumns columns;
  columns.members = 3;
  for (int k = count - 1; k >= 0; --k) {
    if ((k * k / 3) % comm.size() != comm.rank()) continue;
    const std::int64_t id = (std::int64_t{k % 2} << 60) + k * k;
    const std::size_t i = columns.size();
    columns.resize(i + 1);
    columns.id[i] = id;
    columns.type[i] = k % 2;
    columns.begin[i] = {1000 * k};
    columns.end[i] = {1000 * k + 86400};
    columns.lon[i] = k;
    columns.lat[i] = -k;
    columns.point[i] = k % 7 == 0 ? -1 : k;
    columns.value[i] = 0.1 * k;
    if (k % 4 == 1) columns.view_zenith_deg[i] = 0.5 * k;
    columns.error_sd[i] = 1.0;
    columns.flag[i] = k % 5 == 0 ? qc_snow | qc_thinned : qc_used;
    if (k % 3 != 0) {
      columns.prior_mean[i] = k + 0.5;
      for (int m = 0; m < 3; ++m) columns.members_prior[i * 3 + m] = k + m;
    }
  }
  return columns;
}

const std::vector<std::string> types = {"smap", "ndvi"};

TEST(Feedback, HasTheSameBytesForAnyNumberOfRanks) {
  const Comm comm = Comm::world();
  const Comm alone = comm.split(comm.rank());
  for (const int count : {0, 1, 60}) {
    const std::string all = scratch(comm, "all.nc"), one = scratch(comm, "one.nc");
    write_feedback(comm, all, sample(comm, count), types, {{"window", std::int64_t{3}}});
    if (comm.root()) {
      write_feedback(alone, one, sample(alone, count), types, {{"window", std::int64_t{3}}});
      EXPECT_EQ(bytes_of(all), bytes_of(one)) << count << " observations";
    }
    comm.barrier();
  }
}

TEST(Feedback, ReadsBackInTheOrderOfTheIds) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "feedback.nc");
  write_feedback(comm, path, sample(comm, 60), types);
  const Feedback back = read_feedback(comm, path);
  const FeedbackColumns& columns = back.columns;
  EXPECT_EQ(back.type_names, types);
  EXPECT_EQ(comm.sum(std::int64_t(columns.size())), 60);
  EXPECT_TRUE(std::is_sorted(columns.id.begin(), columns.id.end()));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const int k = int(columns.lon[i]);
    EXPECT_EQ(columns.id[i], (std::int64_t{k % 2} << 60) + k * k);
    EXPECT_EQ(columns.value[i], 0.1 * k);
    if (k % 4 == 1)
      EXPECT_EQ(columns.view_zenith_deg[i], 0.5 * k);
    else
      EXPECT_TRUE(std::isnan(columns.view_zenith_deg[i]));
    EXPECT_EQ(columns.end[i] - columns.begin[i], 86400);
    EXPECT_EQ(columns.flag[i], k % 5 == 0 ? qc_snow | qc_thinned : qc_used);
    EXPECT_EQ(std::isnan(columns.prior_mean[i]), k % 3 == 0);
    if (k % 3 != 0) {
      EXPECT_EQ(columns.members_prior[i * 3 + 2], k + 2.0);
    }
  }
}

TEST(Feedback, DescribesItsFlagsForReaders) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "flags.nc");
  write_feedback(comm, path, sample(comm, 5), types);
  const netcdf::File file = netcdf::File::open(comm, path);
  const int qc = file.variable("qc");
  const auto masks = file.number_attribute(qc, "flag_masks");
  ASSERT_TRUE(masks);
  EXPECT_EQ(masks->size(), 12u);
  EXPECT_EQ(masks->back(), double(qc_daylight));
  EXPECT_NE(file.text_attribute(qc, "flag_meanings")->find("background withheld"), std::string::npos);
}

TEST(Feedback, RefusesAnIdUsedTwice) {
  const Comm comm = Comm::world();
  FeedbackColumns columns = sample(comm, 10);
  if (comm.root()) {
    columns.resize(columns.size() + 2);
    columns.id[columns.size() - 1] = columns.id[columns.size() - 2] = 777;
  }
  EXPECT_THROW(write_feedback(comm, scratch(comm, "twice.nc"), columns, types), Failure);
}

TEST(GlobalOrder, NumbersIdsWhereverTheyAre) {
  const Comm comm = Comm::world();
  std::vector<std::int64_t> ids;
  if (comm.rank() == comm.size() - 1) ids = {50, -3, 7};  // the others have none
  const GlobalOrder order = global_order(comm, ids, "test");
  EXPECT_EQ(order.count, 3);
  if (!ids.empty()) {
    EXPECT_EQ(order.position, (std::vector<std::int64_t>{2, 0, 1}));
  }
}

TEST(Table, ReturnsNumbersAndWords) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "table.nc");
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<TableColumn> columns = {
      {"cycle", "1", "number of the window", std::vector<double>{0, 1}},
      {"type", "", "observation type", std::vector<std::string>{"smap", "gpp_tower"}},
      {"rmse", "m3 m-3", "", std::vector<double>{0.04, nan}},
  };
  write_table(comm, path, "row", columns, {{"title", std::string("diagnostics")}});
  const std::vector<TableColumn> back = read_table(comm, path);
  ASSERT_EQ(back.size(), 3u);
  EXPECT_EQ(std::get<1>(back[1].values), (std::vector<std::string>{"smap", "gpp_tower"}));
  EXPECT_EQ(std::get<0>(back[2].values)[0], 0.04);
  EXPECT_TRUE(std::isnan(std::get<0>(back[2].values)[1]));
  EXPECT_EQ(back[2].units, "m3 m-3");
  write_table(comm, path, "row", std::vector<TableColumn>{{"empty", "1", "", std::vector<double>{}}});
  EXPECT_EQ(std::get<0>(read_table(comm, path)[0].values).size(), 0u);
}

}  // namespace
}  // namespace tilth
