#pragma once

#include "core/base/error.hpp"
#include "core/config/plugin.hpp"

namespace tilth {

/// What a registered implementation is with the defaults of all its options. @throws Error for an unknown name
template <class Interface>
std::unique_ptr<Interface> made_by_default(const Registry<Interface>& registry, const std::string& name) {
  for (const auto& [known, plugin] : registry) {
    if (known != name) continue;
    Schema defaults = Schema::reading(Node());
    return plugin->configure(defaults)();
  }
  throw Error("nothing is registered as '" + name + "'");
}

}  // namespace tilth
