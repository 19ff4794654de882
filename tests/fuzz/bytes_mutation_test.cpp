// Observation and restart files with bytes changed or cut off.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "fuzz/outcome.hpp"
#include "fuzz/samples.hpp"
#include "io/classic_header.hpp"
#include "parallel/io/files.hpp"

namespace tilth {
namespace {

using test::bytes_of;
using test::Outcome;
using test::scratch;
using test::Trials;
using test::write_bytes;

using Bytes = std::vector<char>;

/// A kind of file, how it is read, and texts in it that may be any other text: the format has no check of its own.
struct Kind {
  const char* name;
  void (*write)(const Comm&, const std::string&);
  std::string (*read)(const Comm&, const std::string&);
  std::vector<std::string> free_texts;
  bool guarded;  ///< the data, too, cannot change unseen
};

std::string read_points(const Comm& comm, const std::string& path) {
  return test::as_text(read_observations(comm, test::point_options(path), test::point_units));
}
std::string read_station(const Comm& comm, const std::string& path) {
  return test::as_text(read_observations(comm, test::station_options(path), test::station_units));
}

const Kind kinds[] = {
    {"points", test::write_point_sample, read_points, {"seconds since 1970-01-01 00:00:00"}, false},
    {"station", test::write_station_sample, read_station, {"days since 2018-03-01", "site_code", "XX-Tst"}, false},
    {"restart", test::write_restart_sample, test::restart_as_text, {}, true}};

/// All mutations instead of a spread of them: $TILTH_MUTATIONS = all.
bool all_mutations() {
  const char* wanted = std::getenv("TILTH_MUTATIONS");
  return wanted != nullptr && std::string(wanted) == "all";
}

class BytesOf : public testing::TestWithParam<Kind> {
 protected:
  const Comm comm_ = Comm::world();
  const std::string path_ = scratch(comm_, std::string(GetParam().name) + ".nc");
  const Bytes valid_ = written();
  const std::string meaning_ = GetParam().read(comm_, path_);
  const std::size_t header_ = std::size_t(netcdf::check_header(path_).header);
  Trials trials_{path_};

  Bytes written() const {
    GetParam().write(comm_, path_);
    return bytes_of(path_);
  }
  Outcome tried(const std::string& what, const Bytes& bytes) {
    write_bytes(path_, bytes);
    return trials_(what, [&] { return GetParam().read(comm_, path_); });
  }
  /// Whether another byte here makes another valid file.
  bool free(std::size_t at) const {
    const std::string header(valid_.begin(), valid_.begin() + std::ptrdiff_t(header_));
    for (const std::string& text : GetParam().free_texts) {
      const std::size_t found = header.find(text);
      if (at >= found && at < found + text.size()) return true;
    }
    return at >= header_ && !GetParam().guarded;
  }
  void flip(std::size_t at, int bit) {
    Bytes bytes = valid_;
    bytes[at] = char(bytes[at] ^ (1 << bit));
    const std::string what = text(GetParam().name, ": bit ", bit, " of byte ", at);
    const Outcome out = tried(what, bytes);
    EXPECT_TRUE(out.refused || out.text == meaning_ || free(at)) << what << " was read as\n" << out.text;
  }
};

TEST_P(BytesOf, AFileCutAnywhereIsRefused) {
  for (std::size_t length = 0; length < valid_.size();
       length += all_mutations() || length + 20 > valid_.size() ? 1 : 5) {
    const Outcome cut = tried(text("cut to ", length), Bytes(valid_.begin(), valid_.begin() + std::ptrdiff_t(length)));
    EXPECT_TRUE(cut.refused) << "cut to " << length << " of " << valid_.size();
  }
  trials_.report();
}

TEST_P(BytesOf, AFlippedBitIsRefusedOrChangesNothing) {
  for (std::size_t at = 0; at < valid_.size(); at += all_mutations() || at < header_ ? 1 : 3) {
    flip(at, int(at % 8));
    for (int bit = 0; all_mutations() && bit < 8; ++bit)
      if (bit != int(at % 8)) flip(at, bit);
  }
  trials_.report();
}

TEST_P(BytesOf, AWordOfTheHeaderSetToExtremesIsRefusedOrChangesNothing) {
  const std::array<std::uint32_t, 6> words = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0x00010000};
  for (std::size_t at = 4; at + 4 <= header_; at += 4)
    for (std::size_t w = 0; w < words.size(); ++w) {
      if (!all_mutations() && (at / 4 + w) % 3 != 0) continue;
      Bytes bytes = valid_;
      for (std::size_t k = 0; k < 4; ++k) bytes[at + k] = char(words[w] >> (24 - 8 * k));
      const std::string what = text(GetParam().name, ": word ", words[w], " at byte ", at);
      const Outcome out = tried(what, bytes);
      const bool any_text = free(at) || free(at + 3);
      EXPECT_TRUE(out.refused || out.text == meaning_ || any_text) << what << " was read as\n" << out.text;
    }
  trials_.report();
}

TEST_P(BytesOf, PartsExchangedOrRepeatedAreRefusedOrChangeNothing) {
  for (const std::size_t length : {4u, 8u, 24u, 64u})
    for (std::size_t at = 0; at + 2 * length <= valid_.size(); at += all_mutations() ? 4 : 4 * length) {
      Bytes exchanged = valid_, repeated = valid_, removed = valid_;
      const auto from = std::ptrdiff_t(at), to = std::ptrdiff_t(at + length), past = std::ptrdiff_t(at + 2 * length);
      std::swap_ranges(exchanged.begin() + from, exchanged.begin() + to, exchanged.begin() + to);
      repeated.insert(repeated.begin() + to, valid_.begin() + from, valid_.begin() + to);
      removed.erase(removed.begin() + from, removed.begin() + to);
      for (const auto& [name, bytes] :
           {std::pair{"exchanged", &exchanged}, {"repeated", &repeated}, {"removed", &removed}}) {
        const std::string what = text(GetParam().name, ": ", length, " bytes ", name, " at ", at);
        const Outcome out = tried(what, *bytes);
        bool any = !GetParam().guarded && std::size_t(past) > header_;
        for (std::size_t k = at; k < std::size_t(past); ++k) any = any || free(k);
        EXPECT_TRUE(out.refused || out.text == meaning_ || any) << what << " was read as\n" << out.text;
      }
    }
  trials_.report();
}

INSTANTIATE_TEST_SUITE_P(Files, BytesOf, testing::ValuesIn(kinds), [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace tilth
