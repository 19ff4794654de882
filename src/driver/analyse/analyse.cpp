#include "driver/analyse/analyse.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "core/base/error.hpp"
#include "driver/analyse/error_covariance.hpp"
#include "driver/analyse/file_rows.hpp"
#include "driver/analyse/forward.hpp"
#include "driver/analyse/observations.hpp"
#include "driver/analyse/statistics.hpp"
#include "driver/analyse/update.hpp"
#include "driver/analyse/weights_output.hpp"
#include "driver/calibrate/file_matching.hpp"
#include "driver/commands.hpp"
#include "driver/log.hpp"

namespace tilth {

namespace {

/// Line coordinates of this rank's block of points.
std::vector<double> line_points(const Comm& comm, const AnalyseProblem& p, const EnsembleFile& file) {
  if (p.ensemble.geometry.kind != "line" || !file.has_points()) return {};
  const BlockExchange blocks(comm, {}, file.points());
  return file.coordinate("x", blocks.block_begin(), blocks.block_end());
}

/// Rules give lengths in the units of the geometry; the search works in kilometres.
LocalisationRules rules_of(const AnalyseProblem& p, const Places& places, const std::vector<RowKind>& rows,
                           const std::vector<ObsKind>& types) {
  LocalisationOptions options = p.analysis.localisation;
  for (LocalisationRule& rule : options.rules)
    if (rule.half_width_km > 0.0) rule.half_width_km = places.km(rule.half_width_km);
  return {options, rows, types, p.path + ": analysis.localisation"};
}

/// Everything of one analysis that lives as long as it.
struct Analysis {
  Analysis(const Comm& c, const AnalyseProblem& p)
      : comm(c),
        problem(p),
        file(c, p.ensemble.file),
        given(read_predicted(c, p.observations.file)),
        x(line_points(c, p, file)),
        places(c, p.ensemble.geometry, x, given.x),
        grid(points_of(c, file, places, x)),
        rows(c, p, file, grid),
        kinds(observed_kinds(c, p, given, places)),
        rules(rules_of(p, places, rows.kinds(), kinds)),
        at(observed_places(c, p, given, places, rules.is_local())) {
    require(file.has_points() || !rules.is_local(), p.path, ": ", file.path(), " has no dimension '",
            file.point_dimension(), "', so nothing can be localised; set ensemble.geometry: none");
    if (given.has_covariance) covariance.emplace(c, p, given, at, rules.is_local());
  }

  /// Fills the table from the members as they are.
  void predict(int pass) {
    PredictedObservations o = given;
    if (o.perturbation.size() > 1) {
      require(pass < int(o.perturbation.size()), problem.observations.file.path, ": variable '",
              problem.observations.file.perturbation, "' has ", o.perturbation.size(), " passes, but pass ", pass,
              " (from 0) is to be made; give one set for each");
      o.perturbation = {given.perturbation[std::size_t(pass)]};
    }
    if (!problem.observations.forward.command.empty())
      run_forward(
          comm, problem, pass, [&](const std::string& path) { write(path); }, o);
    check_spread(comm, problem, o, rows.members());
    if (problem.output.diagnostics && pass == 0)
      statistics = problem_statistics(comm, problem, o, covariance ? covariance->values() : std::vector<double>());
    if (covariance) covariance->whiten(o);
    table = observed_table(comm, grid, o, at, kinds, problem.observations.perturbations == "centred");
  }
  /// The members as they are.
  void write(const std::string& path) {
    EnsembleWriter writer(comm, file, path);
    writer.begin();
    rows.write(writer);
    writer.finish();
  }
  void write_analysis(const EnsembleWeights& weights) {
    EnsembleWriter writer(comm, file, problem.output.file);
    std::optional<StatisticsOutput> more;
    if (problem.output.diagnostics) more.emplace(writer, file, statistics);
    const WeightsOutput transform(writer, file, problem.output.weights);
    writer.begin();
    rows.write(writer);
    if (more) more->write(comm, writer, file);
    transform.write(comm, writer, weights);
    writer.finish();
  }

  const Comm& comm;
  const AnalyseProblem& problem;
  EnsembleFile file;
  PredictedObservations given;
  std::vector<double> x;
  Places places;
  Grid grid;
  FileRows rows;
  std::vector<ObsKind> kinds;
  LocalisationRules rules;
  ObservedPlaces at;
  std::optional<ErrorCovariance> covariance;
  ObsTable table;
  ProblemStatistics statistics;
};

/// A folder for the output, before the work.
void prepare_output(const Comm& comm, const AnalyseProblem& problem) {
  together(comm, [&] {
    const auto folder = std::filesystem::path(problem.output.file).parent_path();
    if (!comm.root() || folder.empty()) return;
    std::error_code code;
    std::filesystem::create_directories(folder, code);
    require(!code, problem.path, ": output.file: ", folder.string(), " cannot be made: ", code.message());
  });
}

}  // namespace

void analyse_files(const Comm& comm, const AnalyseProblem& problem) {
  Analysis a(comm, problem);
  const AnalysisKey key{std::uint64_t(problem.seed), 0};
  FieldProblem field{comm, a.grid, a.table, a.rules, a.rows, key};
  EnsembleWeights weights;
  try {
    update_rows(
        problem, field, a.rows, [&](int pass) { a.predict(pass); }, problem.output.weights ? &weights : nullptr);
  } catch (...) {
    clear_forward(comm, problem);
    throw;
  }
  clear_forward(comm, problem);
  a.rows.relax(problem.analysis, key);
  prepare_output(comm, problem);
  a.write_analysis(weights);
}

void run_analyse(const Comm& comm, const CommandLine& line) {
  bool matching = false;
  together(comm, [&] {
    require(line.arguments.size() == 1, "tilth analyse: give one problem file, see docs/analyse.md");
    matching = asks_for_matching(line.arguments[0]);
  });
  if (matching) return run_file_matching(comm, line);
  AnalyseProblem problem;
  together(comm, [&] { problem = AnalyseProblem::load(line.arguments[0], line.set, line.output); });
  const std::int64_t points = EnsembleFile(comm, problem.ensemble.file).points();
  const bool works = comm.rank() < points;  // a rank without a point has nothing to do
  const Comm workers = comm.split(works ? 0 : 1);
  together(comm, [&] {
    if (works) analyse_files(workers, problem);
  });
  if (comm.root() && !line.quiet) std::printf("analysis: %s\n", problem.output.file.c_str());
}

}  // namespace tilth
