#pragma once

#include <string>
#include <vector>

#include "assim/field/envar_operator.hpp"
#include "assim/field/observation_term.hpp"

namespace tilth {

/// `analysis.method.4denvar.static`
struct StaticOptions {
  double weight = 0.0, half_width_km = -1.0;
  std::vector<StaticPart> parts;
  void describe(Schema& s);
};

/// `analysis.method.4denvar`
struct EnvarOptions {
  std::string localisation = "gaspari_cohn", posterior = "deterministic";
  double half_width_km = -1.0, ensemble_weight = 1.0;
  DiffusionOptions diffusion;
  StaticOptions fixed;
  ObservationTerm observation_term;
  SolveOptions solver;
  void describe(Schema& s);
};

}  // namespace tilth
