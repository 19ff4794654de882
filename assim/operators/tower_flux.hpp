#pragma once

#include <utility>

#include "assim/operators/footprint.hpp"
#include "assim/operators/tile_operator.hpp"

namespace tilth {

/// A flux at a tower: the tiles' fluxes weighted by the footprint, over a closure factor.
///
/// Means of the day come from the operator's needs, which are summed; data with a time of day from as many optional
/// variables, those of the model step, where the model has them.
class TowerFlux : public TileOperator<TowerFlux> {
 public:
  auto observer(const ObservedColumn& seen) const {
    const int terms = int(traits_.needs.size());
    bool of_step = !seen.whole_day;
    for (const auto& name : traits_.optional) of_step = of_step && seen.layout.has(name);
    return [footprint = footprint_of(footprint_, seen.point.surface), closure = closure_factor_, terms,
            first = of_step ? terms : 0]<class T>(const MemberView<T>& m) -> T {
      T sum = 0.0;
      for (int t = 0; t < m.tiles(); ++t) {
        T flux = m.value(t, first);
        for (int i = 1; i < terms; ++i) flux += m.value(t, first + i);
        sum += footprint.weight[std::size_t(t)] * flux;
      }
      return sum / closure;
    };
  }
  std::uint32_t flags(const ObservedColumn& seen) const {
    const bool covered = footprint_of(footprint_, seen.point.surface).covered;
    return (covered ? qc_used : qc_no_prediction) | flag_daylight(footprint_, seen);
  }

 protected:
  TowerFlux(OperatorTraits traits, FootprintOptions footprint, double closure_factor = 1.0)
      : TileOperator(std::move(traits)), footprint_(std::move(footprint)), closure_factor_(closure_factor) {}

 private:
  FootprintOptions footprint_;
  double closure_factor_;
};

}  // namespace tilth
