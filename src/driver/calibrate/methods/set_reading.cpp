#include "driver/calibrate/methods/set_reading.hpp"

#include <cmath>

#include "core/base/error.hpp"
#include "driver/calibrate/design_file.hpp"

namespace tilth {

using calibration::Index;
using calibration::Matrix;

SetTable read_sets(const std::string& path, const SearchSetting& setting, const std::vector<std::string>& results) {
  const DesignFile file = read_design(Comm::self(), path);
  const auto rows = file.rows(setting.problem);
  require(!rows.empty(), path, ": no parameter set has '", setting.problem, "' in its column 'site'");
  std::vector<std::string> names;
  for (const std::string& parameter : setting.parameters) names.push_back("z_" + parameter);
  SetTable out{path, design_columns_of(file, rows, names)};
  for (Index r = 0; r < out.z.rows(); ++r)
    require(setting.box.contains(out.z.row(r).transpose()), path, ", parameter set ", rows[std::size_t(r)] + 1,
            ": outside of the bounds of ", setting.problem, "; widen calibration.bounds_sd or leave the set out");
  if (results.empty()) return out;
  out.results = results;
  if (file.column("J") >= 0) out.results.insert(out.results.begin(), "J");
  out.values = design_columns_of(file, rows, out.results);
  return out;
}

SetTable set_table(std::string name, const Matrix& z, std::span<const SetResult> results,
                   const std::vector<ObservedFeature>& features) {
  SetTable out{std::move(name), z, {"J"}, Matrix::Constant(z.rows(), Index(features.size()) + 1, NAN)};
  for (const ObservedFeature& feature : features) out.results.push_back(feature_column + feature.name);
  for (Index r = 0; r < z.rows(); ++r) {
    const SetResult& one = results[std::size_t(r)];
    out.values(r, 0) = one.J;
    if (one.features.size() > 0) out.values.row(r).tail(one.features.size()) = one.features.transpose();
  }
  return out;
}

}  // namespace tilth
