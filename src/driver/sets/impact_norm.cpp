#include "driver/sets/impact_norm.hpp"

#include <algorithm>
#include <cmath>

#include "core/base/error.hpp"
#include "core/base/text.hpp"
#include "core/parallel/reproducible_sum.hpp"

namespace tilth {

namespace {

bool withholds(const Experiment& e) {
  return std::any_of(e.observations.begin(), e.observations.end(),
                     [](const ObservationOptions& o) { return o.withhold_last > 0.0 || (!o.assimilate && !o.denied); });
}

ImpactReference reference_of(const Experiment& e, bool twin) {
  const std::string& word = e.impact.reference;
  if (word == "nature" || (word == "best" && twin)) return ImpactReference::nature;
  return word == "withheld" || (word == "best" && withholds(e)) ? ImpactReference::withheld : ImpactReference::analysis;
}

double area_mean(const Domain& domain, const std::vector<double>& area, std::vector<double> x) {
  for (std::size_t c = 0; c < x.size(); ++c) x[c] *= area[c];
  return reproducible_sum(*domain.comm, x);
}

// Area mean of the variance of a product: of the open loop's members, or in time.
double variance_of(const Domain& domain, ProductReader& file, const std::string& name, bool in_time,
                   const std::vector<double>& area) {
  const Experiment& e = *domain.experiment;
  const auto begins = file.begins();
  std::vector<double> sum(area.size(), 0.0), square(area.size(), 0.0);
  double count = 0.0;
  for (std::size_t r = 0; r < begins.size(); ++r) {
    if (begins[r] < e.window_begin(e.impact.from_window)) continue;
    const auto x = file.read(in_time ? name : name + "_sd", std::int64_t(r));
    for (std::size_t c = 0; c < x.size(); ++c) sum[c] += x[c], square[c] += x[c] * x[c];
    count += 1.0;
  }
  for (std::size_t c = 0; c < sum.size(); ++c)
    sum[c] = in_time ? std::max(square[c] / count - sum[c] * sum[c] / (count * count), 0.0) : square[c] / count;
  return area_mean(domain, area, sum);
}

}  // namespace

void check_impact(const Experiment& e, bool twin) {
  const ImpactOptions& o = e.impact;
  if (!o.on || !o.efso) return;
  const std::string where = e.file + ": impact";
  const AnyMethod method = e.analysis.method.make();
  require(!method.iterative, where, ".efso: the method '", e.analysis.method.name,
          "' runs its window several times, its update is no single gain; set efso to false, or take another method");
  require(e.ensemble.size > 2, where, ".efso needs at least 3 members, there are ", e.ensemble.size);
  require(o.reference != "nature" || twin, where,
          ".reference: nature, but 'tilth assimilate' has no nature run; choose analysis or withheld");
  require(o.reference != "withheld" || withholds(e), where,
          ".reference: withheld, but no stream withholds any; give one withhold_last, or assimilate: false");
  require(o.from_window + o.lead < e.windows(), where, ": the first analysis that counts is that of window ",
          o.from_window, ", its forecast ends with window ", o.from_window + o.lead, ", but the run has ", e.windows(),
          " windows, counted from 0; lower from_window or lead");
  const ImpactReference reference = reference_of(e, twin);
  if (reference == ImpactReference::withheld) return;
  require(e.output.products.on, where, ".efso compares products; set output.products, or reference to withheld");
  require(e.verification.open_loop || (o.norm == "climatology" && twin), where, ".norm: ", o.norm,
          " is that of the open loop, but verification.open_loop is false; set it to true");
  require(reference != ImpactReference::nature || e.output.products.every != "month", where,
          ".efso compares the means of windows with those of the nature run, but its products are means of months; set "
          "output.products.every to window or day");
}

void check_impact_variables(const Domain& domain) {
  const Experiment& e = *domain.experiment;
  if (!e.impact.on) return;
  std::vector<std::string> names;
  for (const ProductDefinition& d : experiment_products(domain)) names.push_back(d.name);
  for (const std::string& name : e.impact.variables)
    require(std::find(names.begin(), names.end(), name) != names.end(), e.file,
            ": impact.variables: no product is named '", name, "'", did_you_mean(name, names),
            "; known: ", joined(names));
}

ImpactNorm impact_norm(const Domain& domain, const std::string& folder, bool twin) {
  const Experiment& e = *domain.experiment;
  const ImpactOptions& o = e.impact;
  ImpactNorm norm;
  norm.reference = reference_of(e, twin);
  for (const GridPoint& point : domain.grid.points) norm.area.push_back(point.area_m2);
  const double whole = reproducible_sum(*domain.comm, norm.area);
  for (double& a : norm.area) a /= whole;
  norm.words = "mean squared departure from withheld observations in units of their error variance";
  if (norm.reference == ImpactReference::withheld) return norm;
  const auto definitions = experiment_products(domain);
  std::vector<std::string> names;
  for (const auto& d : definitions) names.push_back(d.name);
  const bool in_time = o.norm == "climatology";
  const bool nature = in_time && twin;
  ProductReader file(*domain.comm, folder + (nature ? "/nature" : "/open_loop") + "/products.nc", domain.grid);
  std::vector<std::string> taken;
  for (std::size_t p = 0; p < definitions.size(); ++p) {
    if (!o.variables.empty() && std::find(o.variables.begin(), o.variables.end(), names[p]) == o.variables.end())
      continue;
    const double v = variance_of(domain, file, in_time && !nature ? names[p] + "_mean" : names[p], in_time, norm.area);
    if (!(v > 0.0)) continue;  // it never differs: there is nothing to count
    norm.products.push_back(int(p));
    norm.variance.push_back(v);
    taken.push_back(names[p]);
  }
  require(!taken.empty(), e.file, ": impact: no product varies, there is no norm; check impact.variables");
  norm.words =
      text("area mean of squared errors of window means of ", joined(taken), " against the ",
           norm.reference == ImpactReference::nature ? "nature run" : "later analysis", ", each in units of its ",
           in_time ? "variance in time" : "mean variance in the open loop", ", mean of all");
  return norm;
}

std::vector<double> period_mean(ProductReader& file, const Experiment& e, const std::string& variable,
                                const std::string& increment, Time begin, Time end) {
  const auto begins = file.begins();
  std::vector<double> mean;
  double count = 0.0;
  for (std::size_t r = 0; r < begins.size(); ++r) {
    if (begins[r] < begin || !(begins[r] < end)) continue;
    auto x = file.read(variable, std::int64_t(r));
    if (!increment.empty()) {
      const auto d = file.read(increment, std::int64_t(r));
      for (std::size_t c = 0; c < x.size(); ++c) x[c] -= d[c];
    }
    mean.resize(x.size(), 0.0);
    for (std::size_t c = 0; c < x.size(); ++c) mean[c] += x[c];
    count += 1.0;  // records of a window are all days, or it is one record
  }
  require(count > 0.0, e.file, ": impact: the product files hold no record between ", format_time(begin), " and ",
          format_time(end));
  for (double& x : mean) x /= count;
  return mean;
}

}  // namespace tilth
