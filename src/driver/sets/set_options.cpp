#include "driver/sets/set_options.hpp"

#include "core/base/error.hpp"

namespace tilth {

void SetMember::describe(Schema& s) {
  s.words("without", without).about("Streams that are withheld: predicted and scored, not assimilated.");
  s.words("only", only).about("The streams that are assimilated; all others are withheld.");
  s.assignments("set", set)
      .about(
          "Options that differ, such as {observations.sif.error_absolute: 0.05, analysis.inflation.rtps: 0}; a stream "
          "goes "
          "by its name. Only what nature run, observations, start and open loop do not depend on.");
  require(without.empty() || only.empty(), s.where(), " (", s.path(), "): give without or only, not both");
}

void ImpactOptions::describe(Schema& s) {
  s.flag("efso", efso)
      .about(
          "Forecast sensitivity to observations (Kalnay et al. 2012): a second forecast of every window it looks at.");
  s.integer("lead", lead)
      .in(1, 1000)
      .units("windows")
      .about("Windows from an analysis to the forecast it is judged by.");
  s.integer("every", every).in(1, 100000).about("Windows between the analyses that are judged; 1: all.");
  s.integer("from_window", from_window).in(0, 1000000).about("Windows before this one are not counted.");
  s.flag("shared_parameters", shared_parameters)
      .about(
          "Follow the update of per-PFT and global parameters too, by a further forecast in which they do not differ; "
          "false: the forecast is taken to depend on them as on the column's own rows.");
  s.text("reference", reference)
      .one_of({"best", "nature", "analysis", "withheld"})
      .about(
          "What a forecast is compared with: the nature run, the later analysis, or withheld observations; best: "
          "nature "
          "if there is one, else withheld observations if there are any, else the analysis.");
  s.text("norm", norm)
      .one_of({"open_loop", "climatology"})
      .about(
          "Unit of the error of each variable: mean variance of the open loop's members, or variance in time of the "
          "reference run.");
  s.words("variables", variables).about("Products in the norm; empty: all.");
  s.words("experiments", experiments).about("Experiments of a set that compute it; empty: the first. [all]: all.");
}

}  // namespace tilth
