#include "assim/operators/leaf_optics.hpp"
#include "assim/operators/registered.hpp"
#include "assim/operators/tiles.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {
namespace {

/// Masks of canopy products, shared by LAI and FAPAR.
struct SnowMask {
  double snow_cover_limit = 0.3;
  void describe(Schema& s) {
    s.real("snow_cover_limit", snow_cover_limit)
        .in(0.0, 1.0)
        .about("Snow cover above which the observation is flagged (qc_snow) and not used.");
  }
};

/// Leaf area index of the cell: true, or effective (times the clumping index) as passive sensors retrieve it.
class LeafAreaIndex final : public ObservationOperator {
 public:
  struct Options : SnowMask {
    std::string product = "true";
    void describe(Schema& s) {
      s.text("product", product)
          .one_of({"true", "effective"})
          .about("What the product reports: true leaf area, or effective leaf area (clumping not corrected).");
      SnowMask::describe(s);
    }
  };
  explicit LeafAreaIndex(Options options) : options_(std::move(options)) {
    if (options_.product == "effective") traits_.parameters = {"clumping"};
  }
  const OperatorTraits& traits() const override { return traits_; }
  std::uint32_t predict(const ObservedColumn& seen, std::span<double> hx) const override {
    if (options_.product == "effective") {
      mix_effective(seen, hx);
    } else {
      mix_tiles(seen, "leaf_area_index", hx);
    }
    return flag_above(seen, "snow_cover_fraction", options_.snow_cover_limit, qc_snow);
  }

 private:
  static void mix_effective(const ObservedColumn& seen, std::span<double> hx) {
    const int row = seen.layout.row("leaf_area_index");
    std::fill(hx.begin(), hx.end(), 0.0);
    for (int t = 0; t < seen.column.tiles(); ++t) {
      const Tile& tile = seen.point.surface.tiles[t];
      const double* lai = seen.column.row(t, row);
      const MemberValue clumping{parameter_of(seen, t, 0, 1), leaf_optics[tile.pft].clumping};
      for (std::size_t k = 0; k < hx.size(); ++k) hx[k] += tile.fraction * clumping[k] * lai[k];
    }
  }
  Options options_;
  OperatorTraits traits_{.quantity = "leaf area index",
                         .standard_name = "leaf_area_index",
                         .units = "1",
                         .needs = {"leaf_area_index", "snow_cover_fraction"},
                         .parameters = {},
                         .valid_lower = 0.0,
                         .valid_upper = 12.0,
                         .error_absolute = 0.5,
                         .error_relative = 0.2,
                         .daily_mean = true};
};

/// Fraction of photosynthetically active radiation absorbed by green leaves of the cell.
class AbsorbedFraction final : public ObservationOperator {
 public:
  using Options = SnowMask;
  explicit AbsorbedFraction(Options options) : options_(options) {}
  const OperatorTraits& traits() const override { return traits_; }
  std::uint32_t predict(const ObservedColumn& seen, std::span<double> hx) const override {
    mix_tiles(seen, "fapar", hx);
    return flag_above(seen, "snow_cover_fraction", options_.snow_cover_limit, qc_snow);
  }

 private:
  Options options_;
  OperatorTraits traits_{
      .quantity = "fraction of absorbed photosynthetically active radiation",
      .standard_name = "fraction_of_surface_downwelling_photosynthetic_radiative_flux_absorbed_by_vegetation",
      .units = "1",
      .needs = {"fapar", "snow_cover_fraction"},
      .parameters = {},
      .valid_lower = 0.0,
      .valid_upper = 1.0,
      .error_absolute = 0.08,
      .error_relative = 0.0,
      .daily_mean = true};
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> lai =
    plugin<ObservationOperator, LeafAreaIndex>("leaf area index of the cell, true or effective");
const Plugin<ObservationOperator> fapar = plugin<ObservationOperator, AbsorbedFraction>(
    "fraction of absorbed photosynthetically active radiation of the cell");
}  // namespace operators

}  // namespace tilth
