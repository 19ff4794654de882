#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/config/schema.hpp"
#include "driver/experiment_options.hpp"
#include "io/ensemble_file.hpp"
#include "io/predicted_file.hpp"

namespace tilth {

/// `ensemble.geometry:` where the points are.
struct GeometryOptions {
  std::string kind = "sphere";
  double period = 0.0;  ///< of a line; 0: it has two ends
  void describe(Schema& s);
};

/// `ensemble:`
struct EnsembleSource {
  EnsembleFileOptions file;
  GeometryOptions geometry;
  void describe(Schema& s);
};

/// One item of `variables:`.
struct VariableOptions {
  std::string role;
  std::string transform = "identity", distribution = "normal";
  double lower = -std::numeric_limits<double>::infinity(), upper = std::numeric_limits<double>::infinity();
  void describe(Schema& s);
};

/// One item of `observations.types:`.
struct ObservedTypeOptions {
  double half_width = -1.0;
  std::string distribution = "normal";
  double lower = -std::numeric_limits<double>::infinity(), upper = std::numeric_limits<double>::infinity();
  void describe(Schema& s);
};

/// `observations.forward:`
struct ForwardOptions {
  std::string command, folder;
  bool keep = false;
  void describe(Schema& s);
};

/// `observations:`
struct ObservationSource {
  PredictedFileOptions file;
  double half_width = 300.0;
  std::string zero_spread = "error";
  std::string perturbations = "centred";
  std::vector<std::pair<std::string, ObservedTypeOptions>> types;
  ForwardOptions forward;
  void describe(Schema& s);
};

/// `output:`
struct AnalyseOutput {
  std::string file;
  bool weights = false, diagnostics = false;
  void describe(Schema& s);
};

/// Everything `tilth analyse` is told: one analysis from files.
struct AnalyseProblem {
  AnalyseProblem();
  EnsembleSource ensemble;
  std::vector<std::pair<std::string, VariableOptions>> variables;
  ObservationSource observations;
  AnalysisOptions analysis;
  AnalyseOutput output;
  std::int64_t seed = 1;
  std::string path;  ///< the problem file

  void describe(Schema& s);
  /// Reads and checks `path` with `--set` assignments; `folder` replaces that of the output unless empty.
  static AnalyseProblem load(const std::string& path, const std::vector<std::string>& assignments,
                             const std::string& folder);
  const VariableOptions& variable(const std::string& name) const;
};

}  // namespace tilth
