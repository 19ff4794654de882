#include "assim/field/registered.hpp"

namespace tilth {

const Registry<FieldMethod>& field_methods() {
  static const Registry<FieldMethod> all = {
#define X(name) {#name, &field_method::name},
#include "assim/field/list.hpp"
#undef X
  };
  return all;
}

}  // namespace tilth
