#include "driver/experiment.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "driver/command_line.hpp"
#include "driver/commands.hpp"
#include "parallel/driver/small_run.hpp"

namespace tilth {
namespace {

Experiment loaded(const std::string& yaml, const std::vector<std::string>& assignments = {}) {
  const std::string file = test::scratch_folder(Comm::self()) + "/experiment.yaml";
  std::ofstream(file) << yaml;
  return Experiment::load(file, assignments);
}

std::string refusal(const std::string& yaml, const std::vector<std::string>& assignments = {}) {
  try {
    loaded(yaml, assignments);
  } catch (const Error& e) {
    return e.what();
  }
  return "accepted";
}

TEST(Experiment, CutsTheLastWindowAtTheEndOfThePeriod) {
  const Experiment e = loaded(test::options(""));  // 14 days in windows of 4
  EXPECT_EQ(e.windows(), 4);
  EXPECT_EQ(e.window_begin(3), time_of(2018, 7, 13));
  EXPECT_EQ(e.window_end(2), time_of(2018, 7, 13));
  EXPECT_EQ(e.window_end(3), time_of(2018, 7, 15));
  const Experiment one = loaded(test::options(""), {"time.window=30 days"});
  EXPECT_EQ(one.windows(), 1);
  EXPECT_EQ(one.window_end(0), time_of(2018, 7, 15));
}

TEST(Experiment, TakesTheLastOfSeveralAssignments) {
  EXPECT_EQ(loaded(test::options(""), {"ensemble.size=7", "ensemble.size=9"}).ensemble.size, 9);
}

TEST(Experiment, RefusesOptionsThatCannotTakeEffect) {
  EXPECT_NE(refusal(test::options(""), {"verification.from_window=4"}).find("has 4 windows"), std::string::npos);
  EXPECT_NE(refusal(test::options(""), {"spinup.warmup=36 hours"}).find("whole days"), std::string::npos);
  EXPECT_NE(refusal(test::options(""), {"spinup.restart=nowhere.nc"}).find("nowhere.nc"), std::string::npos);
  EXPECT_NE(
      refusal(test::options("control: {parameters: {lma: {}}}\n"), {"ensemble.parameters.lma.sd=0.1"}).find("keep one"),
      std::string::npos);
}

const std::string ring =
    "grid: {replicas: 2}\nmodel: {lorenz96: {}}\ntime: {start: 2018-07-01, end: 2018-07-11, window: 1 day}\n";

TEST(Experiment, GivesAModelWithoutWeatherNoForcing) {
  EXPECT_EQ(loaded(ring).forcing.kind, ForcingOptions::Kind::none);
  EXPECT_EQ(loaded(ring + "forcing: {none: {}}\n").forcing.kind, ForcingOptions::Kind::none);
  EXPECT_NE(refusal(ring, {"forcing.weather_generator={}"}).find("takes no weather"), std::string::npos);
  EXPECT_NE(refusal(ring, {"forcing.perturbations={}"}).find("takes no weather"), std::string::npos);
  EXPECT_NE(refusal(test::options(""), {"forcing.none={}"}).find("needs weather"), std::string::npos);
}

TEST(Experiment, RefusesAStartThatIsSaidTwiceAndTruthOfAnUnknownParameter) {
  EXPECT_NE(refusal(ring, {"ensemble.initial.states_sd=1"}).find("around: nature"), std::string::npos);
  EXPECT_NE(refusal(ring, {"ensemble.initial={file: a.nc, around: nature}"}).find("either"), std::string::npos);
  EXPECT_NE(refusal(ring, {"ensemble.initial.file=nowhere.nc"}).find("nowhere.nc"), std::string::npos);
  EXPECT_NE(refusal(ring, {"nature.parameters.G.value=8"}).find("no parameter 'G'"), std::string::npos);
  EXPECT_EQ(refusal(ring, {"nature.parameters.F.value=8"}), "accepted");  // a fraternal twin
  EXPECT_NE(refusal(ring, {"nature.parameters.F.value=8", "ensemble.initial={around: nature}"}).find("another model"),
            std::string::npos);
  EXPECT_EQ(refusal(ring, {"nature.parameters.F.value=8", "control.parameters.F.scope=column"}), "accepted");
}

CommandLine parsed(std::vector<const char*> words) {
  words.insert(words.begin(), "tilth");
  return parse_command_line(int(words.size()), const_cast<char**>(words.data()));
}

TEST(CommandLine, PutsTheOutputFolderLast) {
  const CommandLine line = parsed({"osse", "a.yaml", "--output", "x", "--set", "experiment.output=y", "--resume"});
  EXPECT_EQ(line.command, "osse");
  EXPECT_EQ(line.arguments, (std::vector<std::string>{"a.yaml"}));
  EXPECT_EQ(line.set, (std::vector<std::string>{"experiment.output=y", "experiment.output=x"}));
  EXPECT_TRUE(line.resume);
}

TEST(CommandLine, RefusesUnknownOptionsAndEmptyFolders) {
  EXPECT_THROW(parsed({"osse", "a.yaml", "--colour"}), Error);
  EXPECT_THROW(parsed({"osse", "a.yaml", "--output="}), Error);
}

TEST(Commands, ResumeOnlyWhereModelsRun) {
  for (const char* name : {"spinup", "forecast", "observe", "assimilate", "osse"})
    EXPECT_TRUE(find_command(name)->resumes) << name;
  for (const char* name : {"check", "verify", "info", "describe"}) EXPECT_FALSE(find_command(name)->resumes) << name;
  EXPECT_EQ(find_command("asimilate"), nullptr);
}

}  // namespace
}  // namespace tilth
