#include <algorithm>
#include <cmath>
#include <set>

#include "assim/inflation.hpp"
#include "core/base/quantile.hpp"
#include "core/parallel/reproducible_sum.hpp"
#include "driver/diagnostics.hpp"
#include "driver/products.hpp"
#include "driver/verify/verification.hpp"
#include "io/product_reader.hpp"

namespace tilth {

namespace {

// Sums of one score over windows and columns: weighted terms, added reproducibly at the end of each window.
struct Score {
  double error2 = 0.0, variance = 0.0, inside = 0.0, weight = 0.0;
  void add(const Comm& comm, const std::vector<double>& area, const std::vector<double>& truth,
           const std::vector<double>& mean, const std::vector<double>& sd, const std::vector<double>& q05,
           const std::vector<double>& q95) {
    std::vector<double> e, v, in;
    for (std::size_t i = 0; i < area.size(); ++i) {
      e.push_back(area[i] * (mean[i] - truth[i]) * (mean[i] - truth[i]));
      v.push_back(area[i] * sd[i] * sd[i]);
      in.push_back(truth[i] >= q05[i] && truth[i] <= q95[i] ? area[i] : 0.0);
    }
    error2 += reproducible_sum(comm, e);
    variance += reproducible_sum(comm, v);
    inside += reproducible_sum(comm, in);
    weight += reproducible_sum(comm, area);
  }
  double rmse() const { return std::sqrt(error2 / weight); }
  double spread() const { return std::sqrt(variance / weight); }
};

// Area covered by each PFT over all ranks; the last entry is the whole area (for global parameters).
std::vector<double> pft_areas(const Domain& domain) {
  double bound = 0.0;
  for (const GridPoint& p : domain.grid.points) bound = std::max(bound, p.area_m2);
  ReproducibleSum sum(pft_count + 1, domain.comm->max(bound));
  for (const GridPoint& p : domain.grid.points) {
    for (const Tile& t : p.surface.tiles) sum.add(t.pft, p.area_m2 * t.fraction);
    sum.add(pft_count, p.area_m2);
  }
  return sum.total(*domain.comm);
}

// Number of a parameter of another set by its name, or -1.
int definition_named(const ParameterSet& set, const std::string& name) {
  const auto& all = set.definitions();
  const auto found = std::find_if(all.begin(), all.end(), [&](const ParameterDefinition& d) { return d.name == name; });
  return found == all.end() ? -1 : int(found - all.begin());
}

}  // namespace

bool is_observed(std::span<const ObservationOptions> observations, const std::string& product) {
  static const std::vector<std::pair<std::string, std::string>> direct{
      {"surface_soil_moisture", "surface_soil_moisture"},
      {"lai", "leaf_area_index"},
      {"gpp", "gross_primary_productivity"},
      {"nee", "net_ecosystem_exchange"},
      {"latent_heat_flux", "evapotranspiration"}};
  for (const ObservationOptions& o : observations)
    for (const auto& [op, name] : direct)
      if (o.assimilate && o.op.name == op && name == product) return true;
  return false;
}

std::vector<ScoreRow> score_products(const Domain& domain, const std::string& run, std::int64_t first) {
  const Comm& comm = *domain.comm;
  ProductReader nature(comm, run + "/nature/products.nc", domain.grid);
  ProductReader open_loop(comm, run + "/open_loop/products.nc", domain.grid);
  ProductReader analysis(comm, run + "/analysis/products.nc", domain.grid);
  std::vector<double> area;
  for (const GridPoint& p : domain.grid.points) area.push_back(p.area_m2);
  const std::vector<Time> begins = nature.begins();
  const std::vector<double>& quantiles = domain.experiment->output.products.quantiles;
  const auto has = [&](double q) { return std::find(quantiles.begin(), quantiles.end(), q) != quantiles.end(); };
  const bool interval = has(0.05) && has(0.95);  // else no coverage: nothing is inside what is not a number
  const std::vector<double> unknown(area.size(), std::nan(""));
  std::vector<ScoreRow> rows;
  for (const ProductDefinition& d : experiment_products(domain)) {
    if (!nature.has(d.name)) continue;  // the nature run is of another model
    Score open, updated;
    for (std::int64_t r = 0; r < std::int64_t(begins.size()); ++r) {
      if (begins[std::size_t(r)] < domain.experiment->window_begin(first)) continue;
      const auto truth = nature.read(d.name, r);
      auto add = [&](Score& score, ProductReader& file) {
        score.add(comm, area, truth, file.read(d.name + "_mean", r), file.read(d.name + "_sd", r),
                  interval ? file.read(d.name + "_q05", r) : unknown,
                  interval ? file.read(d.name + "_q95", r) : unknown);
      };
      add(open, open_loop);
      add(updated, analysis);
    }
    if (!interval) open.inside = updated.inside = std::nan("");
    rows.push_back({d.name, d.units, is_observed(domain.experiment->observations, d.name), open.rmse(), updated.rmse(),
                    open.spread(), updated.spread(), open.inside / open.weight, updated.inside / updated.weight});
  }
  return rows;
}

std::vector<ScoreRow> score_parameters(const Domain& domain, Members& nature, Members& open_loop, Members& analysis) {
  const auto area = pft_areas(domain);
  std::vector<ScoreRow> rows;
  const auto uncertain = analysis.parameters.uncertain();
  for (int k = 0; k < int(uncertain.size()); ++k) {
    if (uncertain[k].scope == Scope::column || !uncertain[k].updated) continue;
    const ParameterDefinition& d = analysis.parameters.definitions()[uncertain[k].definition];
    const int true_definition = definition_named(nature.parameters, d.name);
    if (true_definition < 0) continue;  // the nature run is of another model
    ScoreRow row{d.name, d.units, true};
    double weight = 0.0;
    auto add = [&](Members& m, int unit, double w, double& error2, double& variance, double& inside) {
      const int pft = reported_pft(m.parameters, k, unit);
      const double* x = m.parameters.physical(uncertain[k].definition, pft, 0);
      const double truth = nature.parameters.physical(true_definition, pft, 0)[0];
      std::vector<double> values(x, x + m.size());
      const double mean = member_mean(values), sd = member_spread(values);
      error2 += w * (mean - truth) * (mean - truth);
      variance += w * sd * sd;
      std::sort(values.begin(), values.end());
      inside += truth >= sorted_quantile(values, 0.05) && truth <= sorted_quantile(values, 0.95) ? w : 0.0;
    };
    const bool global = uncertain[k].scope == Scope::global;
    for (int unit = 0; unit < (global ? 1 : pft_count); ++unit) {
      const double w = area[global ? pft_count : unit];
      if (w <= 0.0 || (!global && unit == 0)) continue;  // bare ground has no plant parameters
      add(open_loop, unit, w, row.open_loop_rmse, row.open_loop_spread, row.open_loop_coverage);
      add(analysis, unit, w, row.analysis_rmse, row.analysis_spread, row.analysis_coverage);
      weight += w;
    }
    if (weight <= 0.0) continue;
    for (double* v : {&row.open_loop_rmse, &row.analysis_rmse, &row.open_loop_spread, &row.analysis_spread})
      *v = std::sqrt(*v / weight);
    row.open_loop_coverage /= weight;
    row.analysis_coverage /= weight;
    rows.push_back(row);
  }
  return rows;
}

}  // namespace tilth
