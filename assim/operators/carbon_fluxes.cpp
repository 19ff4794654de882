#include "assim/operators/registered.hpp"
#include "assim/operators/tower_flux.hpp"

namespace tilth {
namespace {

/// Gross primary production.
class GrossPrimaryProduction final : public TowerFlux {
 public:
  using Options = FootprintOptions;
  explicit GrossPrimaryProduction(Options options)
      : TowerFlux({.quantity = "gross primary production, carbon",
                   .standard_name = "gross_primary_productivity_of_biomass_expressed_as_carbon",
                   .units = "g m-2 d-1",
                   .needs = {"gpp"},
                   .parameters = {},
                   .valid_lower = -5.0,  // partitioned tower data scatter about zero
                   .valid_upper = 40.0,
                   .within_day = 4.0,  // half an hour of a crop at noon
                   .error_absolute = 1.0,
                   .error_relative = 0.2,
                   .daily_mean = true,
                   .optional = {"step_gpp"}},
                  std::move(options)) {}
};

/// Net ecosystem exchange, positive to the atmosphere.
class NetEcosystemExchange final : public TowerFlux {
 public:
  using Options = FootprintOptions;
  explicit NetEcosystemExchange(Options options)
      : TowerFlux({.quantity = "net ecosystem exchange, carbon, positive to the atmosphere",
                   .standard_name = "",
                   .units = "g m-2 d-1",
                   .needs = {"nee"},
                   .parameters = {},
                   .valid_lower = -40.0,
                   .valid_upper = 40.0,
                   .within_day = 4.0,
                   .error_absolute = 0.8,
                   .error_relative = 0.0,
                   .daily_mean = true,
                   .optional = {"step_nee"}},
                  std::move(options)) {}
};

/// Respiration of plants and soil.
class EcosystemRespiration final : public TowerFlux {
 public:
  using Options = FootprintOptions;
  explicit EcosystemRespiration(Options options)
      : TowerFlux({.quantity = "ecosystem respiration, carbon, positive to the atmosphere",
                   .standard_name = "",
                   .units = "g m-2 d-1",
                   .needs = {"autotrophic_respiration", "heterotrophic_respiration"},
                   .parameters = {},
                   .valid_lower = -5.0,
                   .valid_upper = 40.0,
                   .within_day = 4.0,
                   .error_absolute = 1.0,
                   .error_relative = 0.2,
                   .daily_mean = true,
                   .optional = {"step_autotrophic_respiration", "step_heterotrophic_respiration"}},
                  std::move(options)) {}
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> gpp =
    plugin<ObservationOperator, GrossPrimaryProduction>("gross primary production at a tower or of the cell");
const Plugin<ObservationOperator> nee =
    plugin<ObservationOperator, NetEcosystemExchange>("net ecosystem exchange at a tower or of the cell");
const Plugin<ObservationOperator> reco =
    plugin<ObservationOperator, EcosystemRespiration>("ecosystem respiration at a tower or of the cell");
}  // namespace operators

}  // namespace tilth
