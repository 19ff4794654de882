#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "assim/field/any_method.hpp"
#include "assim/field/localisation_rules.hpp"
#include "assim/inflation.hpp"
#include "assim/observation_error/bias_correction.hpp"
#include "assim/observation_error/bias_parameters.hpp"
#include "assim/observation_error/options.hpp"
#include "assim/operators/observation_operator.hpp"
#include "core/base/time.hpp"
#include "core/grid/decomposition.hpp"
#include "core/grid/grid.hpp"
#include "driver/file_hints.hpp"
#include "driver/instrument/simulate_options.hpp"
#include "driver/product_options.hpp"
#include "driver/verify/options.hpp"
#include "io/forcing_files.hpp"
#include "io/grid_file.hpp"
#include "model/forcing/perturbation.hpp"
#include "model/forcing/weather_generator.hpp"
#include "model/land_model.hpp"

namespace tilth {

/// `experiment:`
struct RunOptions {
  std::string name = "experiment", output = "runs/experiment";
  std::int64_t seed = 1;
  void describe(Schema& s);
};

/// `time:`
struct TimeOptions {
  Time start = time_of(2018, 1, 1), end = time_of(2019, 1, 1);
  std::int64_t window_s = 8 * seconds_per_day;
  void describe(Schema& s);
};

/// `grid.generate:` a regular raster from the embedded topography and the climate envelope.
struct GenerateGridOptions {
  double resolution_deg = 4.0, west = -180.0, east = 180.0, south = -60.0, north = 84.0, land_fraction = 0.5;
  bool ice = false;
  void describe(Schema& s);
};

/// One item of `grid.sites:`.
struct SiteOptions {
  std::string name;
  double lon = 0.0, lat = 0.0;
  std::vector<std::pair<std::string, double>> cover;  ///< PFT short name and fraction
  std::vector<std::string> cover_words;               ///< as written: [ENF 0.9, ...]
  Surface surface;
  void describe(Schema& s);
};

/// `grid:` exactly one of generate, file, sites, replicas.
struct GridOptions {
  enum class Kind { generate, file, sites, replicas } kind = Kind::generate;
  GenerateGridOptions generate;
  GridFileOptions file;
  std::vector<SiteOptions> sites;
  int replicas = 0;
  PartitionOptions partition;
  void describe(Schema& s);
};

/// An alternative without options.
struct NoOptions {
  void describe(Schema&) {}
};

/// `forcing:` exactly one source, and perturbations; nothing for a model that takes no weather.
struct ForcingOptions {
  enum class Kind { weather_generator, sites, netcdf, none } kind = Kind::weather_generator;
  bool needed = true;  ///< by the model, set before the options are read
  NoOptions none;
  WeatherGenerator::Options weather_generator;
  SiteForcing::Options sites;
  GridForcing::Options netcdf;
  ForcingPerturbation::Options perturbations;
  void describe(Schema& s);
};

/// One parameter of `control.parameters:` or `ensemble.parameters:`.
struct ParameterOptions {
  std::string scope = "pft";
  double sd = -1.0;
  void describe(Schema& s);
};
using ParameterMap = std::vector<std::pair<std::string, ParameterOptions>>;

/// `ensemble.initial:` where the members start.
struct InitialOptions {
  std::string around = "spinup", file;
  double states_sd = 0.0;
  void describe(Schema& s);
};

/// One variable of `ensemble.failures.ranges:`.
struct HealthyRange {
  double from = 0.0, to = 0.0;
  void describe(Schema& s);
};

/// `ensemble.failures:` what becomes of members that fail.
struct FailureOptions {
  std::string policy = "neighbour";
  double limit = 0.1, column_limit = 0.5;
  std::vector<std::pair<std::string, HealthyRange>> ranges;
  void describe(Schema& s);
};

/// `ensemble:`
struct EnsembleOptions {
  int size = 40;
  ParameterMap parameters;
  InitialOptions initial;
  FailureOptions failures;
  void describe(Schema& s);
};

/// `control:`
struct ControlOptions {
  std::vector<std::string> states, rank_histogram;
  ParameterMap parameters;
  void describe(Schema& s);
};

/// One item of `observations:`.
struct ObservationOptions {
  std::string name;
  Choice<ObservationOperator> op;
  std::vector<std::string> files;
  std::string variable, error_variable, quality_variable;
  double quality_minimum = 0.0;
  std::vector<double> valid_range;
  std::int64_t time_shift_s = 0;  ///< added to the times of the files
  Time not_before{std::numeric_limits<std::int64_t>::min()}, not_after{std::numeric_limits<std::int64_t>::max()};
  double error_absolute = -1.0, error_relative = -1.0;
  double half_width_km = 300.0;
  double reach_km = 0.0;
  double level = std::numeric_limits<double>::quiet_NaN();
  bool rank_histogram = false;
  double background_check = 5.0;
  double parameter_weight = 1.0;
  double withhold_last = 0.0;
  bool assimilate = true;
  bool denied = false;  ///< not an option: withheld by an experiment of a set
  bool simulated = false;
  std::int64_t average_s = 0;
  SimulateOptions simulate;
  ObsErrorOptions errors;
  BiasOptions bias;
  BiasCorrectionOptions bias_correction;
  void describe(Schema& s);
};

/// `analysis:`
struct AnalysisOptions {
  MethodChoice method;
  LocalisationOptions localisation;
  InflationOptions inflation;
  std::string shared_parameters = "statistics";
  double parameter_information = 0.1;
  double parameter_relaxation = 0.0;
  double parameter_floor = 0.1;
  void describe(Schema& s);
};

/// `spinup:`
struct SpinupOptions {
  std::string restart;
  int cycle_years = 1;
  std::int64_t warmup_s = 60 * seconds_per_day;
  void describe(Schema& s);
};

/// One parameter of `nature.parameters:`.
struct TrueValue {
  double value = 0.0;
  void describe(Schema& s);
};

/// `nature:` how the simulated truth of an OSSE differs from the prior mean.
struct NatureOptions {
  std::int64_t seed = 1;
  std::vector<std::pair<std::string, TrueValue>> parameters;
  Choice<LandModel> model;  ///< set to that of the ensemble before the options are read, like `forcing`
  ForcingOptions forcing;
  bool other_model = false, other_forcing = false;
  void describe(Schema& s);
};

/// `output:`
struct OutputOptions {
  std::int64_t checkpoint_every = 1;
  int checkpoint_keep = 2;
  ProductOptions products;
  bool steps = false, feedback = true, feedback_members = false;
  FileHints hints;
  void describe(Schema& s);
};

}  // namespace tilth
