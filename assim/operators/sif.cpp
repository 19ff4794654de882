#include <algorithm>
#include <numbers>

#include "assim/operators/reflectance.hpp"
#include "assim/operators/registered.hpp"
#include "assim/operators/tiles.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {
namespace {

constexpr double umol_per_mol_and_day = 1e6 / 86400.0;  // mol m-2 d-1 -> umol m-2 s-1
constexpr double photon_energy_740 = 0.1617;            // J umol-1 at 740 nm
constexpr double default_scale = 0.010;                 // nm-1: share of emitted photons per nm at 740 nm
constexpr double escape_lower = 0.05, escape_upper = 0.95, smallest_fapar = 1e-3;
constexpr double milliwatt_per_watt = 1e3;

/// Sun-induced chlorophyll fluorescence at 740 nm seen from above, mW m-2 sr-1 nm-1 (MODEL 6.3).
///
/// F = APAR phi_F sif_scale E_740 f_esc / pi, summed over tiles; escape of photons f_esc = NIRv / FAPAR (Zeng et al.
/// 2019).
class Fluorescence final : public ObservationOperator {
 public:
  struct Options : ReflectanceOptions {
    double overpass_factor = 1.0, snow_cover_limit = 0.3;
    void describe(Schema& s) {
      s.real("overpass_factor", overpass_factor)
          .in(0.5, 10.0)
          .about("Light at the overpass over its daily mean: 1 for products corrected to daily means.");
      s.real("snow_cover_limit", snow_cover_limit)
          .in(0.0, 1.0)
          .about("Snow cover above which the observation is flagged (qc_snow) and not used.");
      ReflectanceOptions::describe(s);
    }
  };
  explicit Fluorescence(Options options) : options_(options) {
    traits_.needs = TileReflectance::needs;
    traits_.needs.insert(traits_.needs.end(), {"apar", "fapar", "sif_yield"});
    traits_.parameters = TileReflectance::parameters;
    traits_.parameters.push_back("sif_scale");
  }
  const OperatorTraits& traits() const override { return traits_; }

  std::uint32_t predict(const ObservedColumn& seen, std::span<double> hx) const override {
    std::fill(hx.begin(), hx.end(), 0.0);
    for (int t = 0; t < seen.column.tiles(); ++t)
      if (seen.point.surface.tiles[t].pft != 0) add_tile(seen, t, hx);
    return flag_above(seen, "snow_cover_fraction", options_.snow_cover_limit, qc_snow);
  }

 private:
  void add_tile(const ObservedColumn& seen, int t, std::span<double> hx) const {
    const int count = int(traits_.parameters.size());
    const TileReflectance reflectance(options_, seen, t, count);
    const MemberValue scale{parameter_of(seen, t, count - 1, count), default_scale};
    const double* apar = seen.column.row(t, seen.layout.row("apar"));
    const double* fapar = seen.column.row(t, seen.layout.row("fapar"));
    const double* yield = seen.column.row(t, seen.layout.row("sif_yield"));
    const double factor = seen.point.surface.tiles[t].fraction * options_.overpass_factor * umol_per_mol_and_day *
                          photon_energy_740 * milliwatt_per_watt / std::numbers::pi;
    for (std::size_t k = 0; k < hx.size(); ++k) {
      const Reflectance r = reflectance.of(k);
      const double nirv = vegetation_index(r) * r.nir;
      const double escape = std::clamp(nirv / std::max(fapar[k], smallest_fapar), escape_lower, escape_upper);
      hx[k] += factor * apar[k] * yield[k] * scale[k] * escape;
    }
  }
  Options options_;
  OperatorTraits traits_{.quantity = "sun-induced chlorophyll fluorescence at 740 nm",
                         .standard_name = "",
                         .units = "mW m-2 sr-1 nm-1",
                         .needs = {},
                         .parameters = {},
                         .valid_lower = -3.0,  // retrieval noise scatters about zero
                         .valid_upper = 10.0,
                         .error_absolute = 0.3,
                         .error_relative = 0.0,
                         .daily_mean = true};
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> sif = plugin<ObservationOperator, Fluorescence>(
    "sun-induced chlorophyll fluorescence at 740 nm; give it sif_scale in the control vector");
}  // namespace operators

}  // namespace tilth
