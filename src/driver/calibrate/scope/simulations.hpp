#pragma once

#include <string>
#include <vector>

#include "driver/calibrate/calibrate.hpp"
#include "driver/calibrate/model_runs.hpp"
#include "driver/calibrate/scope/scope_parameters.hpp"

namespace tilth {

/// Parameters of a site, for files of simulations.
struct SimulatedSite {
  int site = 0;
  bool held_out = false;        ///< parameters come from other sites: spatial validation
  calibration::Vector z;        ///< the best
  calibration::Matrix members;  ///< draws from what is uncertain of it, one per row
  calibration::Vector z_sd;     ///< of the posterior
};

/// Draws from the posterior by curvature of a site's calibration, within its bounds.
SimulatedSite calibrated_site(const SiteRuns& runs, const ScopeSites& sites, int site, int members, std::uint64_t seed);
/// A held-out site with the parameters of networks: each network is a draw.
SimulatedSite predicted_site(const SiteRuns& runs, const ScopeSites& sites, const LearnedMaps& maps, int site);

/// A site of a calibration without scopes; draws from the sample of the search, else from the posterior by curvature.
SimulatedSite fitted_site(const SiteRuns& runs, const ProblemResult& fit, int site, int members, std::uint64_t seed);

/// Writes two files of daily series per site and kind, named and laid out like the template of CalLMIP phase 1:
/// Tilth.<version>_<phase>_<scenario>_<site>_<Cal|Val>_<Prior|Posterior>.nc, with the outputs of the model and the
/// streams that are none of them; the posterior's hold the spread of the members as <name>_post_unc; parameters of both
/// beside them. Sites are dealt to ranks. Collective.
void write_simulations(const Comm& comm, const ModelRuns& runs, const std::string& folder,
                       const SimulationOptions& options, const std::vector<SimulatedSite>& sites);

}  // namespace tilth
