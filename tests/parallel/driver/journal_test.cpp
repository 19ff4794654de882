#include "driver/calibrate/journal.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "core/base/error.hpp"

namespace tilth {
namespace {

std::string path_of(const std::string& name) {
  return std::filesystem::temp_directory_path() /
         ("tilth_journal_" + name + std::to_string(Comm::world().size()) + ".bin");
}

const std::vector<double> z0{0.0, 1.0}, z1{0.5, -1.0};

/// A journal of two records; its bytes.
std::string written(const Comm& comm, const std::string& path) {
  {
    Journal journal(comm, path, "model: daily\nseed: 1\n", false);
    journal.add("cost", 0, z0, {1.5});
    journal.add("cost", 3, z1, {2.5, 3.5});
    journal.sync();
  }
  comm.barrier();
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  comm.barrier();
  return out.str();
}

void overwrite(const Comm& comm, const std::string& path, const std::string& bytes) {
  if (comm.root()) std::ofstream(path, std::ios::binary) << bytes;
  comm.barrier();
}

TEST(Journal, ReadsBackWhatWasAddedOnAllRanks) {
  const Comm comm = Comm::world();
  const std::string path = path_of("back");
  written(comm, path);
  const Journal again(comm, path, "model: daily\nseed: 1\n", true);
  EXPECT_EQ(again.size(), 2);
  ASSERT_NE(again.find("cost", 3, z1), nullptr);
  EXPECT_EQ(*again.find("cost", 3, z1), (std::vector<double>{2.5, 3.5}));
  EXPECT_EQ(again.find("cost", 2, z1), nullptr);
  EXPECT_EQ(again.find("gradient", 3, z1), nullptr);
  EXPECT_NE(again.find("cost", 0, std::vector<double>{-0.0, 1.0}), nullptr);
}

TEST(Journal, EndsBeforeARecordThatIsTornAndGoesOnThere) {
  const Comm comm = Comm::world();
  const std::string path = path_of("torn"), bytes = written(comm, path);
  for (const std::size_t lost : {1u, 7u, 30u}) {
    overwrite(comm, path, bytes.substr(0, bytes.size() - lost));
    {
      Journal again(comm, path, "model: daily\nseed: 1\n", true);
      EXPECT_EQ(again.size(), 1) << lost;
      EXPECT_NE(again.find("cost", 0, z0), nullptr);
      again.add("cost", 3, z1, {2.5, 3.5});
      again.sync();
    }
    comm.barrier();
    const Journal whole(comm, path, "model: daily\nseed: 1\n", true);
    EXPECT_EQ(whole.size(), 2) << lost;
  }
}

TEST(Journal, TakesNoNumberFromADamagedRecord) {
  const Comm comm = Comm::world();
  const std::string path = path_of("damaged");
  std::string bytes = written(comm, path);
  bytes[bytes.size() - 3] ^= 0x10;
  overwrite(comm, path, bytes);
  const Journal again(comm, path, "model: daily\nseed: 1\n", true);
  EXPECT_EQ(again.size(), 1);
  EXPECT_EQ(again.find("cost", 3, z1), nullptr);
}

TEST(Journal, OfAnotherProblemIsRefusedWithTheLineThatDiffers) {
  const Comm comm = Comm::world();
  const std::string path = path_of("other");
  written(comm, path);
  try {
    const Journal again(comm, path, "model: daily\nseed: 2\n", true);
    FAIL() << "was taken";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("'seed: 1' there, 'seed: 2' here"), std::string::npos) << e.what();
    EXPECT_NE(std::string(e.what()).find(path), std::string::npos);
  }
  overwrite(comm, path, "something else altogether, long enough to hold a mark");
  EXPECT_THROW(Journal(comm, path, "model: daily\nseed: 1\n", true), Error);
}

TEST(Journal, StartsAnewUnlessResumedOrWhereNothingIsLeft) {
  const Comm comm = Comm::world();
  const std::string path = path_of("anew"), bytes = written(comm, path);
  overwrite(comm, path, bytes.substr(0, 9));
  EXPECT_EQ(Journal(comm, path, "model: daily\nseed: 1\n", true).size(), 0);
  comm.barrier();
  written(comm, path);
  EXPECT_EQ(Journal(comm, path, "another\n", false).size(), 0);
  comm.barrier();
  EXPECT_EQ(Journal(comm, path, "another\n", true).size(), 0);
}

}  // namespace
}  // namespace tilth
