#include "assim/field/registered.hpp"

namespace tilth {

const Registry<FieldMethod>& field_methods() {
  static const Registry<FieldMethod> all = {
#define X(identifier, name) {name, &field_method::identifier},
#include "assim/field/list.hpp"
#undef X
  };
  return all;
}

}  // namespace tilth
