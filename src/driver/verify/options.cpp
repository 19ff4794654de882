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

void VerificationOptions::describe(Schema& s) {
  s.flag("open_loop", open_loop).about("Also run without assimilation and compare.");
  s.flag("states", states)
      .about("osse: score states and parameters at the end of every window against the nature run.");
  s.integer("from_window", from_window).in(0, 1000000).about("osse: windows before this one are not scored.");
  s.map("regions", regions)
      .about("Boxes to score besides global, northern (above 23.5 N), tropics and southern; a cell may be in several.");
  if (!s.is_reading()) return;
  for (const auto& [name, unused] : regions)
    for (const Region& known : standard_regions())
      require(name != known.name, s.where(), ".regions.", name, ": the name is taken by a region that always exists; ",
              "choose another");
}

}  // namespace tilth
