#include "assim/operators/registered.hpp"
#include "assim/operators/tiles.hpp"

namespace tilth {
namespace {

/// Carbon flux of the whole cell: the tiles' daily sums weighted by fraction.
class CarbonFlux : public ObservationOperator {
 public:
  struct Options {
    void describe(Schema&) {}
  };
  const OperatorTraits& traits() const final { return traits_; }
  std::uint32_t predict(const ObservedColumn& seen, std::span<double> hx) const final {
    mix_tiles(seen, traits_.needs[0], hx);
    return 0;
  }

 protected:
  explicit CarbonFlux(OperatorTraits traits) : traits_(std::move(traits)) {}

 private:
  OperatorTraits traits_;
};

/// Gross primary production.
class GrossPrimaryProduction final : public CarbonFlux {
 public:
  explicit GrossPrimaryProduction(Options)
      : CarbonFlux({.quantity = "gross primary production, carbon",
                    .standard_name = "gross_primary_productivity_of_biomass_expressed_as_carbon",
                    .units = "g m-2 d-1",
                    .needs = {"gpp"},
                    .parameters = {},
                    .valid_lower = -5.0,  // partitioned tower data scatter about zero
                    .valid_upper = 40.0,
                    .error_absolute = 1.0,
                    .error_relative = 0.2,
                    .daily_mean = true}) {}
};

/// Net ecosystem exchange, positive to the atmosphere.
class NetEcosystemExchange final : public CarbonFlux {
 public:
  explicit NetEcosystemExchange(Options)
      : CarbonFlux({.quantity = "net ecosystem exchange, carbon, positive to the atmosphere",
                    .standard_name = "",
                    .units = "g m-2 d-1",
                    .needs = {"nee"},
                    .parameters = {},
                    .valid_lower = -40.0,
                    .valid_upper = 40.0,
                    .error_absolute = 0.8,
                    .error_relative = 0.0,
                    .daily_mean = true}) {}
};

/// Latent heat flux, positive to the atmosphere.
class LatentHeatFlux final : public ObservationOperator {
 public:
  struct Options {
    double closure_factor = 1.0;
    void describe(Schema& s) {
      s.real("closure_factor", closure_factor)
          .in(0.8, 2.0)
          .about(
              "Flux that closes the tower's energy balance over flux measured: 1 for corrected data, about 1.15 else.");
    }
  };
  explicit LatentHeatFlux(Options options) : options_(options) {}
  const OperatorTraits& traits() const override { return traits_; }
  std::uint32_t predict(const ObservedColumn& seen, std::span<double> hx) const override {
    mix_tiles(seen, "latent_heat_flux", hx);
    for (double& value : hx) value /= options_.closure_factor;
    return 0;
  }

 private:
  Options options_;
  OperatorTraits traits_{.quantity = "latent heat flux, positive to the atmosphere",
                         .standard_name = "surface_upward_latent_heat_flux",
                         .units = "W m-2",
                         .needs = {"latent_heat_flux"},
                         .parameters = {},
                         .valid_lower = -100.0,
                         .valid_upper = 600.0,
                         .error_absolute = 10.0,
                         .error_relative = 0.1,
                         .daily_mean = true};
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> gpp =
    plugin<ObservationOperator, GrossPrimaryProduction>("gross primary production of the cell, daily");
const Plugin<ObservationOperator> nee =
    plugin<ObservationOperator, NetEcosystemExchange>("net ecosystem exchange of the cell, daily");
const Plugin<ObservationOperator> latent_heat_flux =
    plugin<ObservationOperator, LatentHeatFlux>("latent heat flux of the cell, daily mean");
}  // namespace operators

}  // namespace tilth
