#include "driver/calibrate/site_groups.hpp"

#include <algorithm>
#include <array>

#include "core/base/error.hpp"
#include "driver/calibrate/problems.hpp"

namespace tilth {

using calibration::Matrix;
using calibration::Vector;

std::vector<MetricGroup> metric_groups(const SiteRuns& runs, const std::vector<std::string>& words) {
  std::vector<MetricGroup> out;
  const auto asked = [&](const char* word) { return std::find(words.begin(), words.end(), word) != words.end(); };
  std::array<std::vector<int>, pft_count> by_pft;
  std::vector<int> all;
  for (int site = 0; site < runs.sites(); ++site) {
    if (asked("site")) out.push_back({runs.name(site), {site}});
    by_pft[std::size_t(main_vegetation(runs.point(site)))].push_back(site);
    all.push_back(site);
  }
  for (std::size_t pft = 0; pft < by_pft.size() && asked("pft"); ++pft)
    if (!by_pft[pft].empty()) out.push_back({pft_names[pft], by_pft[pft]});
  if (asked("all")) out.push_back({"all", all});
  return out;
}

std::pair<Matrix, Vector> group_sample(const SensitivityRuns& all, const MetricGroup& group, int metric,
                                       const SensitivityOptions& options) {
  const bool own_base = options.kind() == SensitivityOptions::Method::one_at_a_time && !options.on_emulator;
  const Matrix& unit = all.sites[std::size_t(group.sites.front())].unit;
  Vector sum;
  double count = 0.0;
  for (const int site : group.sites) {
    const SiteSample& sample = all.sites[std::size_t(site)];
    const bool same = own_base ? sample.unit.rows() == unit.rows() : sample.unit == unit;
    require(same, "group ", group.name, ": its sites have different parameter sets in ", options.design,
            "; ask for groups: site");
    if (!all.metrics[std::size_t(metric)].known[std::size_t(site)]) continue;
    const Vector values = sample.values.col(metric);
    sum = count > 0.0 ? Vector(sum + values) : values;
    ++count;
  }
  if (count > 0.0) sum /= count;
  return {unit, sum};
}

}  // namespace tilth
