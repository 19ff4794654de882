#include "assim/methods/registered.hpp"

namespace tilth {

const Registry<AnalysisMethod>& analysis_methods() {
  static const Registry<AnalysisMethod> all = {
#define X(name) {#name, &methods::name},
#include "assim/methods/list.hpp"
#undef X
  };
  return all;
}

}  // namespace tilth
