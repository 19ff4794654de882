#include "driver/instrument/sampling_options.hpp"

#include <algorithm>
#include <array>

#include "core/base/error.hpp"

namespace tilth {

namespace {

const std::array<std::string, 5> kinds{"regular", "swath", "geostationary", "tracks", "towers"};

void describe_phase(Schema& s, double& phase) {
  s.real("phase", phase).in(0.0, 1.0).about("Shift of the ground track, as a share of the distance between tracks.");
}

}  // namespace

void SwathOptions::describe(Schema& s) {
  s.integer("repeat_days", repeat_days).in(1, 400).units("day").about("After which the ground track repeats.");
  s.integer("revolutions", revolutions).in(10, 8000).about("In that time; sets the altitude.");
  s.real("local_time", local_time_h).in(0.0, 24.0).units("h").about("Mean local solar time of the equator crossing.");
  s.text("node", node).one_of({"ascending", "descending"}).about("Which crossing, and which half of the orbit looks.");
  s.flag("both", both).about("The other half, 12 hours apart, looks too.");
  s.real("width_km", width_km).in(1.0, 4000.0).units("km").about("Of the swath.");
  s.real("gap_km", gap_km)
      .in(0.0, 3000.0)
      .units("km")
      .about("Unseen width around the track of a two-sided instrument.");
  s.real("incidence_deg", incidence_deg)
      .in(0.0, 75.0)
      .units("degree")
      .about("Fixed angle of view of a conical scan; without it the angle follows from the place in the swath.");
  s.real("view_limit_deg", view_limit_deg).in(1.0, 90.0).units("degree").about("Largest angle of view that is used.");
  describe_phase(s, phase);
  if (!s.is_reading()) return;
  require(gap_km < width_km, s.where(), ".gap_km = ", gap_km, ", must be less than width_km = ", width_km);
  const double a_day = double(revolutions) / repeat_days;
  require(a_day > 12.0 && a_day < 16.0, s.where(), ": ", revolutions, " revolutions in ", repeat_days, " days are ",
          a_day, " a day; satellites that look at the land make 12 to 16, e.g. 233 in 16 days");
}

void DiscOptions::describe(Schema& s) {
  s.reals("longitudes", longitudes)
      .in(-180.0, 180.0)
      .units("degree_east")
      .about("Of the satellites; a place is seen by the nearest.");
  s.duration("interval", interval_s).about("Between two looks; a part of a day.");
  s.duration("first", first_s).in(0.0, double(seconds_per_day)).about("First look of the UTC day.");
  s.real("view_limit_deg", view_limit_deg).in(1.0, 85.0).units("degree").about("Largest angle of view that is used.");
  if (!s.is_reading()) return;
  require(!longitudes.empty(), s.where(), ".longitudes is empty; name at least one satellite, e.g. [0]");
  require(interval_s >= 600 && seconds_per_day % interval_s == 0, s.where(),
          ".interval = ", format_duration(interval_s), ", must divide a day, at least 10 minutes");
  require(first_s < interval_s, s.where(), ".first = ", format_duration(first_s), ", must be less than the interval");
}

void TrackOptions::describe(Schema& s) {
  s.real("altitude_km", altitude_km).in(200.0, 1500.0).units("km").about("Of the orbit.");
  s.real("inclination_deg", inclination_deg).in(10.0, 120.0).units("degree").about("Of the orbit.");
  s.real("width_km", width_km).in(0.01, 200.0).units("km").about("Between the outer tracks.");
  s.integer("beams", beams).in(1, 1000).about("Parallel tracks.");
  s.real("spacing_m", spacing_m).in(1.0, 100000.0).units("m").about("Between the footprints of a track.");
  s.duration("composite", composite_s)
      .about("One observation per place and this time, of all passes together, at the last of them; 0: one per pass.");
  describe_phase(s, phase);
  require(!s.is_reading() || (composite_s >= 0 && composite_s % seconds_per_day == 0), s.where(),
          ".composite must be whole days, or 0");
}

void TowerOptions::describe(Schema& s) {
  s.text("file", file)
      .about("Table (csv) of stations with the columns name or site, lat, lon; without it a built-in list.");
  s.words("names", names).about("Only these of its stations; empty: all.");
  s.integer("every_days", every_days).in(1, 366).units("day").about("Between two daily means.");
}

SamplingOptions::Kind SamplingOptions::kind() const {
  return Kind(std::find(kinds.begin(), kinds.end(), name) - kinds.begin());
}

void SamplingOptions::describe(Schema& s) {
  s.alternative("sampling", kinds, name, [this](std::size_t kind, Schema& options) {
     switch (Kind(kind)) {
       case Kind::regular:
         options.about("Every cell at the interval 'every', neighbours on different days.");
         return regular.describe(options);
       case Kind::swath:
         options.about("Imager in a sun-synchronous orbit.");
         return swath.describe(options);
       case Kind::geostationary:
         options.about("Discs of satellites above the equator.");
         return geostationary.describe(options);
       case Kind::tracks:
         options.about("Lidar along parallel tracks.");
         return tracks.describe(options);
       case Kind::towers:
         options.about("Stations at their coordinates.");
         return towers.describe(options);
     }
   }).about("When and where the instrument looks.");
}

}  // namespace tilth
