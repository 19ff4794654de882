#include "driver/verify/options.hpp"

#include "core/base/error.hpp"
#include "driver/verify/regions.hpp"

namespace tilth {

void RegionOptions::describe(Schema& s) {
  s.real("west", west).in(-180.0, 360.0).units("degrees_east").about("Western edge, inclusive.");
  s.real("east", east)
      .in(-180.0, 360.0)
      .units("degrees_east")
      .about("Eastern edge, exclusive; less than west for a box across the date line.");
  s.real("south", south).in(-90.0, 90.0).units("degrees_north").about("Southern edge, exclusive but at the pole.");
  s.real("north", north).in(-90.0, 90.0).units("degrees_north").about("Northern edge, inclusive.");
  if (!s.is_reading()) return;
  require(south < north, s.where(), ".south = ", south, " is not below north = ", north, "; exchange them");
  require(west != east, s.where(), ".west = ", west, " equals east; the box is empty");
}

void EventOptions::describe(Schema& s) {
  s.real("below_percentile", below_percentile).in(0.0, 100.0).about("The truth is below this percentile of its cell.");
  s.real("above_percentile", above_percentile).in(0.0, 100.0).about("The truth is above this percentile of its cell.");
  s.real("below", below).about("The truth is below this value, in the units of the product.");
  s.real("above", above).about("The truth is above this value.");
  s.words("variables", variables).about("Products that the event is of; empty: all.");
  has_below = s.given("below");
  has_above = s.given("above");
  const int rules = int(below_percentile >= 0.0) + int(above_percentile >= 0.0) + int(has_below) + int(has_above);
  require(!s.is_reading() || rules == 1, s.where(), " has ", rules,
          " limits; give one of below_percentile, above_percentile, below, above");
}

void BootstrapOptions::describe(Schema& s) {
  s.integer("replicates", replicates).in(0, 100000).about("Times the records are drawn anew; 0: no intervals.");
  s.duration("block", block_s).about("Length of the blocks; 0: from the autocorrelation of the errors (Wilks 1997).");
  s.real("confidence", confidence).in(0.5, 0.999).about("Share of the replicates inside low and high.");
}

void ForecastOptions::describe(Schema& s) {
  s.integer("lead", lead).in(1, 1000).units("windows").about("Windows that a forecast goes on for.");
  s.integer("every", every).in(1, 100000).about("Windows between the analyses that forecasts go out from; 1: all.");
  s.words("experiments", experiments).about("Experiments of a set whose analyses do; empty: all.");
}

void VerificationOptions::describe(Schema& s) {
  s.flag("open_loop", open_loop).about("Also run without assimilation and compare.");
  s.flag("states", states)
      .about("osse: score states and parameters at the end of every window against the nature run.");
  s.integer("from_window", from_window).in(0, 1000000).about("Windows before this one are not scored.");
  s.words("references", references)
      .one_of({"nature", "withheld", "forthcoming"})
      .about(
          "What is scored against: the nature run; observations that were not assimilated, also by tower; all "
          "observations, before the analysis that may use them.");
  s.text("towers", towers)
      .about(
          "Stations (csv with name, lat, lon) whose withheld observations are scored one by one, as sites of the grid "
          "are; empty: those of simulated networks.");
  s.map("regions", regions)
      .about("Boxes to score besides global, northern (above 23.5 N), tropics and southern; a cell may be in several.");
  s.map("events", events).about("What ROC and reliability are of; needs output.products.members.");
  s.section("bootstrap", bootstrap).about("Confidence intervals by moving blocks of records.");
  s.integer("harmonics", harmonics)
      .in(0, 4)
      .about("Harmonics of the year in the climatology of each cell; 0, and less than a year of records: its mean.");
  s.section_or_false("forecasts", forecasts.on, forecasts)
      .about("Ensemble forecasts from the analyses, without assimilation, scored by lead time.");
  if (!s.is_reading()) return;
  for (const auto& [name, unused] : regions)
    for (const Region& known : standard_regions())
      require(name != known.name, s.where(), ".regions.", name, ": the name is taken by a region that always exists; ",
              "choose another");
}

}  // namespace tilth
