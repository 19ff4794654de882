#include "assim/operators/registered.hpp"
#include "assim/operators/tile_operator.hpp"

namespace tilth {
namespace {

/// Dry mass of wood above ground and leaves of the cell (MODEL 6.9).
class AboveGroundBiomass final : public TileOperator<AboveGroundBiomass> {
 public:
  struct Options {
    double wood_share = 0.75, carbon_content = 0.47;
    bool leaves = true;
    void describe(Schema& s) {
      s.real("wood_share", wood_share).in(0.3, 1.0).about("Share of wood that stands above ground.");
      s.real("carbon_content", carbon_content).in(0.4, 0.6).about("Carbon per dry mass.");
      s.flag("leaves", leaves).about("Leaves count.");
    }
  };
  explicit AboveGroundBiomass(Options options)
      : TileOperator({.quantity = "above-ground biomass, dry matter",
                      .standard_name = "",
                      .units = "Mg ha-1",
                      .needs = {"carbon_wood", "carbon_leaf"},
                      .parameters = {},
                      .valid_lower = 0.0,
                      .valid_upper = 1500.0,
                      .error_absolute = 5.0,
                      .error_relative = 0.2,
                      .daily_mean = true}),
        options_(options) {}

  auto observer(const ObservedColumn&) const {
    return [this]<class T>(const MemberView<T>& m) -> T {
      const double leaf_share = options_.leaves ? 1.0 : 0.0;
      return m.mean([&](int t) { return options_.wood_share * m.value(t, wood) + leaf_share * m.value(t, leaf); }) *
             (mg_per_ha / options_.carbon_content);
    };
  }

 private:
  enum Need { wood, leaf };
  static constexpr double mg_per_ha = 0.01;  // per g m-2
  Options options_;
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> above_ground_biomass =
    plugin<ObservationOperator, AboveGroundBiomass>("dry mass above ground: wood and leaves of the cell");
}  // namespace operators

}  // namespace tilth
