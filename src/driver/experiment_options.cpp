#include "driver/experiment_options.hpp"

#include <cmath>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "driver/instrument/instruments.hpp"
#include "driver/option_checks.hpp"

namespace tilth {

void RunOptions::describe(Schema& s) {
  s.text("name", name).about("Short name of the run, in titles and files.");
  s.text("output", output).about("Folder of everything the run writes; made when absent.");
  s.integer("seed", seed).in(0, 9e15).about("Key of every random draw of the run.");
  require_name(s, "name", name);
  require_folder(s, "output", output);
}

void TimeOptions::describe(Schema& s) {
  s.time("start", start).required().about("First day.");
  s.time("end", end).required().about("End (exclusive).");
  s.duration("window", window_s).about("Length of an assimilation window; whole days.");
  if (!s.is_reading()) return;
  require(midnight(start) == start && midnight(end) == end, s.where(),
          ": start and end must be whole days, e.g. 2018-01-01");
  require(end > start, s.where(), ": end = ", format_time(end), " is not after start = ", format_time(start));
  require(window_s >= seconds_per_day && window_s % seconds_per_day == 0, s.where(),
          ".window = ", format_duration(window_s), ", must be whole days, at least one");
}

namespace {
// The one key of `keys` that is given; `fallback` when none is and a fallback is allowed (>= 0).
int only_one(const Schema& s, const std::vector<std::string>& keys, int fallback) {
  if (!s.is_reading()) return fallback;
  int found = -1;
  for (int i = 0; i < int(keys.size()); ++i) {
    if (!s.given(keys[i])) continue;
    require(found < 0, s.where(), ": give only one of '", keys[std::max(found, 0)], "' and '", keys[i], "'");
    found = i;
  }
  if (found < 0) found = fallback;
  require(found >= 0, s.where(), ": give one of ", joined(keys));
  return found;
}
}  // namespace

void GridOptions::describe(Schema& s) {
  s.section("generate", generate).about("Land cells of a regular raster, from the embedded topography.");
  s.text("file", file.file).about("NetCDF grid file instead: lon, lat, land fraction, elevation, cover, soil.");
  s.section("file_options", file).about("Region of the grid file, and what counts as land.");
  s.list("sites", sites).about("Sites instead: a list of points.");
  s.integer("replicas", replicas)
      .in(1, 100)
      .about("Columns far apart instead: independent copies of a model for proofs.");
  s.section("partition", partition).about("How cells are dealt to ranks.");
  kind = Kind(only_one(s, {"generate", "file", "sites", "replicas"}, 0));
  require(!s.is_reading() || kind == Kind::file || !s.given("file_options"), s.where(),
          ".file_options has no effect without 'file'; remove it or name a grid file");
}

void ForcingOptions::describe(Schema& s) {
  const std::vector<std::string> sources{"weather_generator", "sites", "netcdf", "none"};
  if (!needed) {
    for (const char* key : {"weather_generator", "sites", "netcdf", "perturbations"})
      require(!s.given(key), s.where(), ".", key,
              " has no effect, the model takes no weather; remove it or choose another model");
    if (s.given("none")) s.section("none", none);
    kind = Kind::none;
    return;
  }
  s.section("weather_generator", weather_generator).about("Generated weather; needs no files.");
  const bool all = !s.is_reading();  // an alternative that is not given has no required options
  if (all || s.given("sites")) s.section("sites", sites).about("Site files instead: one NetCDF time series per site.");
  if (all || s.given("netcdf")) s.section("netcdf", netcdf).about("Gridded NetCDF files instead.");
  if (all || s.given("none")) s.section("none", none).about("No weather, for models that take none (their default).");
  s.section("perturbations", perturbations).about("How the members' weather differs.");
  kind = Kind(only_one(s, sources, int(kind)));
  require(kind != Kind::none, s.where(), ".none: the model needs weather; give weather_generator, sites or netcdf");
}

void ParameterOptions::describe(Schema& s) {
  s.text("scope", scope)
      .one_of({"global", "pft", "column"})
      .about("One value for all, per plant functional type, or per column.");
  s.real("sd", sd).in(-1.0, 1e4).about("Prior standard deviation in unconstrained space; negative: the declared one.");
}

void InitialOptions::describe(Schema& s) {
  s.text("around", around)
      .one_of({"spinup", "nature"})
      .about("spinup: every member as it was spun up; nature: the start of the nature run, for twin experiments.");
  s.real("states_sd", states_sd)
      .in(0.0, 1e6)
      .about("around nature: standard deviation of the independent noise on every prognostic value.");
  s.text("file", file)
      .about("NetCDF file of the members instead: each prognostic variable over (point, member, layer).");
  if (!s.is_reading()) return;
  require(around == "nature" || states_sd == 0.0, s.where(), ".states_sd has no effect unless around: nature");
  require(file.empty() || around == "spinup", s.where(), ": give either file or around: nature");
}

void EnsembleOptions::describe(Schema& s) {
  s.integer("size", size).in(2, 10000).about("Number of members.");
  s.map("parameters", parameters).about("Parameters that differ between members but are not updated.");
  s.section("initial", initial).about("Where the members start.");
  s.section("failures", failures).about("Members that fail a step of the model.");
}

void ControlOptions::describe(Schema& s) {
  s.words("states", states)
      .about("State variables the analysis updates; empty: the model's own list; [none]: no states.");
  s.words("rank_histogram", rank_histogram)
      .about("States analysed as bounded rank histograms in physical units (methods with a probit regression).");
  s.map("parameters", parameters).about("Parameters that differ between members and are updated.");
}

void ObservationOptions::describe(Schema& s) {
  s.text("name", name).required().about("Name of the stream, in tables and files.");
  op.describe(s, "operator", observation_operators()).required().about("What is observed.");
  s.words("files", files).about("NetCDF files; {site} is replaced by the site name; wildcards allowed.");
  s.text("variable", variable).about("Variable in the files.");
  s.text("error_variable", error_variable)
      .about("Variable with the error standard deviation; else error_absolute and error_relative.");
  s.text("quality_variable", quality_variable).about("Variable with a quality measure, higher is better.");
  s.real("quality_minimum", quality_minimum).about("Observations below it are flagged.");
  s.reals("valid_range", valid_range).about("Two numbers; observations outside are flagged.");
  s.time_offset("time_shift", time_shift_s)
      .about("Added to the times of the files, for instance 7 hours from standard time at UTC-7 to UTC.");
  s.time("not_before", not_before).about("Earlier observations are not read.");
  s.time("not_after", not_after).about("Later observations are not read.");
  s.duration("average", average_s).about("Average finer observations over this interval before use; 0: as they are.");
  s.real("error_absolute", error_absolute)
      .in(-1.0, 1e9)
      .about("Error standard deviation, operator units; negative: the operator's default.");
  s.real("error_relative", error_relative)
      .in(-1.0, 1e3)
      .about("Share of the value; the larger of both counts. Negative: the operator's default.");
  s.real("half_width_km", half_width_km)
      .in(1.0, 20000.0)
      .units("km")
      .about("Half width of the Gaspari-Cohn taper; no effect beyond twice it.");
  s.real("reach_km", reach_km)
      .in(0.0, 2000.0)
      .units("km")
      .about("Farthest land point an observation may be compared with; 0: one cell size.");
  s.real("level", level)
      .in(-1e6, 1e6)
      .about(
          "Place within the column, e.g. a depth in m, for localisation by level; an observation's own level counts "
          "first.");
  s.flag("rank_histogram", rank_histogram)
      .about("The predictions are a bounded rank histogram within the operator's range, not a normal distribution.");
  s.real("background_check", background_check)
      .in(1.0, 100.0)
      .about("Flagged when the departure exceeds this many standard deviations.");
  s.real("parameter_weight", parameter_weight)
      .in(0.0, 100.0)
      .about("Weight in the update of per-PFT and global parameters and in the cost of a calibration; 0: none.");
  s.real("withhold_last", withhold_last)
      .in(0.0, 1.0)
      .about(
          "Share at the end of each place's record kept for verification; the streams of a place share the earliest "
          "split.");
  s.flag("assimilate", assimilate).about("false: predicted and scored only.");
  errors.describe(s);
  bias_correction.describe(s);
  bias.estimated = s.given("bias");
  if (bias.estimated || !s.is_reading())
    s.section("bias", bias).about("Bias of the stream as parameters `bias_<name>` in the control vector.");
  s.section("simulate", simulate).about("Sampling of an instrument; makes this a simulated stream (OSSE).");
  if (!s.is_reading()) return;
  require_name(s, "name", name);
  simulated = s.given("simulate");
  require(simulated || !files.empty(), s.where(), " (", name, "): give files, or simulate for an OSSE");
  require(!(simulated && !files.empty()), s.where(), " (", name, "): give files or simulate, not both");
  if (simulated) require_fit(s.where(), simulate.instrument, op.name, op.make()->traits().quantity);
  require(valid_range.empty() || (valid_range.size() == 2 && valid_range[0] < valid_range[1]), s.where(),
          ".valid_range must be two ascending numbers");
  require(!rank_histogram || errors.error.correlation_time_s == 0, s.where(), " (", name,
          "): rank_histogram needs the values as they are, error.correlation_time makes independent differences of "
          "them; keep one");
  require(error_absolute != 0.0 || error_relative > 0.0, s.where(),
          ".error_absolute = 0, must be positive; leave it out for the default");
}

void AnalysisOptions::describe(Schema& s) {
  method.describe(s, "method").about("Analysis method.");
  if (s.is_reading() && method.name == "etkf") localisation.taper = "none";
  s.section("localisation", localisation).about("Which observations may move what, and how far.");
  require(!s.is_reading() || method.name != "etkf" || localisation.taper == "none", s.where(),
          ".localisation.taper: the etkf has none; leave it out, or use letkf");
  s.section("inflation", inflation).about("How ensemble spread is kept.");
  s.text("shared_parameters", shared_parameters)
      .one_of({"statistics", "together"})
      .about(
          "Per-PFT and global parameters. statistics: from sums over all observations, by the method or (whole-field "
          "methods) the letkf; together: in the same minimisation as the columns (4denvar), for ensembles much larger "
          "than the number of parameters of a column.");
  s.real("parameter_information", parameter_information)
      .in(0.0, 1.0)
      .about(
          "Share of the observations' information that counts for per-PFT and global parameters: what is left of their "
          "errors after regression on the parameters is correlated in space, in time and between streams.");
  s.real("parameter_relaxation", parameter_relaxation)
      .in(0.0, 1.0)
      .about("Relaxation of parameter spread to its prior (RTPS).");
  s.real("parameter_floor", parameter_floor)
      .in(0.0, 1.0)
      .about("Parameter spread never falls below this share of the initial one.");
  require(!s.is_reading() || shared_parameters != "together" || takes_shared_rows(method), s.where(),
          ".shared_parameters: together has no effect with the method '", method.name, "'; use 4denvar, or statistics");
}

void SpinupOptions::describe(Schema& s) {
  s.text("restart", restart).about("Start from this restart file instead of spinning up.");
  s.integer("cycle_years", cycle_years).in(1, 20).about("Years of weather repeated until equilibrium.");
  s.duration("warmup", warmup_s)
      .in(0.0, 36500.0 * seconds_per_day)
      .about("Run with perturbed weather before the start, so that members differ in their weather too.");
}

void TrueValue::describe(Schema& s) { s.real("value", value).required().about("Its true value, physical units."); }

void NatureOptions::describe(Schema& s) {
  s.integer("seed", seed).in(0, 9e15).about("Draw of the true parameters and weather perturbation.");
  s.map("parameters", parameters)
      .about("True values instead of drawn ones; of parameters that differ between members, or any others.");
  other_model = s.given("model"), other_forcing = s.given("forcing");
  const char* other_tier = "Model of the nature run, for a fraternal twin; its options as in `model`.";
  const char* other_weather =
      "Weather of the nature run, for a fraternal twin: what differs from `forcing`, options as there.";
  if (s.is_reading()) {
    if (other_model) model.describe(s, "model", land_models()).about(other_tier);
    forcing.needed = !model.make || model.make()->traits().needs_forcing;
    if (other_forcing) s.section("forcing", forcing).about(other_weather);
    return;
  }
  std::vector<std::string> names;
  for (const auto& entry : land_models()) names.push_back(entry.first);
  std::string none;
  NoOptions as_there;
  s.alternative("model", names, none, [](std::size_t, Schema&) {}).about(other_tier);
  s.section("forcing", as_there).about(other_weather);
}

void OutputOptions::describe(Schema& s) {
  s.integer("checkpoint_every", checkpoint_every).in(1, 100000).about("Windows between checkpoints.");
  s.integer("checkpoint_keep", checkpoint_keep).in(1, 1000).about("Checkpoints kept.");
  s.section_or_false("products", products.on, products).about("Gridded means of the state and its fluxes.");
  s.flag("steps", steps)
      .about("Write the fluxes of every step of a model with several a day (mean of the members); for lists of sites.");
  s.flag("feedback", feedback).about("Write one row per observation and window.");
  s.flag("feedback_members", feedback_members).about("Feedback with every member's prediction.");
  s.section("hints", hints).about("How parallel files are laid out and written; values never depend on it.");
}

}  // namespace tilth
