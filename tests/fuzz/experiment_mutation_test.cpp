// Experiment files with a key, a value or bytes changed.
#include <cmath>
#include <fstream>
#include <map>

#include "core/base/time.hpp"
#include "core/config/scalar_text.hpp"
#include "driver/domain.hpp"
#include "driver/experiment.hpp"
#include "driver/members.hpp"
#include "driver/window_analysis.hpp"
#include "fuzz/config_tree.hpp"
#include "fuzz/outcome.hpp"
#include "fuzz/samples.hpp"
#include "parallel/io/files.hpp"

namespace tilth {
namespace {

using test::ConfigTree;
using test::Outcome;
using test::Place;

/// Numbers, times and durations as numbers, other words as they are.
std::string normal(const std::string& word) {
  if (const auto number = real_of(word)) return "number " + real_text(*number);
  try {
    return "seconds " + std::to_string(parse_duration(word));
  } catch (const Error&) {
  }
  try {
    return "time " + std::to_string(parse_time(word).seconds);
  } catch (const Error&) {
  }
  return word;
}

/// Scalars of a configuration by path.
std::map<std::string, std::string> scalars(const Node& node) {
  std::map<std::string, std::string> out;
  test::each_scalar(node, [&](const std::string& path, const std::string& word) { out[path] = word; });
  return out;
}

class ExperimentFile : public testing::Test {
 protected:
  const Comm comm_ = Comm::self();
  const std::string path_ = test::scratch(comm_, "mutated.yaml");
  const ConfigTree valid_ = test::tree_of(Node::parse(test::experiment_sample(), "sample"));
  test::Trials trials_{path_};

