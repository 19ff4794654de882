#include "driver/analyse/problem.hpp"

#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/base/error.hpp"

namespace tilth {

void GeometryOptions::describe(Schema& s) {
  static const std::array<std::string, 3> kinds{"sphere", "line", "none"};
  s.alternative("geometry", kinds, kind, [&](std::size_t i, Schema& options) {
     if (i == 0) options.about("Points at lon, lat; lengths in km.");
     if (i == 2) options.about("Points have no place: nothing is localised.");
     if (i != 1) return;
     options.about("Points at x along a line; lengths in units of x.");
     options.real("period", period).in(0.0, 1e12).about("Length after which the line closes; 0: it does not.");
   }).about("Where the points of the file are.");
}

void EnsembleSource::describe(Schema& s) {
  s.text("file", file.path).required().about("NetCDF file (CDF-1, 2 or 5) of the members.");
  s.words("variables", file.variables).about("Variables to update; empty: all with the dimension of the members.");
  s.text("point_dimension", file.point_dimension).about("Dimension of the points.");
  s.text("member_dimension", file.member_dimension).about("Dimension of the members.");
  s.text("level_dimension", file.level_dimension).about("Dimension (and coordinate) of the places within a column.");
  geometry.describe(s);
}

void VariableOptions::describe(Schema& s) {
  s.text("role", role)
      .one_of({"", "state", "parameter", "product"})
      .about("What it counts as; empty: a state, or a parameter when all points share it.");
  s.text("transform", transform)
      .one_of({"identity", "log", "logit", "probit"})
      .about("The analysis updates the transformed values; log needs lower, logit and probit need lower and upper.");
  s.real("lower", lower).about("Values are never below.");
  s.real("upper", upper).about("Values are never above.");
  s.text("distribution", distribution)
      .one_of({"normal", "bnrh"})
      .about("bnrh: bounded normal rank histogram, for methods that know it.");
  if (!s.is_reading()) return;
  require(lower < upper, s.where(), ": lower = ", lower, " must be below upper = ", upper);
  require(transform == "identity" || std::isfinite(lower), s.where(), ": transform ", transform, " needs lower");
  require(transform == "identity" || transform == "log" || std::isfinite(upper), s.where(), ": transform ", transform,
          " needs upper");
  require(transform == "identity" || distribution == "normal", s.where(),
          ": give a transform or distribution: bnrh, not both");
}

void ObservedTypeOptions::describe(Schema& s) {
  s.real("half_width", half_width).about("Half width of the taper; negative: observations.half_width.");
  s.text("distribution", distribution)
      .one_of({"normal", "bnrh"})
      .about("bnrh: predictions are a bounded normal rank histogram, for methods that know it.");
  s.real("lower", lower).about("bnrh: predictions are never below.");
  s.real("upper", upper).about("bnrh: predictions are never above.");
  if (!s.is_reading()) return;
  require(lower < upper, s.where(), ": lower = ", lower, " must be below upper = ", upper);
  require(distribution == "bnrh" || (std::isinf(lower) && std::isinf(upper)), s.where(),
          ": lower and upper have no effect without distribution: bnrh");
}

void ForwardOptions::describe(Schema& s) {
  s.text("command", command)
      .about(
          "Shell command that reads {ensemble} and writes hx(obs, member), and hx_mean(obs) if it likes, to "
          "{predictions}; empty: hx comes with the observations.");
  s.text("folder", folder).about("Folder of the files it reads and writes; empty: the output file's name + .forward.");
  s.flag("keep", keep).about("Keep these files.");
}

void ObservationSource::describe(Schema& s) {
  s.text("file", file.path).required().about("NetCDF file (CDF-1, 2 or 5) of the observations.");
  s.text("value", file.value).about("Variable of the observed values.");
  s.text("error_sd", file.error_sd).about("Variable of the error standard deviations.");
  s.text("error_covariance", file.covariance).about("Variable (obs, obs) of the full error covariance instead.");
  s.text("hx", file.hx).about("Variable (obs, member) of the members' predictions.");
  s.text("hx_mean", file.hx_mean)
      .about("Variable of the predictions of the mean member, about which 4denvar and others may take anomalies.");
  s.text("perturbation", file.perturbation)
      .about(
          "Variable (obs, member), or (pass, obs, member), of the perturbations for the stochastic methods; without it "
          "they are drawn.");
  s.text("perturbations", perturbations)
      .one_of({"centred", "raw"})
      .about("Whether the given perturbations are centred over members or taken as they are.");
  s.text("id", file.id).about("Variable of whole numbers that tell observations apart; without it the row.");
  s.text("type", file.type).about("Variable of the names of the observation types; without it all are 'all'.");
  s.text("level", file.level).about("Variable of the places within the column.");
  s.real("half_width", half_width)
      .above(0.0)
      .about("Half width of the taper, km (on a line: units of x); no effect beyond twice it.");
  s.map("types", types).about("Half widths of single observation types.");
  s.text("zero_spread", zero_spread)
      .one_of({"error", "keep"})
      .about("Observations that all members predict alike have no effect: stop, or go on without effect.");
  s.section("forward", forward).about("External command that predicts the observations.");
}

void AnalyseOutput::describe(Schema& s) {
  s.text("file", file).required().about("NetCDF file of the analysis; made anew.");
  s.flag("weights", weights).about("Write the weights of a global analysis: w_mean and T.");
  s.flag("diagnostics", diagnostics)
      .about("Write innovation covariance, gain, chi2 and log likelihood (small problems without localisation).");
}

AnalyseProblem::AnalyseProblem() {
  analysis.parameter_information = 1.0;  // what is exact here is an approximation only in a long cycle
  analysis.parameter_floor = 0.0;
}

void AnalyseProblem::describe(Schema& s) {
  s.section("ensemble", ensemble).about("Members.");
  s.map("variables", variables).about("Bounds and distributions of variables.");
  s.section("observations", observations).about("Observations and predictions.");
  if (s.is_reading() && ensemble.geometry.kind == "none") analysis.localisation.taper = "none";
  s.section("analysis", analysis).about("Method, localisation and inflation, as in an experiment.");
  require(!s.is_reading() || analysis.inflation.adaptive.method == "none", s.where(),
          ": analysis.inflation.adaptive has no effect, as one analysis has no memory; give a factor with the method's "
          "inflation");
  s.section("output", output).about("Files.");
  s.integer("seed", seed).in(0, 9e15).about("Key of random draws (perturbed observations).");
}

AnalyseProblem AnalyseProblem::load(const std::string& path, const std::vector<std::string>& assignments,
                                    const std::string& folder) {
  std::ifstream in(path);
  require(in.good(), path, ": cannot be read; give the path of a problem file, see docs/analyse.md");
  std::stringstream content;
  content << in.rdbuf();
  Node node = Node::parse(content.str(), path);
  for (const std::string& assignment : assignments)
    if (!assignment.starts_with("experiment.output=")) node.set(assignment);
  AnalyseProblem p;
  p.path = path;
  read_options(node, p);
  namespace fs = std::filesystem;
  if (!folder.empty()) p.output.file = (fs::path(folder) / fs::path(p.output.file).filename()).string();
  require(!p.output.file.empty(), path, ": output.file is empty; name the file of the analysis");
  std::error_code ignored;
  for (const std::string& input : {p.ensemble.file.path, p.observations.file.path})
    require(!fs::equivalent(p.output.file, input, ignored), path, ": output.file = ", p.output.file,
            " is an input; give another name");
  require(p.ensemble.geometry.kind != "none" || p.analysis.localisation.taper == "none", path,
          ": analysis.localisation.taper = ", p.analysis.localisation.taper,
          ", but ensemble.geometry is none: points without places cannot be localised; give a geometry");
  p.observations.file.need_hx = p.observations.forward.command.empty();
  p.observations.file.member_dimension = p.ensemble.file.member_dimension;
  return p;
}

const VariableOptions& AnalyseProblem::variable(const std::string& name) const {
  static const VariableOptions defaults;
  for (const auto& [known, options] : variables)
    if (known == name) return options;
  return defaults;
}

}  // namespace tilth
