#include <malloc.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "core/base/error.hpp"
#include "io/netcdf.hpp"
#include "io/netcdf_pieces.hpp"
#include "parallel/io/files.hpp"

namespace tilth::netcdf {
namespace {

using test::scratch;

using Index = std::vector<std::int64_t>;

TEST(PiecesOf, CutAlongTheFirstDimensionThatIsLong) {
  const auto pieces = pieces_of(Index{3, 10, 0}, Index{1, 7, 2}, /*most_bytes=*/3 * 2 * 8);
  ASSERT_EQ(pieces.size(), 3u);
  EXPECT_EQ(pieces[1].start, (Offsets{3, 13, 0}));
  EXPECT_EQ(pieces[1].count, (Offsets{1, 3, 2}));
  EXPECT_EQ(pieces[2].count, (Offsets{1, 1, 2}));
  EXPECT_EQ(pieces[2].first, 12);
  EXPECT_EQ(pieces[2].values, 2);
}

TEST(PiecesOf, KeepARowWholeAndHaveNoneOfNothing) {
  EXPECT_EQ(pieces_of(Index{0, 0}, Index{2, 100}, 8).size(), 2u);
  EXPECT_TRUE(pieces_of(Index{0, 0}, Index{2, 0}, 8).empty());
  EXPECT_EQ(pieces_of(Index{}, Index{}, 8).size(), 1u);  // a scalar
}

/// A file of two variables of `count` values a rank.
struct TwoVariables {
  TwoVariables(const Comm& comm, const std::string& path, std::int64_t count) : file(File::create(comm, path)) {
    const int x = file.define_dimension("x", count * comm.size());
    a = file.define_variable("a", Type::double_, std::span(&x, 1));
    b = file.define_variable("b", Type::short_, std::span(&x, 1));
    file.end_definitions();
  }
  File file;
  int a, b;
};

std::vector<double> values_of(int rank, std::int64_t count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 100.0 * rank);
  return values;
}

TEST(QueuedWrites, AreReadBackBeforeAndAfterClosing) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "queued.nc");
  const std::int64_t count = 5, start = count * comm.rank();
  std::vector<double> values = values_of(comm.rank(), count);
  TwoVariables two(comm, path, count);
  two.file.put(two.a, std::span(&start, 1), std::span(&count, 1), std::span<const double>(values));
  two.file.put_flat(two.b, {}, start, values);
  std::fill(values.begin(), values.end(), -1.0);  // what was put is a copy
  std::vector<double> all;
  for (int r = 0; r < comm.size(); ++r)
    for (const double x : values_of(r, count)) all.push_back(x);
  EXPECT_EQ(two.file.all(two.a), all);
  two.file.close();
  const File again = File::open(comm, path);
  EXPECT_EQ(again.all(again.variable("a")), all);
  EXPECT_EQ(again.all(again.variable("b")), all);
}

TEST(QueuedWrites, AboveTheQueueGoInPiecesWithTheSameBytes) {
  const Comm comm = Comm::world();
  const std::int64_t count = (std::int64_t{72} << 20) / 8 / comm.size();  // more than a queue holds on one rank
  const std::int64_t start = count * comm.rank();
  const std::vector<double> values = values_of(comm.rank(), count);
  TwoVariables two(comm, scratch(comm, "large.nc"), count);
  two.file.put(two.a, std::span(&start, 1), std::span(&count, 1), std::span<const double>(values));
  std::vector<double> read(values.size());
  two.file.get(two.a, std::span(&start, 1), std::span(&count, 1), std::span<double>(read));
  EXPECT_EQ(read, values);
}

TEST(QueuedWrites, ReportARefusedValueWithItsVariableOnAllRanks) {
  const Comm comm = Comm::world();
  const std::int64_t count = 1, start = comm.rank();
  TwoVariables two(comm, scratch(comm, "refused.nc"), count);
  const double value = comm.rank() == comm.size() - 1 ? 1e9 : 1.0;  // too large for a short, on one rank
  try {
    two.file.put(two.b, std::span(&start, 1), std::span(&count, 1), std::span(&value, 1));
    two.file.flush();
    ADD_FAILURE() << "nothing was reported";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("variable 'b'"), std::string::npos) << error.what();
  }
}

TEST(QueuedWrites, LeaveNothingOfTheMemoryInTheGapsBetweenVariables) {
  const Comm comm = Comm::world();
  const std::string path = scratch(comm, "gaps.nc");
  constexpr char mark = '\x5a';
  mallopt(M_PERTURB, ~mark & 0xff);  // the C library fills what it hands out with the mark
  {
    File file = File::create(comm, path);
    const int letters = file.define_dimension("letters", 13), rows = file.define_dimension("rows", 15);
    std::vector<int> numbers;
    const auto define = [&](const std::string& name) {
      numbers.push_back(file.define_variable(name, Type::double_, std::span(&rows, 1)));
    };
    for (const char* name : {"a", "b", "c"}) define(name);
    const int words = file.define_variable("words", Type::character, std::vector<int>{rows, letters});
    for (const char* name : {"d", "e", "f"}) define(name);
    file.end_definitions();
    const std::int64_t count = comm.root() ? 15 : 0;
    const std::vector<double> values(std::size_t(count), 1.0);
    const std::vector<char> text(std::size_t(count * 13), 'x');
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (i == 3) file.put_text(words, Index{0, 0}, Index{count, count > 0 ? 13 : 0}, text);
      file.put(numbers[i], Index{0}, Index{count}, std::span<const double>(values));
    }
    file.close();
  }
  mallopt(M_PERTURB, 0);
  const std::vector<char> bytes = test::bytes_of(path);
  EXPECT_EQ(std::count(bytes.begin(), bytes.end(), mark), 0);
}

TEST(FileHints, ChangeNoByte) {
  const Comm comm = Comm::world(), hinted = Comm::world();
  hinted.use_file_hints({{"cb_nodes", "1"}, {"striping_factor", "4"}, {"romio_cb_write", "enable"}});
  const std::int64_t count = 5, start = count * comm.rank();
  const auto write = [&](const Comm& with, const std::string& path) {
    TwoVariables two(with, path, count);
    const std::vector<double> values = values_of(with.rank(), count);
    two.file.put(two.a, std::span(&start, 1), std::span(&count, 1), std::span<const double>(values));
    two.file.put(two.b, std::span(&start, 1), std::span(&count, 1), std::span<const double>(values));
    two.file.close();
  };
  const std::string plain = scratch(comm, "plain.nc"), other = scratch(comm, "hinted.nc");
  write(comm, plain);
  write(hinted, other);
  EXPECT_EQ(test::bytes_of(plain), test::bytes_of(other));
}

}  // namespace
}  // namespace tilth::netcdf
