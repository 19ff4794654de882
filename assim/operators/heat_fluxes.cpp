#include "assim/operators/registered.hpp"
#include "assim/operators/tower_flux.hpp"

namespace tilth {
namespace {

struct HeatFluxOptions : FootprintOptions {
  double closure_factor = 1.0;
  void describe(Schema& s) {
    s.real("closure_factor", closure_factor)
        .in(0.8, 2.0)
        .about(
            "Flux that closes the tower's energy balance over flux measured: 1 for corrected data, about 1.15 else.");
    FootprintOptions::describe(s);
  }
};

/// Latent heat flux, positive to the atmosphere.
class LatentHeatFlux final : public TowerFlux {
 public:
  using Options = HeatFluxOptions;
  explicit LatentHeatFlux(Options options)
      : TowerFlux({.quantity = "latent heat flux, positive to the atmosphere",
                   .standard_name = "surface_upward_latent_heat_flux",
                   .units = "W m-2",
                   .needs = {"latent_heat_flux"},
                   .parameters = {},
                   .valid_lower = -100.0,
                   .valid_upper = 600.0,
                   .within_day = 2.0,
                   .error_absolute = 10.0,
                   .error_relative = 0.1,
                   .daily_mean = true,
                   .optional = {"step_latent_heat_flux"}},
                  options, options.closure_factor) {}
};

/// Sensible heat flux, positive to the atmosphere.
class SensibleHeatFlux final : public TowerFlux {
 public:
  using Options = HeatFluxOptions;
  explicit SensibleHeatFlux(Options options)
      : TowerFlux({.quantity = "sensible heat flux, positive to the atmosphere",
                   .standard_name = "surface_upward_sensible_heat_flux",
                   .units = "W m-2",
                   .needs = {"sensible_heat_flux"},
                   .parameters = {},
                   .valid_lower = -250.0,
                   .valid_upper = 600.0,
                   .within_day = 2.0,
                   .error_absolute = 10.0,
                   .error_relative = 0.1,
                   .daily_mean = true,
                   .optional = {"step_sensible_heat_flux"}},
                  options, options.closure_factor) {}
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> latent_heat_flux =
    plugin<ObservationOperator, LatentHeatFlux>("latent heat flux at a tower or of the cell");
const Plugin<ObservationOperator> sensible_heat_flux =
    plugin<ObservationOperator, SensibleHeatFlux>("sensible heat flux at a tower or of the cell");
}  // namespace operators

}  // namespace tilth
