#include "assim/operators/registered.hpp"

namespace tilth {

const Registry<ObservationOperator>& observation_operators() {
  static const Registry<ObservationOperator> all = {
#define X(name) {#name, &operators::name},
#include "assim/operators/list.hpp"
#undef X
  };
  return all;
}

}  // namespace tilth
