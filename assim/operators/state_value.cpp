#include <algorithm>
#include <cmath>

#include "assim/operators/registered.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {
namespace {

/// A layer of a model variable as it is: the cell mean over tiles.
class StateValue final : public ObservationOperator {
 public:
  struct Options {
    std::string variable = "x";
    int first = 0, every = 1;
    void describe(Schema& s) {
      s.text("variable", variable).about("Model variable.");
      s.integer("first", first)
          .in(0, 1000000)
          .about("First layer a simulated visit sees, counted from 0; the layer of observations without a level.");
      s.integer("every", every).in(1, 1000000).about("A simulated visit sees every so many layers from there on.");
    }
  };
  explicit StateValue(const Options& options) {
    traits_.quantity = "value of " + options.variable;
    traits_.units = "1";
    traits_.needs = {options.variable};
    traits_.valid_lower = -1e30;
    traits_.valid_upper = 1e30;
    traits_.error_absolute = 1.0;
    traits_.levels_of = options.variable;
    traits_.first_level = options.first;
    traits_.level_step = options.every;
  }
  const OperatorTraits& traits() const override { return traits_; }

  std::uint32_t predict(const ObservedColumn& seen, std::span<double> hx) const override {
    return mean(seen, seen.column, hx) ? qc_used : qc_no_prediction;
  }
  void tangent(const ObservedColumn& seen, const ColumnChange& change, std::span<double> dhx) const override {
    mean(seen, change.column, dhx);
  }

 private:
  /// Mean over the tiles of the observed layer of `column`; false, and 0, when there is no such layer.
  bool mean(const ObservedColumn& seen, const ColumnView& column, std::span<double> hx) const {
    std::fill(hx.begin(), hx.end(), 0.0);
    const int layer = layer_of(seen.layout.variable(traits_.levels_of), seen.level);
    if (layer < 0) return false;
    const int row = seen.layout.row(traits_.levels_of) + layer;
    for (int t = 0; t < column.tiles(); ++t) {
      const double* x = column.row(t, row);
      for (std::size_t k = 0; k < hx.size(); ++k) hx[k] += seen.point.surface.tiles[t].fraction * x[k];
    }
    return true;
  }
  /// Layer at a level (its number where the variable has no levels), or -1.
  int layer_of(const Variable& v, double level) const {
    if (std::isnan(level)) return traits_.first_level < v.layers ? traits_.first_level : -1;
    for (int layer = 0; layer < v.layers; ++layer)
      if (std::abs(level - (v.levels.empty() ? layer : v.levels[layer])) <= 1e-6) return layer;
    return -1;
  }
  OperatorTraits traits_;
};

}  // namespace

namespace operators {
const Plugin<ObservationOperator> state_value =
    plugin<ObservationOperator, StateValue>("a layer of a model variable itself, found by its level (for proofs)");
}  // namespace operators

}  // namespace tilth
