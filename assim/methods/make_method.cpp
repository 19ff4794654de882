#include "assim/methods/make_method.hpp"

#include "core/base/error.hpp"

namespace tilth {

std::unique_ptr<AnalysisMethod> make_method(const std::string& name, const std::string& options) {
  for (const auto& [registered, plugin] : analysis_methods()) {
    if (registered != name) continue;
    Schema schema = Schema::reading(Node::parse(options, "options of " + name));
    const auto make = plugin->configure(schema);
    schema.finish();
    return make();
  }
  throw Error("no analysis method is named '" + name + "'");
}

}  // namespace tilth
