#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/config/schema.hpp"

namespace tilth {

/// One registered implementation of `Interface`: its sentence, its options, its maker.
template <class Interface>
struct Plugin {
  std::string about;
  /// Reads (or documents) the options with the schema; the returned maker builds the object from what was read.
  std::function<std::function<std::unique_ptr<Interface>()>(Schema&)> configure;
};

/// Plugin of `Implementation`, constructible from its nested `Options`.
template <class Interface, class Implementation>
Plugin<Interface> plugin(std::string about) {
  return {std::move(about), [](Schema& schema) -> std::function<std::unique_ptr<Interface>()> {
            typename Implementation::Options options;
            options.describe(schema);
            return [options] { return std::make_unique<Implementation>(options); };
          }};
}

/// Name and plugin, in the order of the folder's list.hpp.
template <class Interface>
using Registry = std::vector<std::pair<std::string, const Plugin<Interface>*>>;

/// A choice of one registered implementation in a configuration: `key: {name: {options}}`.
template <class Interface>
struct Choice {
  std::string name;
  std::function<std::unique_ptr<Interface>()> make;

  /// Declares the choice under `key`; `name` holds the default when the key is absent.
  Schema::Option describe(Schema& s, const std::string& key, const Registry<Interface>& registry) {
    std::vector<std::string> names;
    for (const auto& entry : registry) names.push_back(entry.first);
    return s.alternative(key, names, name, [&](std::size_t i, Schema& options) {
      options.about(registry[i].second->about);
      auto maker = registry[i].second->configure(options);
      if (registry[i].first == name) make = std::move(maker);
    });
  }
};

/// A list of choices in a configuration: `key: [{name: {options}}, name, ...]`.
template <class Interface>
struct Choices {
  std::vector<std::string> names;
  std::vector<std::function<std::unique_ptr<Interface>()>> makers;  ///< one per name

  /// Declares the list under `key`; `names` hold the default when the key is absent.
  Schema::Option describe(Schema& s, const std::string& key, const Registry<Interface>& registry) {
    std::vector<std::string> known;
    for (const auto& entry : registry) known.push_back(entry.first);
    makers.clear();
    return s.alternatives(key, known, names, [&](std::size_t, std::size_t i, Schema& options) {
      options.about(registry[i].second->about);
      makers.push_back(registry[i].second->configure(options));
    });
  }
};

}  // namespace tilth