  /// Loads a text and builds what `tilth check` builds, up to members; gives the resolved configuration.
  std::string load(const std::string& yaml) {
    std::ofstream(path_, std::ios::binary) << yaml;
    const Experiment e = Experiment::load(path_, {});
    if (e.ensemble.size > 100) return e.resolved;  // valid; its members need not be made
    const Domain domain = make_domain(comm_, e);
    Members members(domain, {e.ensemble.size, 0, std::uint64_t(e.run.seed)});
    const auto rows = control_rows(e, domain.model->traits());
    WindowAnalysis(members, product_definitions(domain.model->traits().layout));
    return e.resolved;
  }
  Outcome tried(const std::string& what, const std::string& yaml) {
    const Outcome out = trials_(what, [&] { return load(yaml); });
    if (!out.refused) expect_meant(what, yaml, out.text);
    return out;
  }
  /// An accepted file must mean what it says: every value in it is in force.
  void expect_meant(const std::string& what, const std::string& yaml, const std::string& resolved) {
    const auto in_force = scalars(Node::parse(resolved, "resolved"));
    for (const auto& [path, word] : scalars(Node::parse(yaml, "given"))) {
      const auto found = in_force.find(path);
      const bool held = found != in_force.end() && normal(found->second) == normal(word);
      EXPECT_TRUE(held || in_force.contains(path + "[0]"))
          << what << ": " << path << " = " << word << " was accepted, in force is "
          << (found == in_force.end() ? "nothing" : found->second);
    }
  }
};

/// What may stand in place of a value.
const std::vector<std::string> values = {"",
                                         "~",
                                         "\"\"",
                                         "text",
                                         "[]",
                                         "[1, 2]",
                                         "{}",
                                         "{a: 1}",
                                         "[[[[1]]]]",
                                         "true",
                                         "2018-13-45",
                                         ".nan",
                                         "nan",
                                         ".inf",
                                         "-inf",
                                         "1e400",
                                         "1e300",
                                         "-1e300",
                                         "-1",
                                         "0",
                                         "1e-300",
                                         "99999999999999999999",
                                         "9223372036854775807",
                                         "2147483648",
                                         "0x10",
                                         "1e5 days",
                                         "-3 days",
                                         "!!binary AAAA",
                                         "\"\\0\"",
                                         "*nothing",
                                         "${NOT_SET_ANYWHERE}"};

TEST_F(ExperimentFile, TheSampleIsValid) { EXPECT_FALSE(tried("nothing", yaml_of(valid_)).refused); }

TEST_F(ExperimentFile, AValueOfAnotherKindOrSizeIsRefusedOrInForce) {
  for (const Place& place : test::places_of(valid_))
    for (const std::string& value : values) {
      ConfigTree tree = valid_;
      item_at(tree, place).second = {ConfigTree::Kind::raw, value, {}};
      const std::string what = path_at(valid_, place) + " = " + value;
      tried(what, yaml_of(tree));
    }
  trials_.report();
}

TEST_F(ExperimentFile, AKeyLeftOutTakesItsDefaultOrIsRequired) {
  for (const Place& place : test::places_of(valid_)) {
    ConfigTree tree = valid_;
    auto& items = parent_at(tree, place).items;
    items.erase(items.begin() + std::ptrdiff_t(place.back()));
    tried(path_at(valid_, place) + " left out", yaml_of(tree));
  }
  trials_.report();
}

TEST_F(ExperimentFile, AKeyMisspeltOrGivenTwiceIsRefused) {
  for (const Place& place : test::places_of(valid_)) {
    const std::string path = path_at(valid_, place);
    if (path.back() == ']') continue;  // an item of a list
    for (const char* ending : {"x", " ", "\n", "."}) {
      ConfigTree tree = valid_;
      item_at(tree, place).first += ending;
      const Outcome out = tried(path + " misspelt", yaml_of(tree));
      EXPECT_TRUE(out.refused) << path << ending;
    }
    ConfigTree tree = valid_;
    auto& items = parent_at(tree, place).items;
    items.push_back(items[place.back()]);
    const Outcome out = tried(path + " twice", yaml_of(tree));
    EXPECT_TRUE(out.refused) << path;
    EXPECT_NE(out.text.find("given twice"), std::string::npos) << out.text;
  }
  trials_.report();
}

TEST_F(ExperimentFile, ValuesExchangedAreRefusedOrInForce) {
  const std::vector<Place> places = test::places_of(valid_);
  for (std::size_t i = 0; i + 1 < places.size(); ++i)
    for (const std::size_t step : {1, 7, 31}) {
      if (i + step >= places.size()) continue;
      ConfigTree tree = valid_, source = valid_;
      item_at(tree, places[i]).second = item_at(source, places[i + step]).second;
      tried(path_at(valid_, places[i]) + " given the value of " + path_at(valid_, places[i + step]), yaml_of(tree));
    }
  trials_.report();
}

TEST_F(ExperimentFile, BytesCutOrChangedAreRefusedOrInForce) {
  const std::string valid = test::experiment_sample();
  for (std::size_t at = 0; at < valid.size(); at += 3) {
    tried(text("cut to ", at), valid.substr(0, at));
    for (const char c : {char(valid[at] ^ (1 << (at % 8))), '\0', '{', ':', '\t', '\xff'}) {
      if ((at / 3 + std::size_t(c)) % 3 != 0) continue;
      std::string changed = valid;
      changed[at] = c;
      tried(text("byte ", at, " = ", int(c)), changed);
    }
  }
  trials_.report();
}

TEST_F(ExperimentFile, NestingRepetitionAndLengthEndInAnError) {
  const auto repeated = [](const std::string& word, int times) {
    std::string out;
    for (int i = 0; i < times; ++i) out += word;
    return out;
  };
  std::string laughs = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 12; ++i)
    laughs += text("a", i, ": &a", i, " [", repeated(text("*a", i - 1, ", "), 8), "*a", i - 1, "]\n");
  std::string keys, merges = "m0: &m0 {k0: 1}\n";
  for (int i = 0; i < 50000; ++i) keys += text("key", i, ": 1\n");
  for (int i = 1; i < 40; ++i)
    merges += text("m", i, ": &m", i, " {<<: [*m", i - 1, ", *m", i - 1, "], k", i, ": 1}\n");
  for (const auto& [what, yaml] : std::map<std::string, std::string>{
           {"lists within lists", "a: " + repeated("[", 100000)},
           {"maps within maps", "a: " + repeated("{a: ", 100000)},
           {"lines that go ever deeper", repeated("- ", 20000) + "1"},
           {"closed lists within lists", "a: " + repeated("[", 300) + repeated("]", 300)},
           {"aliases that multiply", laughs},
           {"merge keys that multiply", merges},
           {"an alias of itself", "a: &a [*a]\n"},
           {"a merge of itself", "a: &a {<<: *a}\n"},
           {"many keys", keys},
           {"a long key", repeated("abcdefgh", 200000) + ": 1\n"},
           {"a long word", "experiment: {seed: " + repeated("12345678", 200000) + "}\n"},
           {"a long name", "model: {" + repeated("daily", 200000) + ": {}}\n"},
           {"many documents", repeated("---\na: 1\n", 5000)},
           {"an empty file", ""},
           {"bytes of another file", std::string("CDF\x05\0\0\0\x01", 8)}})
    EXPECT_TRUE(tried(what, yaml).refused) << what;
  trials_.report();
}

}  // namespace
}  // namespace tilth
