#include "driver/sets/denial.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/base/error.hpp"
#include "core/parallel/reproducible_sum.hpp"
#include "driver/sets/impact_sums.hpp"
#include "driver/sets/variant.hpp"
#include "driver/verify/regions.hpp"
#include "io/feedback.hpp"

namespace tilth {

namespace {

// Sums of values and weights by (region, type), the same bits for any number of ranks.
class CellSums {
 public:
  explicit CellSums(const Domain& domain) : domain_(domain), regions_(regions_of(*domain.experiment)) {}
  void add(double lon, double lat, int pft, double value, double weight) {
    rows_.push_back({lon, lat, pft, value, weight});
  }
  /// Weighted means of what was added since the last call; cells without weight are left out. Collective.
  CellErrors means() {
    double bound = 1e-300;
    for (const Row& row : rows_) bound = std::max({bound, std::abs(row.value * row.weight), row.weight});
    const std::size_t types = pft_count + 1;
    ReproducibleSum sums(2 * regions_.size() * types, domain_.comm->max(bound));
    for (const Row& row : rows_)
      for (std::size_t r = 0; r < regions_.size(); ++r) {
        if (!regions_[r].contains(row.lon, row.lat)) continue;
        for (const std::size_t type : {std::size_t(row.pft), std::size_t(pft_count)}) {
          if (type == std::size_t(row.pft) && row.pft >= pft_count) continue;
          sums.add(2 * (r * types + type), row.value * row.weight);
          sums.add(2 * (r * types + type) + 1, row.weight);
        }
      }
    rows_.clear();
    const auto total = sums.total(*domain_.comm);
    CellErrors out;
    for (std::size_t r = 0; r < regions_.size(); ++r)
      for (std::size_t type = 0; type < types; ++type) {
        const double weight = total[2 * (r * types + type) + 1];
        if (weight > 0.0)
          out[{regions_[r].name, type == pft_count ? "all" : pft_names[type]}] = total[2 * (r * types + type)] / weight;
      }
    return out;
  }

 private:
  struct Row {
    double lon, lat;
    int pft;
    double value, weight;
  };
  const Domain& domain_;
  std::vector<Region> regions_;
  std::vector<Row> rows_;
};

Time first_judged(const Experiment& e) { return e.window_begin(e.impact.from_window + 1); }

CellErrors product_errors(const Domain& domain, const ImpactNorm& norm, const std::string& run,
                          const std::string& folder) {
  const Experiment& e = *domain.experiment;
  ProductReader nature(*domain.comm, run + "/nature/products.nc", domain.grid);
  ProductReader file(*domain.comm, folder + "/products.nc", domain.grid);
  const auto begins = file.begins();
  const auto definitions = experiment_products(domain);
  CellSums sums(domain);
  for (std::size_t p = 0; p < norm.products.size(); ++p) {
    const std::string& name = definitions[std::size_t(norm.products[p])].name;
    for (std::size_t r = 0; r < begins.size(); ++r) {
      if (begins[r] < first_judged(e)) continue;
      const auto truth = nature.read(name, std::int64_t(r)), mean = file.read(name + "_mean", std::int64_t(r)),
                 increment = file.read(name + "_increment", std::int64_t(r));
      for (std::size_t c = 0; c < truth.size(); ++c) {
        const GridPoint& point = domain.grid.points[c];
        const double error = mean[c] - increment[c] - truth[c];
        sums.add(point.lon, point.lat, dominant_pft(point), error * error / norm.variance[p], norm.area[c]);
      }
    }
  }
  return sums.means();
}

CellErrors departure_errors(const Domain& domain, const std::string& folder) {
  const Experiment& e = *domain.experiment;
  std::vector<CellSums> streams(domain.streams.size(), CellSums(domain));
  for (std::int64_t cycle = e.impact.from_window + 1; cycle < e.windows(); ++cycle) {
    const std::string path = text(folder, "/feedback/", format_time(e.window_begin(cycle)), ".nc");
    if (!domain.comm->all(std::filesystem::exists(path))) continue;  // no observation in it
    const Feedback feedback = read_feedback(*domain.comm, path);
    const FeedbackColumns& f = feedback.columns;
    for (std::size_t i = 0; i < f.size(); ++i) {
      if ((f.flag[i] & ~std::uint32_t(qc_withheld | qc_background)) != 0 || !std::isfinite(f.prior_mean[i])) continue;
      const double departure = (f.value[i] - f.prior_mean[i]) / f.error_sd[i];
      const auto stream = std::find_if(domain.streams.begin(), domain.streams.end(), [&](const Stream& s) {
        return s.options->name == feedback.type_names[std::size_t(f.type[i])];
      });
      streams[std::size_t(stream - domain.streams.begin())].add(f.lon[i], f.lat[i], pft_count, departure * departure,
                                                                1.0);
    }
  }
  CellErrors out, count;
  for (CellSums& stream : streams)
    for (const auto& [cell, value] : stream.means()) out[cell] += value, count[cell] += 1.0;
  for (auto& [cell, value] : out) value /= count[cell];
  return out;
}

}  // namespace

CellErrors forecast_errors(const Domain& domain, const ImpactNorm& norm, const std::string& run,
                           const std::string& folder) {
  return norm.reference == ImpactReference::nature ? product_errors(domain, norm, run, folder)
                                                   : departure_errors(domain, folder);
}

std::map<std::string, std::string> denials(const Experiment& e) {
  std::map<std::string, std::string> out;
  if (e.set.empty()) return out;
  const auto denied = [](const Experiment& one) {
    std::vector<std::string> names;
    for (const ObservationOptions& o : one.observations)
      if (o.denied) names.push_back(o.name);
    return names;
  };
  const auto of_control = denied(variant(e, e.set.front().first));
  for (const auto& [name, member] : e.set) {
    if (member.set != e.set.front().second.set) continue;
    auto names = denied(variant(e, name));
    std::erase_if(names, [&](const auto& n) { return std::ranges::find(of_control, n) != of_control.end(); });
    if (names.size() == 1) out.try_emplace(names[0], name);
  }
  return out;
}

}  // namespace tilth
