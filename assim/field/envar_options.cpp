#include "assim/field/envar_options.hpp"

namespace tilth {

void StaticOptions::describe(Schema& s) {
  s.real("weight", weight).in(0.0, 10.0).about("Factor on the static standard deviations; 0: no static covariance.");
  s.real("half_width_km", half_width_km)
      .units("km")
      .about("Half width of its correlation; negative: of the ensemble's.");
  s.list("parts", parts).about("Rows with a static background error.");
}

void EnvarOptions::describe(Schema& s) {
  s.text("localisation", localisation)
      .one_of({"gaspari_cohn", "diffusion"})
      .about("gaspari_cohn: exact factor, for some thousands of columns; diffusion: implicit diffusion, any number.");
  s.real("half_width_km", half_width_km)
      .units("km")
      .about("Half width of the localisation of the ensemble covariance; negative: the largest of the streams.");
  s.section("diffusion", diffusion).about("The diffusion operator.");
  s.real("ensemble_weight", ensemble_weight).in(0.0, 10.0).about("Factor on the ensemble anomalies.");
  s.section("static", fixed).about("Hybrid: a static covariance is added to that of the ensemble.");
  s.section("observation_term", observation_term).about("What a departure costs.");
  s.text("posterior", posterior)
      .one_of({"deterministic", "perturbed"})
      .about(
          "deterministic: anomalies by the letkf with the same tapers, about the variational mean; perturbed: one "
          "minimisation per member with perturbed observations.");
  s.section("solver", solver).about("The minimisation.");
}

}  // namespace tilth
