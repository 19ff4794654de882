#include "assim/iterative/tempering.hpp"

#include <cmath>

namespace tilth {

void TemperedUpdate::describe(Schema& s) {
  Registry<AnalysisMethod> exact;
  for (const auto& entry : analysis_methods())
    if (entry.first == "letkf" || entry.first == "estkf" || entry.first == "enkf") exact.push_back(entry);
  choice.describe(s, "update", exact)
      .about("Analysis of one step: deterministic (letkf, estkf) or with perturbed observations (enkf).");
}

ObsGram with_error_factor(const ObsGram& gram, double alpha) {
  ObsGram out = gram;
  for (double& x : out.YtRY) x /= alpha;
  for (double& x : out.YtRd) x /= alpha;
  out.dtRd /= alpha;
  for (double& x : out.YtRE) x /= std::sqrt(alpha);  // the perturbations grow by sqrt(alpha)
  return out;
}

}  // namespace tilth
