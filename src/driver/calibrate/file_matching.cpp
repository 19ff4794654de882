#include "driver/calibrate/file_matching.hpp"

#include <cmath>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/calibrate/design_file.hpp"
#include "driver/calibrate/methods/wave_tables.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

namespace {

Node problem_node(const std::string& path) {
  std::ifstream in(path);
  require(in.good(), path, ": cannot be read; give the path of a problem file, see docs/analyse.md");
  std::stringstream content;
  content << in.rdbuf();
  return Node::parse(content.str(), path);
}

// One number for all, or one for each.
Vector bounds_of(const std::vector<double>& values, std::size_t count) {
  Vector out(Index(count), 1);
  for (std::size_t i = 0; i < count; ++i) out(Index(i)) = values.size() == 1 ? values[0] : values[i];
  return out;
}

FeatureTargets targets_of(const std::vector<TargetOptions>& all) {
  FeatureTargets out;
  for (const TargetOptions& target : all) {
    out.names.push_back(target.name);
    out.targets.push_back({target.value, std::pow(std::max(target.observation_sd, 0.0), 2),
                           std::pow(std::max(target.structural_sd, 0.0), 2)});
  }
  return out;
}

Table sample_table(const Matrix& points, const std::vector<std::string>& names) {
  Table out{"sample", {}};
  for (std::size_t p = 0; p < names.size(); ++p) {
    const Vector column = points.col(Index(p));
    out.columns.push_back(
        {names[p], "", "of sets not ruled out, uniform", std::vector<double>(column.begin(), column.end())});
  }
  return out;
}

}  // namespace

void MatchingFiles::describe(Schema& s) {
  s.words("waves", waves).required().about("One table per wave, CSV or NetCDF: parameters and results, a row per run.");
  s.words("parameters", parameters).required().about("Columns that are parameters.");
  s.reals("lower", lower).about("Lower bounds of the parameters, one for all or one each.");
  s.reals("upper", upper).about("Upper bounds.");
  s.list("targets", targets).required().about("Columns that are compared, with value and standard deviations.");
  rules.describe(s);
  if (!s.is_reading()) return;
  for (const auto* bounds : {&lower, &upper})
    require(bounds->size() == 1 || bounds->size() == parameters.size(), s.where(), ": ", bounds->size(), " bounds for ",
            parameters.size(), " parameters; give one for all or one each");
  for (const TargetOptions& target : targets)
    require(std::isfinite(target.value) && (target.observation_sd > 0.0 || target.structural_sd > 0.0), s.where(),
            ".targets: ", target.name, ": give its value, and observation_sd or structural_sd above 0");
}

void FileMatchingProblem::Output::describe(Schema& s) {
  s.text("file", file).about("NetCDF file of the result; empty: none is written.");
}

void FileMatchingProblem::describe(Schema& s) {
  s.section("history_matching", matching).about("Waves of runs, and what they are compared with.");
  s.section("output", output).about("Result.");
  s.integer("seed", seed).in(0, 9e15).about("Key of the draws.");
}

FileMatchingProblem FileMatchingProblem::load(const std::string& path, const std::vector<std::string>& assignments) {
  Node node = problem_node(path);
  for (const std::string& assignment : assignments)
    if (!assignment.starts_with("experiment.output=")) node.set(assignment);
  FileMatchingProblem out;
  read_options(node, out);
  return out;
}

FileMatchingResult match_files(const Comm& comm, const FileMatchingProblem& problem) {
  const MatchingFiles& files = problem.matching;
  const FeatureTargets targets = targets_of(files.targets);
  std::vector<DesignFile> waves;
  for (const std::string& path : files.waves) waves.push_back(read_design(comm, path));
  FileMatchingResult out;
  together(comm, [&] {
    const std::size_t k = files.parameters.size();
    const calibration::Box box{bounds_of(files.lower, k), bounds_of(files.upper, k)};
    calibration::HistoryMatching matching(
        box, targets.targets, files.rules.options(waves.front().values.rows(), std::uint64_t(problem.seed)));
    WaveDesigns designs;
    for (const DesignFile& wave : waves) {
      const auto rows = wave.rows("");
      const Matrix X = design_columns_of(wave, rows, files.parameters),
                   metrics = design_columns_of(wave, rows, targets.names);
      for (Index r = 0; r < X.rows(); ++r)
        require(box.contains(X.row(r).transpose()), wave.path, ", run ", r + 1,
                ": a parameter lies outside of its bounds; see history_matching.lower and upper");
      matching.add_wave(X, metrics);
      designs.add(X, metrics);
    }
    out.waves = matching.waves();
    out.notes = wave_notes(out.waves, targets);
    out.tables = wave_tables(out.waves, targets, designs, files.parameters);
    out.tables.pop_back();  // the designs are the input
    out.tables.push_back(sample_table(matching.sample(files.rules.sample).points, files.parameters));
  });
  return out;
}

bool asks_for_matching(const std::string& path) { return problem_node(path).at("history_matching").present(); }

void run_file_matching(const Comm& comm, const CommandLine& line) {
  FileMatchingProblem problem;
  together(comm, [&] { problem = FileMatchingProblem::load(line.arguments[0], line.set); });
  const FileMatchingResult result = match_files(comm, problem);
  if (!problem.output.file.empty()) write_tables(comm, problem.output.file, result.tables);
  if (!comm.root() || line.quiet) return;
  for (const std::string& note : result.notes) fmt::print("{}\n", note);
  if (!problem.output.file.empty()) fmt::print("result: {}\n", problem.output.file);
  std::fflush(stdout);
}

}  // namespace tilth
