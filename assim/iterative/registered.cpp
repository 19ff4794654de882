#include "assim/iterative/registered.hpp"

namespace tilth {

const Registry<IterativeMethod>& iterative_methods() {
  static const Registry<IterativeMethod> all = {
#define X(name) {#name, &iterative::name},
#include "assim/iterative/list.hpp"
#undef X
  };
  return all;
}

}  // namespace tilth
