#include "io/checkpoint.hpp"

#include <cstdint>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "parallel/io/files.hpp"

namespace tilth {
namespace {

using test::bytes_of;
using test::scratch;

constexpr int records = 37, width = 5;

/// Ids dealt round-robin, in descending order, so that owners and blocks differ.
std::vector<std::int64_t> dealt_ids(const Comm& comm, int count = records) {
  std::vector<std::int64_t> ids;
  for (std::int64_t id = count - 1; id >= 0; --id)
    if (id % comm.size() == comm.rank()) ids.push_back(id);
  return ids;
}

std::vector<double> values_of(const std::vector<std::int64_t>& ids) {
  std::vector<double> values;
  for (const std::int64_t id : ids)
    for (int k = 0; k < width; ++k) values.push_back(std::sqrt(double(id * width + k)) - 2.0);
  return values;
}

std::uint64_t write_sample(const Comm& comm, const std::string& path, double shift = 0.0) {
  const std::vector<std::int64_t> ids = dealt_ids(comm);
  const BlockExchange exchange(comm, ids, records);
  std::vector<double> owned = values_of(ids);
  for (double& v : owned) v += shift;
  CheckpointWriter writer(comm, path);
  writer.attribute("configuration", std::string("a: 1\nb: 2\n"));
  writer.attribute("cycle", std::int64_t{1} << 53);
  writer.attribute("seconds", 0.1);
  writer.replicated("parameters", {2, 3}, std::vector<double>{1, 2, 3, 4, 5, 6});
  writer.distributed("state", exchange, width, owned, "kg m-2");
  return writer.commit();
}

TEST(Checkpoint, ReturnsWhatWasWritten) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "round_trip.nc");
  const std::uint64_t checksum = write_sample(comm, path);
  const CheckpointReader reader(comm, path);
  EXPECT_EQ(reader.checksum(), checksum);
  EXPECT_EQ(reader.text("configuration"), "a: 1\nb: 2\n");
  EXPECT_EQ(reader.integer("cycle"), std::int64_t{1} << 53);
  EXPECT_EQ(reader.real("seconds"), 0.1);
  std::vector<double> parameters(6);
  reader.replicated("parameters", parameters);
  EXPECT_EQ(parameters, (std::vector<double>{1, 2, 3, 4, 5, 6}));
  const std::vector<std::int64_t> ids = dealt_ids(comm);
  const BlockExchange exchange(comm, ids, records);
  std::vector<double> owned(ids.size() * width);
  reader.distributed("state", exchange, width, owned);
  EXPECT_EQ(owned, values_of(ids));
  EXPECT_FALSE(std::filesystem::exists(path + ".tmp"));
}

TEST(Checkpoint, HasTheSameBytesForAnyNumberOfRanks) {
  const Comm comm = Comm::world();
  const std::string all = scratch(comm, "all_ranks.nc"), one = scratch(comm, "one_rank.nc");
  const std::uint64_t by_all = write_sample(comm, all);
  const Comm alone = comm.split(comm.rank());
  std::uint64_t by_one = by_all;
  if (comm.root()) by_one = write_sample(alone, one);
  EXPECT_EQ(by_all, by_one);
  comm.barrier();
  if (comm.root()) {
    EXPECT_EQ(bytes_of(all), bytes_of(one));
    const CheckpointReader reader(alone, all);  // and reads on fewer ranks
    EXPECT_EQ(reader.checksum(), by_one);
  }
  comm.barrier();
}

/// Shares of 6 MB on one rank, which it moves alone, and of 1.4 MB on four, which go together.
constexpr int large_records = 701, large_width = 1024;

std::vector<double> large_values(const std::vector<std::int64_t>& ids) {
  std::vector<double> values;
  for (const std::int64_t id : ids)
    for (int k = 0; k < large_width; ++k) values.push_back(double(id) + 1e-3 * k);
  return values;
}

std::uint64_t write_large(const Comm& comm, const std::string& path) {
  const std::vector<std::int64_t> ids = dealt_ids(comm, large_records);
  const BlockExchange exchange(comm, ids, large_records);
  CheckpointWriter writer(comm, path);
  writer.replicated("parameters", {2, 3}, std::vector<double>{1, 2, 3, 4, 5, 6});
  writer.distributed("state", exchange, large_width, large_values(ids));
  return writer.commit();
}

