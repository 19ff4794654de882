#include "driver/calibrate/scope/parameter_maps.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "driver/domain.hpp"
#include "io/product.hpp"

namespace tilth {
namespace {

using calibration::Index;
using calibration::Matrix;
using calibration::Vector;

// Definitions of the calibrated parameters in the model of the grid.
std::vector<const ParameterDefinition*> definitions(const Domain& domain, const SiteRuns& runs,
                                                    const std::string& file) {
  std::vector<const ParameterDefinition*> out;
  for (const CalibrationParameter& parameter : runs.parameters()) {
    const auto found =
        std::ranges::find_if(domain.parameters, [&](const ParameterDefinition& d) { return d.name == parameter.name; });
    require(found != domain.parameters.end(), file, ": its model has no parameter '", parameter.name,
            "'; use the model that was calibrated");
    out.push_back(&*found);
  }
  return out;
}

// Value of a type that lies z prior standard deviations from its default, as in the runs.
double physical(const ParameterDefinition& d, int pft, double sd, double z) {
  const double value = d.value[std::size_t(pft)];
  if (!d.varies(pft)) return value;
  return std::clamp(d.transform.to_physical(d.transform.to_unconstrained(value) + sd * z), d.lower, d.upper);
}

struct Moments {
  double mean = 0.0, spread = 0.0;
};

Moments moments(const std::vector<double>& values) {
  Moments out;
  const double n = double(values.size());
  for (const double v : values) out.mean += v / n;
  for (const double v : values) out.spread += (v - out.mean) * (v - out.mean);
  out.spread = std::sqrt(out.spread / std::max(n - 1.0, 1.0));
  return out;
}

std::vector<ProductVariable> variables(const SiteRuns& runs, const std::vector<const ParameterDefinition*>& all) {
  std::vector<ProductVariable> out;
  for (std::size_t k = 0; k < all.size(); ++k) {
    const std::string& name = runs.parameters()[k].name;
    ProductVariable mean;
    mean.name = name;
    mean.long_name = all[k]->about;
    mean.units = all[k]->units;
    mean.cell_methods = "area: mean (of the dominant plant functional type)";
    ProductVariable spread = mean;
    spread.name += "_spread";
    spread.long_name = "standard deviation over the networks of " + name;
    out.push_back(std::move(mean));
    out.push_back(std::move(spread));
  }
  return out;
}

FeatureTable features_of(const Domain& domain, const Experiment& experiment, const std::vector<std::string>& words) {
  const std::vector<SiteClimate> climate =
      climate_of(*domain.forcing, domain.points(), experiment.time.start, experiment.time.end);
  return point_features(words, domain.points(), climate);
}

}  // namespace

void write_parameter_maps(const Comm& comm, const MapRequest& request, const SiteRuns& runs, const LearnedMaps& maps) {
  Experiment experiment;
  together(comm, [&] { experiment = Experiment::load(request.grid, {}); });
  const Domain domain = make_domain(comm, experiment);
  require_all(comm, domain.forcing != nullptr, request.grid + ": its model takes no weather to make features of");
  const auto all = definitions(domain, runs, request.grid);
  const Matrix features = features_of(domain, experiment, request.features).values;
  std::vector<Matrix> members;
  for (const Vector& w : maps.weights) members.push_back(maps.map.front().parameters(w, features));
  const std::size_t points = domain.points().size();
  std::vector<std::vector<double>> values(2 * all.size(), std::vector<double>(points, product_fill));
  for (std::size_t p = 0; p < points; ++p) {
    const int pft = main_vegetation(domain.points()[p]);
    if (pft == 0) continue;
    for (std::size_t k = 0; k < all.size(); ++k) {
      std::vector<double> over;
      for (const Matrix& z : members)
        over.push_back(physical(*all[k], pft, runs.parameters()[k].sd, z(Index(p), Index(k))));
      const Moments m = moments(over);
      values[2 * k][p] = m.mean;
      values[2 * k + 1][p] = m.spread;
    }
  }
  ProductFile file(comm, request.path, domain.grid, variables(runs, all), "parameters by networks of features", false,
                   {{"scope", maps.scope}, {"networks", std::int64_t(maps.weights.size())}});
  file.write(experiment.time.start, experiment.time.end, values);
  file.sync();
}

}  // namespace tilth
