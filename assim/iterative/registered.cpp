#include "assim/iterative/registered.hpp"

namespace tilth {

const Registry<IterativeMethod>& iterative_methods() {
  static const Registry<IterativeMethod> all = {
#define X(identifier, name) {name, &iterative::identifier},
#include "assim/iterative/list.hpp"
#undef X
  };
  return all;
}

}  // namespace tilth
