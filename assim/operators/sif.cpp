#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "assim/operators/reflectance.hpp"
#include "assim/operators/registered.hpp"
#include "assim/operators/snow_limit.hpp"

namespace tilth {
namespace {

constexpr double umol_per_mol_and_day = 1e6 / 86400.0;  // mol m-2 d-1 -> umol m-2 s-1
constexpr double default_scale = 0.010;                 // nm-1: share of emitted photons per nm at 740 nm
constexpr double escape_lower = 0.05, escape_upper = 0.95, smallest_fapar = 1e-3;
constexpr double milliwatt_per_watt = 1e3;

/// A wavelength at which fluorescence is retrieved.
struct Line {
  const char* wavelength_nm;
  double photon_energy;  ///< J umol-1
  double emission;       ///< share of photons per nm over that at 740 nm, after reabsorption within the leaf
  double error_relative;
  bool red;  ///< leaves absorb it: escape by the reflectance of red light
};
// 757: MODEL 6.3 (0.58 to 0.70). 687: leaves emit about half as much as at 740 (0.3 to 0.8, Buschmann 2007; Van
// Wittenberghe et al. 2013), hence the wide error.
constexpr std::array<Line, 3> lines = {
    {{"740", 0.1617, 1.0, 0.0, false}, {"757", 0.1580, 0.64, 0.1, false}, {"687", 0.1741, 0.5, 0.4, true}}};

const Line& line_of(const std::string& wavelength_nm) {
  return *std::find_if(lines.begin(), lines.end(), [&](const Line& l) { return wavelength_nm == l.wavelength_nm; });
}

/// Sun-induced chlorophyll fluorescence seen from above, mW m-2 sr-1 nm-1 (MODEL 6.3).
///
/// F = APAR phi_F sif_scale emission E f_esc / pi, summed over tiles. Escape of far-red photons: NIRv / FAPAR (Zeng et
/// al. 2019); of red ones NDVI x red / (FAPAR x albedo of leaves), the form for any wavelength of Yang & van der Tol
/// (2018).
class Fluorescence final : public TileOperator<Fluorescence> {
 public:
  struct Options : ReflectanceOptions {
    std::string wavelength_nm = "740";
    bool daily_corrected = false;
    double overpass_factor = std::nan(""), spectral_factor = std::nan("");
    SnowLimit snow;
    void describe(Schema& s) {
      s.text("wavelength_nm", wavelength_nm)
          .one_of({"740", "757", "687"})
          .about("Wavelength of the retrieval; no product is converted to another wavelength.");
      s.flag("daily_corrected", daily_corrected)
          .about(
              "The product is scaled from the overpass to the mean of the day by the cosine of the sun's zenith "
              "angle.");
      s.real("overpass_factor", overpass_factor)
          .in(0.5, 10.0)
          .about(
              "Light at the overpass over its daily mean, with rows of whole days: without it 1 for products corrected "
              "to "
              "daily means and observations without a time of day, else by the height of the sun.");
      s.real("spectral_factor", spectral_factor)
          .in(0.05, 2.0)
          .about("Photons per nm that leaves emit over those at 740 nm; without it 1, 0.64 (757) or 0.5 (687).");
      snow.describe(s);
      ReflectanceOptions::describe(s);
    }
  };
  explicit Fluorescence(Options options)
      : TileOperator({.quantity = "sun-induced chlorophyll fluorescence at " + options.wavelength_nm + " nm",
                      .standard_name = "",
                      .units = "mW m-2 sr-1 nm-1",
                      .needs = CanopyScene::needs,
                      .parameters = CanopyScene::parameters,
                      .valid_lower = -3.0,  // retrieval noise scatters about zero
                      .valid_upper = 10.0,
                      .error_absolute = 0.3,
                      .error_relative = line_of(options.wavelength_nm).error_relative,
                      .daily_mean = true,
                      .overpass_h = options.overpass_local_time,
                      .optional = {"step_fluorescence", "step_fapar"}}),
        options_(std::move(options)),
        line_(line_of(options_.wavelength_nm)) {
    traits_.needs.insert(traits_.needs.end(), {"apar", "fapar", "sif_yield"});
    traits_.parameters.push_back("sif_scale");
  }

  auto observer(const ObservedColumn& seen) const {
    const bool of_step = !seen.whole_day && seen.layout.has("step_fluorescence") && seen.layout.has("step_fapar");
    const double factor = light_factor(seen, of_step) * (of_step ? 1.0 : umol_per_mol_and_day) * line_.photon_energy *
                          milliwatt_per_watt / std::numbers::pi * emission();
    return
        [this, reflectance = TileReflectance(options_, seen), of_step, factor]<class T>(const MemberView<T>& m) -> T {
          T sum = 0.0;
          for (int t = 0; t < m.tiles(); ++t) {
            if (m.tile(t).pft == 0) continue;
            const T emitted = of_step ? m.value(t, step_fluorescence) : m.value(t, apar) * m.value(t, sif_yield);
            const T absorbed = m.value(t, of_step ? step_fapar : fapar);
            const T scale = m.parameter(t, CanopyScene::count, default_scale);
            sum += m.tile(t).fraction * factor * emitted * scale * escape(m, t, reflectance.of(m, t), absorbed);
          }
          return sum;
        };
  }
  std::uint32_t flags(const ObservedColumn& seen) const { return options_.snow.flags(seen) | flag_low_sun(seen); }

 private:
  enum Need { apar = 3, fapar, sif_yield, step_fluorescence, step_fapar };

  double emission() const { return std::isnan(options_.spectral_factor) ? line_.emission : options_.spectral_factor; }
  /// From the light of the rows (of the step, or mean of the day) to that of the product.
  double light_factor(const ObservedColumn& seen, bool of_step) const {
    if (!of_step && !std::isnan(options_.overpass_factor)) return options_.overpass_factor;
    if (!seen.timed || of_step != options_.daily_corrected) return 1.0;
    const double at_overpass = std::max(lowest_sun_cosine, sun_cosine_at(seen)) / std::max(1e-3, mean_sun_cosine(seen));
    return of_step ? 1.0 / at_overpass : at_overpass;
  }
  /// Share of emitted photons that leave the canopy upward.
  template <class T>
  T escape(const MemberView<T>& m, int t, const Reflectance<T>& r, T absorbed) const {
    const LeafOptics& leaf = leaf_optics[std::size_t(m.tile(t).pft)];
    T seen = vegetation_index(r) * (line_.red ? r.red : r.nir) / physics::max(smallest_fapar, absorbed);
    if (line_.red)
      seen = seen / (options_.red_factor * (m.parameter(t, CanopyScene::leaf_reflectance_vis, leaf.reflectance_vis) +
                                            leaf.transmittance_vis));
    return physics::clamp(seen, escape_lower, escape_upper);
  }
  Options options_;
  const Line& line_;
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> sif = plugin<ObservationOperator, Fluorescence>(
    "sun-induced chlorophyll fluorescence; give it sif_scale in the control vector");
}  // namespace operators

}  // namespace tilth
