#include "assim/operators/leaf_optics.hpp"
#include "assim/operators/registered.hpp"
#include "assim/operators/snow_limit.hpp"
#include "assim/operators/tile_operator.hpp"

namespace tilth {
namespace {

/// Leaf area index of the cell: true, or effective (times the clumping index) as passive sensors retrieve it.
class LeafAreaIndex final : public TileOperator<LeafAreaIndex> {
 public:
  struct Options : SnowLimit {
    std::string product = "true";
    void describe(Schema& s) {
      s.text("product", product)
          .one_of({"true", "effective"})
          .about("What the product reports: true leaf area, or effective leaf area (clumping not corrected).");
      SnowLimit::describe(s);
    }
  };
  explicit LeafAreaIndex(Options options)
      : TileOperator({.quantity = "leaf area index",
                      .standard_name = "leaf_area_index",
                      .units = "1",
                      .needs = {"leaf_area_index", "snow_cover_fraction"},
                      .parameters = {},
                      .valid_lower = 0.0,
                      .valid_upper = 12.0,
                      .error_absolute = 0.5,
                      .error_relative = 0.2,
                      .daily_mean = true}),
        options_(std::move(options)) {
    if (effective()) traits_.parameters = {"clumping"};
  }

  auto observer(const ObservedColumn&) const {
    return [effective = effective()]<class T>(const MemberView<T>& m) -> T {
      if (!effective) return m.mean_of(leaf_area);
      T sum = 0.0;
      for (int t = 0; t < m.tiles(); ++t)
        sum += m.tile(t).fraction * m.parameter(t, 0, leaf_optics[std::size_t(m.tile(t).pft)].clumping) *
               m.value(t, leaf_area);
      return sum;
    };
  }
  std::uint32_t flags(const ObservedColumn& seen) const { return options_.flags(seen); }

 private:
  enum Need { leaf_area };
  bool effective() const { return options_.product == "effective"; }
  Options options_;
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> lai =
    plugin<ObservationOperator, LeafAreaIndex>("leaf area index of the cell, true or effective");
}  // namespace operators

}  // namespace tilth
