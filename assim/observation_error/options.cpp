#include "assim/observation_error/options.hpp"

#include "core/base/error.hpp"

namespace tilth {

void ErrorOptions::describe(Schema& s) {
  s.duration("correlation_time", correlation_time_s)
      .about("Errors at one place are an AR(1) sequence in time with this e-folding time; 0: independent.");
  s.real("correlation", correlation)
      .in(0.0, 1.0)
      .about(
          "Correlation between the errors of observations that are averaged (average, superob); 1: averaging does not "
          "reduce the error.");
  s.real("representativeness", representativeness)
      .in(0.0, 1e6)
      .about(
          "Sub-grid standard deviation, operator units: of averages over the smaller of footprint and cell. Its share "
          "sqrt(1 - smaller area / larger area) adds to the error in squares.");
  s.real("footprint_km", footprint_km)
      .in(0.0, 5000.0)
      .units("km")
      .about("Side of the square an observation averages over; 0: a point, representativeness counts in full.");
  if (!s.is_reading()) return;
  require(correlation_time_s >= 0, s.where(), ".correlation_time must not be negative; 0 for independent errors");
  require(representativeness > 0.0 || !s.given("footprint_km"), s.where(),
          ".footprint_km has no effect without representativeness; give both or neither");
}

void RobustOptions::describe(Schema& s) {
  s.text("robust", robust)
      .one_of({"none", "huber", "varqc"})
      .about("Weigh down large departures: Huber's norm, or variational quality control (Gaussian plus flat).");
  s.real("threshold", threshold)
      .in(0.1, 100.0)
      .about("Departure, in units of sqrt(spread^2 + error^2), where the weight starts to fall.");
  if (!s.is_reading()) return;
  require(robust != "none" || !s.given("threshold"), s.where(),
          ".threshold has no effect with robust: none; choose huber or varqc, or remove it");
}

void BoxOptions::describe(Schema& s) {
  s.real("cell_km", cell_km)
      .in(0.0, 5000.0)
      .units("km")
      .about("Side of a box within the column; 0: the whole column is one box.");
  s.duration("interval", interval_s).about("Length of a box in time, counted from 1970; 0: the whole window.");
  require(!s.is_reading() || interval_s >= 0, s.where(), ".interval must not be negative; 0 for the whole window");
}

void ObsErrorOptions::describe(Schema& s) {
  s.section("error", error).about("Correlation and representativeness of the errors.");
  s.section("qc", qc).about("Robust weights.");
  s.section("superob", superob)
      .about(
          "The analysis sees the mean of the observations in a box as one; given: on, {}: one per column and window.");
  s.section("thinning", thinning)
      .about("One observation per box is used, the closest to its middle time; the others are flagged. Given: on.");
  superobs = s.given("superob");
  thins = s.given("thinning");
  if (!s.is_reading()) return;
  require(!superobs || superob.cell_km == 0.0 || error.correlation_time_s == 0, s.where(),
          ": superob.cell_km makes several observations of a column at one time, error.correlation_time needs one; "
          "leave out cell_km");
}

}  // namespace tilth
