// Options of the places of a run: a generated raster, or sites.
#include <cmath>
#include <sstream>

#include "core/base/error.hpp"
#include "driver/experiment_options.hpp"
#include "driver/option_checks.hpp"

namespace tilth {

void GenerateGridOptions::describe(Schema& s) {
  s.real("resolution_deg", resolution_deg).in(0.5, 30.0).units("degree").about("Size of a cell.");
  s.real("west", west).in(-180.0, 180.0).units("degree_east").about("Western edge.");
  s.real("east", east).in(-180.0, 180.0).units("degree_east").about("Eastern edge.");
  s.real("south", south).in(-90.0, 90.0).units("degree_north").about("Southern edge.");
  s.real("north", north).in(-90.0, 90.0).units("degree_north").about("Northern edge.");
  s.real("land_fraction", land_fraction).in(0.01, 1.0).about("Cells with at least this share of land take part.");
  require(!s.is_reading() || (west < east && south < north), s.where(), ": the region is empty: west ", west, ", east ",
          east, ", south ", south, ", north ", north, "; west must be below east and south below north");
  s.flag("ice", ice).about("Keep cells covered by ice sheets (as bare ground).");
}

void SiteOptions::describe(Schema& s) {
  s.text("name", name).required().about("Site code; replaces {site} in file patterns.");
  s.real("lon", lon).in(-180.0, 180.0).required().units("degree_east").about("Longitude.");
  s.real("lat", lat).in(-90.0, 90.0).required().units("degree_north").about("Latitude.");
  s.real("elevation_m", surface.elevation_m).in(-500.0, 9000.0).units("m").about("Elevation above sea level.");
  s.words("cover", cover_words)
      .required()
      .about("Plant functional types and fractions, e.g. [EBM 0.9, DBS 0.1]; the rest is bare.");
  s.real("sand_percent", surface.sand_percent).in(0.0, 100.0).units("percent").about("Sand of the mineral soil.");
  s.real("clay_percent", surface.clay_percent).in(0.0, 100.0).units("percent").about("Clay of the mineral soil.");
  s.real("organic_fraction", surface.organic_fraction).in(0.0, 1.0).about("Organic share of the soil volume.");
  s.real("soil_depth_m", surface.soil_depth_m).in(0.1, 4.0).units("m").about("Depth to bedrock.");
  s.real("topographic_sd_m", surface.topographic_sd_m)
      .in(0.0, 5000.0)
      .units("m")
      .about("Sub-grid standard deviation of elevation.");
  s.real("canopy_height_m", surface.canopy_height_m)
      .in(-1.0, 60.0)
      .units("m")
      .about("Canopy height; -1 for the plant functional type's.");
  s.real("wind_height_m", surface.wind_height_m)
      .in(1.0, 100.0)
      .units("m")
      .about("Height of the wind and temperature sensors.");
  if (!s.is_reading()) return;
  require_name(s, "name", name);
  require(surface.sand_percent + surface.clay_percent <= 100.0, s.where(), ": more than 100 percent of sand and clay");
  cover.clear();
  double sum = 0.0;
  for (const std::string& word : cover_words) {
    std::istringstream in(word);
    std::string pft;
    double fraction = std::nan("");
    in >> pft >> fraction;
    require(pft_index(pft) >= 0 && fraction > 0.0 && fraction <= 1.0, s.where(), ".cover: '", word,
            "' is not a plant functional type and a fraction; write e.g. 'ENB 0.8'");
    cover.emplace_back(pft, fraction);
    sum += fraction;
  }
  require(sum <= 1.0 + 1e-9, s.where(), ".cover: the fractions add up to ", sum, ", must be at most 1");
}

}  // namespace tilth
