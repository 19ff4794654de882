#include "driver/calibrate/methods/feature_targets.hpp"

#include <cmath>

#include "core/base/error.hpp"
#include "core/base/text.hpp"

namespace tilth {

using calibration::Index;
using calibration::Vector;

void TargetOptions::describe(Schema& s) {
  s.text("name", name).required().about("What is compared.");
  s.real("value", value).about("What the feature should be; left out: that of the observations.");
  s.real("observation_sd", observation_sd)
      .in(-1.0, 1e9)
      .about("Standard deviation that observation errors give it; negative: by drawing them.");
  s.real("structural_sd", structural_sd)
      .in(-1.0, 1e9)
      .about("Standard deviation of what no parameters can repair; negative: by `structural`.");
}

Vector FeatureTargets::row(const SetResult& result) const {
  if (result.features.size() == 0) return Vector::Constant(Index(features.size()), NAN);
  Vector out(Index(features.size()));
  for (Index i = 0; i < out.size(); ++i) out(i) = result.features(features[std::size_t(i)]);
  return out;
}

namespace {

// Whether a feature goes by this name, which may leave out the site or be the word alone.
bool matches(const ObservedFeature& feature, const std::string& name) {
  const std::string without_site = feature.name.substr(feature.name.find(':') + 1);
  return name == feature.name || name == without_site || name == feature.word;
}

calibration::Target target_of(const ObservedFeature& feature, const TargetOptions& o, double structural) {
  const double own = structural * feature.scale;
  const double model_sd = o.structural_sd >= 0.0 ? o.structural_sd : own;
  return {std::isfinite(o.value) ? o.value : feature.value,
          o.observation_sd >= 0.0 ? o.observation_sd * o.observation_sd : feature.variance, model_sd * model_sd};
}

}  // namespace

FeatureTargets feature_targets(const SearchSetting& setting, const std::vector<TargetOptions>& given,
                               double structural) {
  std::vector<TargetOptions> wanted = given;
  if (wanted.empty()) wanted = {{.name = "mean"}, {.name = "amplitude"}};
  FeatureTargets out;
  for (std::size_t f = 0; f < setting.features.size(); ++f) {
    const ObservedFeature& feature = setting.features[f];
    const TargetOptions* chosen = nullptr;
    for (const TargetOptions& options : wanted)
      if (matches(feature, options.name)) chosen = &options;
    if (!chosen) continue;
    out.features.push_back(Index(f));
    out.names.push_back(feature.name);
    out.targets.push_back(target_of(feature, *chosen, structural));
  }
  std::vector<std::string> known;
  for (const ObservedFeature& feature : setting.features) known.push_back(feature.name);
  for (const TargetOptions& options : wanted) {
    bool found = given.empty();
    for (const ObservedFeature& feature : setting.features) found = found || matches(feature, options.name);
    require(found, "calibration.method: targets: no feature '", options.name, "'", did_you_mean(options.name, known),
            "; the observations give ", joined(known));
  }
  require(!out.targets.empty(), "calibration.method: targets: the observations give no feature to compare with");
  return out;
}

}  // namespace tilth