TEST(Checkpoint, IsTheSameWhetherSharesMoveAloneOrTogether) {
  const Comm comm = Comm::world();
  const std::string all = scratch(comm, "large_all.nc"), one = scratch(comm, "large_one.nc");
  const std::uint64_t by_all = write_large(comm, all);
  const Comm alone = comm.split(comm.rank());
  if (comm.root()) {
    EXPECT_NO_THROW(EXPECT_EQ(write_large(alone, one), by_all));  // thrown on one rank alone, the others would wait
  }
  comm.barrier();
  if (comm.root()) {
    EXPECT_EQ(bytes_of(all), bytes_of(one));
  }
  const std::vector<std::int64_t> ids = dealt_ids(comm, large_records);
  const BlockExchange exchange(comm, ids, large_records);
  std::vector<double> owned(ids.size() * large_width);
  CheckpointReader(comm, one).distributed("state", exchange, large_width, owned);
  EXPECT_EQ(owned, large_values(ids));
}

TEST(Checkpoint, ChecksumFollowsEveryValue) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "values.nc");
  EXPECT_NE(write_sample(comm, path), write_sample(comm, path, 1e-15));
}

void expect_refused(const Comm& comm, const std::string& path, const std::string& reason) {
  try {
    const CheckpointReader reader(comm, path);
    ADD_FAILURE() << path << " was accepted";
  } catch (const Error& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find(path), std::string::npos) << message;
    EXPECT_NE(message.find(reason), std::string::npos) << message;
  }
}

TEST(Checkpoint, RefusesATornFile) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "torn.nc");
  write_sample(comm, path);
  if (comm.root()) std::filesystem::resize_file(path, std::filesystem::file_size(path) - 8);
  comm.barrier();
  expect_refused(comm, path, "torn");
}

TEST(Checkpoint, RefusesAFlippedBitInAnyValue) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "altered.nc");
  write_sample(comm, path);
  const std::vector<char> good = bytes_of(path);
  comm.barrier();
  const std::size_t data = records * width * sizeof(double);
  for (std::size_t back = 1; back <= data; back += 97) {
    if (comm.root()) {
      std::vector<char> bad = good;
      bad[bad.size() - back] ^= 0x10;
      test::write_bytes(path, bad);
    }
    comm.barrier();
    expect_refused(comm, path, "altered");
    comm.barrier();
  }
}

TEST(Checkpoint, RefusesAnAlteredAttribute) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "attribute.nc");
  write_sample(comm, path);
  std::vector<char> bytes = bytes_of(path);
  comm.barrier();
  const std::string text = "a: 1";
  const auto at = std::search(bytes.begin(), bytes.end(), text.begin(), text.end());
  ASSERT_NE(at, bytes.end());
  at[3] = '9';
  if (comm.root()) test::write_bytes(path, bytes);
  comm.barrier();
  expect_refused(comm, path, "altered");
}

TEST(Checkpoint, RefusesOtherFilesAndOtherShapes) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "shapes.nc"), other = scratch(comm, "other.nc");
  if (comm.root()) test::write_bytes(other, std::vector<char>(100, 'x'));
  comm.barrier();
  EXPECT_THROW(CheckpointReader(comm, other), Error);
  EXPECT_THROW(CheckpointReader(comm, path + "-absent"), Error);
  write_sample(comm, path);
  const CheckpointReader reader(comm, path);
  std::vector<double> wrong(5);
  EXPECT_THROW(reader.replicated("parameters", wrong), Error);
  EXPECT_THROW(reader.replicated("paramaters", wrong), Error);
  EXPECT_THROW(reader.text("cycle"), Error);
}

TEST(Checkpoint, NewestValidSkipsTornFiles) {
  const Comm comm = Comm::world();
  const std::string folder = scratch(comm, "restarts");
  if (comm.root()) std::filesystem::create_directories(folder);
  comm.barrier();
  EXPECT_FALSE(CheckpointReader::newest_valid(comm, folder, "restart_"));
  for (const char* name : {"restart_2018-01-01.nc", "restart_2018-01-09.nc", "restart_2018-01-17.nc"})
    write_sample(comm, folder + "/" + name);
  if (comm.root()) std::filesystem::resize_file(folder + "/restart_2018-01-17.nc", 600);
  comm.barrier();
  std::vector<std::string> skipped;
  const auto newest = CheckpointReader::newest_valid(comm, folder, "restart_", &skipped);
  ASSERT_TRUE(newest);
  EXPECT_NE(newest->path().find("2018-01-09"), std::string::npos);
  EXPECT_EQ(skipped.size(), 1u);
}

TEST(Checkpoint, FailureToWriteLeavesTheOldFileAlone) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "no_folder") + "/restart.nc";
  EXPECT_THROW(write_sample(comm, path), Error);
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace tilth
