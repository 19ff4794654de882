#pragma once

#include <string>
#include <vector>

#include "driver/calibrate/scope/scope_parameters.hpp"
#include "driver/domain.hpp"

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

/// Writes two files of daily series per site and kind, named and laid out like the template of CalLMIP phase 1:
/// Tilth.<version>_<phase>_<scenario>_<site>_<Cal|Val>_<Prior|Posterior>.nc, with CMIP names and units for the streams
/// that have them; the posterior's hold the spread of the members as <name>_post_unc; parameters of both beside them.
/// `streams`: the domain's. Collective.
void write_simulations(RunPool& pool, const std::string& folder, std::span<const Stream> streams,
                       const SimulationOptions& options, const std::vector<SimulatedSite>& sites);

}  // namespace tilth
