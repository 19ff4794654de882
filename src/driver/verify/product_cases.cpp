#include "driver/verify/product_cases.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "assim/scores.hpp"
#include "core/base/error.hpp"

namespace tilth {

ProductFiles::ProductFiles(const Domain& domain, const std::string& folder)
    : products(*domain.comm, folder + "/products.nc", domain.grid), begins(products.begins()) {
  const std::string path = folder + "/members.nc";
  const bool is_there = domain.comm->all(std::filesystem::exists(path)) && domain.experiment->output.products.members;
  if (is_there) members = std::make_unique<ProductReader>(*domain.comm, path, domain.grid);
}

int ProductFiles::record_at(Time begin) const {
  const auto found = std::lower_bound(begins.begin(), begins.end(), begin);
  return found == begins.end() || !(*found == begin) ? -1 : int(found - begins.begin());
}

ProductCases::ProductCases(const Domain& domain, const std::string& run,
                           const std::vector<std::pair<std::string, std::string>>& parts, Time from)
    : domain_(domain), nature_(*domain.comm, run + "/nature/products.nc", domain.grid) {
  const std::vector<Time> begins = nature_.begins();
  for (std::size_t r = 0; r < begins.size(); ++r) {
    if (begins[r] < from) continue;
    const Time last = domain.experiment->window_end(domain.experiment->windows() - 1);
    records_.push_back(int(r));
    begins_.push_back(begins[r]);
    times_.push_back(Time{(begins[r].seconds + (r + 1 < begins.size() ? begins[r + 1] : last).seconds) / 2});
  }
  for (const auto& [name, folder] : parts) {
    files_.push_back(std::make_unique<ProductFiles>(domain, folder));
    const ProductFiles& f = *files_.back();
    for (const Time begin : begins_)
      require(f.record_at(begin) >= 0, folder, "/products.nc: has no record that begins ", format_time(begin),
              "; the run is not complete, continue it with --resume");
    add_source(name, std::nan(""));
  }
}

void ProductCases::add_source(const std::string& name, double lead_days) {
  ForecastSource source{name, lead_days, domain_.experiment->ensemble.size, false, false, false, false};
  source.has_members = source.crps = source.crps_fair = files_.back()->members != nullptr;
  sources_.push_back(source);
}

void ProductCases::add_forecasts(const std::string& name, const std::string& folder, double lead_days) {
  files_.push_back(std::make_unique<ProductFiles>(domain_, folder));
  add_source(name, lead_days);
}

bool ProductCases::select(const std::string& variable) {
  variable_ = variable;
  bool all = nature_.has(variable);
  for (std::size_t s = 0; s < files_.size(); ++s) {
    all = all && files_[s]->products.has(variable + "_mean");
    sources_[s].coverage = files_[s]->products.has(variable + "_q05") && files_[s]->products.has(variable + "_q95");
    sources_[s].has_members = files_[s]->members && files_[s]->members->has(variable);
    sources_[s].crps = sources_[s].crps_fair = sources_[s].has_members;
  }
  return all;
}

void ProductCases::read(int r, Detail detail, Cases& cases) {
  cases.clear(sources_.size());
  for (int c = 0; c < domain_.columns(); ++c) {
    cases.cell.push_back(c);
    cases.weight.push_back(domain_.grid.points[std::size_t(c)].area_m2);
  }
  cases.truth = nature_.read(variable_, records_[std::size_t(r)]);
  if (detail == Detail::truth) return;
  for (std::size_t s = 0; s < sources_.size(); ++s)
    read_source(s, files_[s]->record_at(begins_[std::size_t(r)]), detail, cases, cases.forecasts[s]);
}

void ProductCases::read_source(std::size_t s, int record, Detail detail, const Cases& cases, ForecastCases& out) {
  if (record < 0) return;
  ProductReader& file = files_[s]->products;
  out.present = true;
  out.mean = file.read(variable_ + "_mean", record);
  out.sd = file.read(variable_ + "_sd", record);
  if (detail == Detail::means) return;
  if (sources_[s].coverage) {
    const std::vector<double> low = file.read(variable_ + "_q05", record), high = file.read(variable_ + "_q95", record);
    for (std::size_t i = 0; i < low.size(); ++i) {
      const bool inside = cases.truth[i] >= low[i] && cases.truth[i] <= high[i];
      out.inside.push_back(std::isnan(low[i] + high[i]) ? std::nan("") : double(inside));
    }
  }
  if (!sources_[s].has_members) return;
  out.members = files_[s]->members->read_members(variable_, record);
  const std::size_t N = std::size_t(sources_[s].members);
  for (std::size_t i = 0; i < cases.truth.size(); ++i) {
    const std::span<const double> x(out.members.data() + i * N, N);
    const bool known = std::isfinite(cases.truth[i]) && std::isfinite(x[0]);
    out.crps.push_back(known ? crps(x, cases.truth[i]) : std::nan(""));
    out.crps_fair.push_back(known && N > 1 ? crps_fair(x, cases.truth[i]) : std::nan(""));
  }
}

}  // namespace tilth
