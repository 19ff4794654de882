#include "driver/instrument/simulate_options.hpp"

#include "core/base/error.hpp"
#include "driver/instrument/instruments.hpp"

namespace tilth {

namespace {

constexpr double least_correlation_km = 50.0;  // of a SphereLattice

void require_length(const Schema& s, const char* key, double km) {
  require(!s.is_reading() || km == 0.0 || km >= least_correlation_km, s.where(), ".", key, " = ", km,
          ", must be 0 (every place on its own) or at least ", least_correlation_km);
}

}  // namespace

void CloudOptions::describe(Schema& s) {
  s.real("correlation_km", correlation_km)
      .in(0.0, 5000.0)
      .units("km")
      .about("Size of patches of cloud, the same for all instruments of a run; 0: every cell on its own.");
  s.duration("persistence", persistence_s).about("How long they stay; 0: new every day.");
  require_length(s, "correlation_km", correlation_km);
  require(!s.is_reading() || are_patches() || persistence_s == 0, s.where(),
          ".persistence has no effect without correlation_km; give both");
}

void InstrumentErrors::describe(Schema& s) {
  const auto length = [&](const char* key, double& km, const char* about) {
    s.real(key, km).in(0.0, 5000.0).units("km").about(about);
    require_length(s, key, km);
  };
  s.real("bias", bias).in(-1e9, 1e9).about("Constant error, in the units of the operator.");
  s.real("bias_drift_per_year", bias_drift_per_year).in(-1e9, 1e9).about("Growth of the bias since the start.");
  s.real("bias_relative", bias_relative).in(-1.0, 10.0).about("Bias in proportion to the truth.");
  s.real("bias_sd", bias_sd).in(0.0, 1e9).about("Standard deviation of a bias that differs from place to place.");
  length("bias_correlation_km", bias_correlation_km, "Distance over which that is alike; 0: every place on its own.");
  s.real("error_scale", error_scale)
      .in(0.0, 100.0)
      .about("Random errors made over those stated in the file: 2 makes an experiment that believes too much.");
  length("correlation_km", correlation_km, "Distance over which random errors are alike; 0: every place on its own.");
  s.duration("correlation_time", correlation_time_s)
      .about("E-folding time of random errors; without it the error.correlation_time that the stream assumes.");
  s.real("error_sd", error_sd)
      .in(-1.0, 1e9)
      .about("Error standard deviation of one footprint; negative: the stream's error_absolute.");
  s.real("error_relative", error_relative).in(-1.0, 1e3).about("Share of the truth; the larger of both counts.");
  s.real("footprint_km", footprint_km)
      .in(0.0, 500.0)
      .units("km")
      .about(
          "Side of a footprint; a value is the mean of all in the cell, and its error in the file follows from their "
          "number. 0: a value stands for the cell, with the error of the stream.");
  s.real("footprint_correlation", footprint_correlation)
      .in(0.0, 1.0)
      .about("Correlation between the errors of the footprints of a cell; what averaging does not reduce.");
  s.real("representativeness", representativeness)
      .in(0.0, 1e6)
      .about("Standard deviation of footprints within a cell, for the part of the cell that is not seen.");
  s.real("representativeness_relative", representativeness_relative)
      .in(0.0, 1e3)
      .about("The same as a share of the truth; the larger of both counts.");
  s.real("landscape_km", landscape_km)
      .in(0.0, 500.0)
      .units("km")
      .about("Footprints closer than this are of the same piece of land; 0: each is its own.");
  if (!s.is_reading() || counts_footprints()) return;
  for (const char* key : {"error_sd", "error_relative", "footprint_correlation", "representativeness",
                          "representativeness_relative", "landscape_km"})
    require(!s.given(key), s.where(), ".", key,
            " has no effect without footprint_km; give it, or use the options of the stream itself");
}

void SimulateOptions::describe(Schema& s) {
  std::vector<std::string> names{"none"};
  for (const Instrument& i : instruments()) names.push_back(i.name);
  s.text("instrument", instrument).one_of(names).about("Values of a known instrument for all that follows.");
  if (const Instrument* known = find_instrument(instrument)) {
    const std::string name = instrument;
    *this = known->options;
    instrument = name;
  }
  sampling.describe(s);
  s.duration("every", every_s).about("Revisit time of regular sampling; whole days.");
  s.real("coverage", coverage).in(0.0, 1.0).about("Probability that a cell in view gives a good value.");
  s.real("cloud_sensitivity", cloud_sensitivity)
      .in(0.0, 1.0)
      .about("1: optical, seen with the probability of a clear sky; 0: sees through clouds.");
  s.real("view_zenith_deg", view_zenith_deg)
      .in(0.0, 75.0)
      .units("degree")
      .about(
          "Regular sampling: largest angle of view; every visit draws its own from 0 to there. Without it none is "
          "written.");
  s.section("clouds", clouds).about("Clouds in patches.");
  errors.describe(s);
  if (!s.is_reading()) return;
  require(every_s >= seconds_per_day && every_s % seconds_per_day == 0, s.where(), ".every must be whole days");
  require(sampling.name != "tracks" || sampling.tracks.composite_s == 0 || cloud_sensitivity == 0.0, s.where(),
          ".cloud_sensitivity = ", cloud_sensitivity,
          " has no effect on composites of several passes; set it to 0 and "
          "let coverage tell the share of good values, or set sampling.tracks.composite to 0 days");
  if (sampling.is_regular()) return;
  for (const char* key : {"every", "view_zenith_deg"})
    require(!s.given(key), s.where(), ".", key, " has no effect with sampling: ", sampling.name,
            "; remove it, or use sampling: regular");
}

}  // namespace tilth
