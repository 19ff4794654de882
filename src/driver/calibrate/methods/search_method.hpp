#pragma once

#include "driver/calibrate/methods/calibration_method.hpp"

namespace tilth {

/// A search of its setting and options.
template <class Search, class O>
std::unique_ptr<CalibrationSearch> made(const SearchSetting& setting, const O& options) {
  return std::make_unique<Search>(setting, options);
}

/// A method whose searches `search` makes of its options; `derivatives`: they ask for gradients, unless the options
/// say when they do.
template <class O, std::unique_ptr<CalibrationSearch> (*search)(const SearchSetting&, const O&),
          bool derivatives = false>
class SearchMethod final : public CalibrationMethod {
 public:
  using Options = O;
  explicit SearchMethod(const O& options) : options_(options) {}
  bool needs_derivatives() const override {
    if constexpr (requires { options_.needs_derivatives(); }) return options_.needs_derivatives();
    return derivatives;
  }
  std::unique_ptr<CalibrationSearch> start(const SearchSetting& setting) const override {
    return search(setting, options_);
  }

 private:
  O options_;
};

}  // namespace tilth
