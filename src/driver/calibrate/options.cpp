#include "driver/calibrate/options.hpp"

#include "core/base/error.hpp"

namespace tilth {

void CorrelationOptions::describe(Schema& s) {
  s.words("between", between).required().about("Two parameters.");
  s.real("value", value).in(-0.999, 0.999).required().about("Their correlation under the prior.");
  require(!s.is_reading() || (between.size() == 2 && between[0] != between[1]), s.where(),
          ".between: must name two different parameters");
}

void TwinValue::describe(Schema& s) {
  s.real("z", z).in(-10.0, 10.0).required().about("Distance of the true value from the default, in prior sd.");
}

void TwinOptions::describe(Schema& s) {
  s.map("parameters", parameters).about("True values; others are at their default, or drawn.");
  s.flag("drawn", drawn).about("Draws the true values of parameters that are not given from the prior.");
  s.flag("of_features", of_features)
      .about(
          "True values are smooth functions of `calibration.features`, drawn by `seed`; others of this list do not "
          "count.");
  s.flag("noise", noise).about("Adds errors to the observations.");
  s.integer("seed", seed).in(0, 9e15).about("Draw of true values and errors.");
}

namespace {

std::vector<std::pair<Time, Time>> spans_of(const Schema& s, const std::vector<std::string>& words) {
  require(words.size() % 2 == 0, s.where(), ".training: ", words.size(),
          " times, must be pairs of start and end, e.g. [2004-01-01, 2008-01-01]");
  std::vector<std::pair<Time, Time>> out;
  for (std::size_t i = 0; i < words.size(); i += 2) {
    out.emplace_back(parse_time(words[i]), parse_time(words[i + 1]));
    require(out.back().first < out.back().second, s.where(), ".training: ", words[i + 1], " is not after ", words[i]);
  }
  return out;
}

}  // namespace

void CalibrationOptions::describe(Schema& s) {
  s.about("Parameters of `control.parameters` that fit the observations best (`tilth calibrate`).");
  method.describe(s, "method", calibration_methods()).about("How they are searched.");
  s.text("scope", scope)
      .one_of({"site", "pft", "global"})
      .about("Who shares parameters: each site has its own, sites of a dominant type, all.");
  s.text("start", start)
      .one_of({"once", "each"})
      .about("Equilibrium with the default parameters once per site, or with each set of parameters.");
  s.duration("warmup", warmup_s)
      .in(0.0, 36500.0 * double(seconds_per_day))
      .about("Run with a set's own parameters before the period; whole days.");
  s.real("bounds_sd", bounds_sd).in(0.1, 20.0).about("Half width of the search in prior sd, within physical bounds.");
  s.flag("background", background).about("The prior is a term of the cost; an ensemble method has it in any case.");
  s.list("correlations", correlations).about("Between parameters under the prior; none: independent.");
  s.words("training", training_words)
      .about("Pairs of times, start and end: observations outside validate. Empty: all that is not withheld trains.");
  s.text("parameter_table", parameter_table)
      .about("CSV with name, pft, site, value (parameters.csv of a run): other defaults than the model's.");
  s.real("equifinality", equifinality).in(0.0, 1e9).about("Optima within this of the least cost count as as good.");
  s.real("difference_step", difference_step)
      .in(1e-6, 1.0)
      .about("In prior sd: step of the curvature where there are no exact derivatives.");
  scopes.describe(s);
  twins = s.given("twin");
  if (twins || !s.is_reading()) s.section("twin", twin).about("Observations of a known truth in place of real values.");
  if (!s.is_reading()) return;
  require(warmup_s % seconds_per_day == 0, s.where(), ".warmup = ", format_duration(warmup_s), ", must be whole days");
  training = spans_of(s, training_words);
}

}  // namespace tilth
