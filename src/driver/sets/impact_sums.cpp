#include "driver/sets/impact_sums.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/error.hpp"
#include "core/parallel/reproducible_sum.hpp"
#include "io/table.hpp"

namespace tilth {

ImpactSums::ImpactSums(const Domain& domain)
    : domain_(&domain),
      regions_(regions_of(*domain.experiment)),
      cells_(domain.streams.size() * regions_.size() * (pft_count + 1)) {}

std::size_t ImpactSums::index(std::size_t stream, std::size_t region, std::size_t pft) const {
  return (stream * regions_.size() + region) * (pft_count + 1) + pft;
}

template <class Visit>
void ImpactSums::each_cell(const Item& item, const Visit& visit) const {
  const int pft = dominant_pft(domain_->grid.points[std::size_t(item.column)]);
  for (std::size_t r = 0; r < regions_.size(); ++r) {
    if (!regions_[r].contains(item.lon, item.lat)) continue;
    visit(index(std::size_t(item.stream), r, std::size_t(pft)));
    visit(index(std::size_t(item.stream), r, pft_count));
  }
}

void ImpactSums::totals(const std::vector<Item>& items, std::vector<double>& sum,
                        std::vector<std::int64_t>& count) const {
  const Comm& comm = *domain_->comm;
  double bound = 0.0;
  for (const Item& item : items) bound = std::max(bound, std::abs(item.value));
  bound = comm.max(bound);
  ReproducibleSum sums(cells_.size(), bound > 0.0 ? bound : 1.0);
  count.assign(cells_.size(), 0);
  for (const Item& item : items)
    each_cell(item, [&](std::size_t i) {
      sums.add(i, item.value);
      ++count[i];
    });
  sum = sums.total(comm);
  comm.sum(std::span<std::int64_t>(count));
}

void ImpactSums::add_signals(const std::vector<Item>& items) {
  std::vector<double> sum;
  std::vector<std::int64_t> count;
  totals(items, sum, count);
  for (std::size_t i = 0; i < cells_.size(); ++i) cells_[i].signal += sum[i], cells_[i].signals += double(count[i]);
}

void ImpactSums::add_impacts(const std::vector<Item>& items) {
  std::vector<double> sum, unused;
  std::vector<std::int64_t> count, good;
  std::vector<Item> beneficial;
  std::vector<double> all;
  for (const Item& item : items) {
    all.push_back(item.value);
    if (item.value < 0.0) beneficial.push_back(item);
  }
  totals(items, sum, count);
  totals(beneficial, unused, good);
  estimate_ += reproducible_sum(*domain_->comm, all);
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    cells_[i].impact += sum[i];
    cells_[i].impacts += double(count[i]);
    cells_[i].beneficial += double(good[i]);
  }
}

void ImpactSums::add_change(double change, double before) {
  analyses_ += 1.0;
  change_ += change;
  before_ += before;
}

void ImpactSums::write(const std::string& path, const std::string& experiment, const std::string& norm,
                       std::int64_t lead) const {
  std::vector<std::string> experiments, streams, regions, pfts;
  std::vector<double> n, dfs, per_obs, efso, n_efso, share, judged, without, reduction, estimate;
  const double analyses = std::max(analyses_, 1.0);
  const double unknown = std::nan("");
  for (std::size_t s = 0; s < domain_->streams.size(); ++s)
    for (std::size_t r = 0; r < regions_.size(); ++r)
      for (std::size_t p = 0; p <= pft_count; ++p) {
        const Cell& cell = cells_[index(s, r, p)];
        const bool whole = p == pft_count && r == 0;  // a stream that was not used has a row too
        if (cell.signals == 0.0 && cell.impacts == 0.0 && !whole) continue;
        experiments.push_back(experiment);
        streams.push_back(domain_->streams[s].options->name);
        regions.push_back(regions_[r].name);
        pfts.push_back(p == pft_count ? "all" : pft_names[p]);
        n.push_back(cell.signals);
        dfs.push_back(cell.signal);
        per_obs.push_back(cell.signals > 0.0 ? cell.signal / cell.signals : unknown);
        efso.push_back(analyses_ > 0.0 ? 0.0 - cell.impact / analyses_ : unknown);
        n_efso.push_back(cell.impacts);
        share.push_back(cell.impacts > 0.0 ? cell.beneficial / cell.impacts : unknown);
        judged.push_back(analyses_);
        without.push_back(before_ / analyses);
        reduction.push_back(0.0 - change_ / analyses);
        estimate.push_back(0.0 - estimate_ / analyses);
      }
  const std::vector<TableColumn> table{
      {"impact_experiment", "", "the run it was computed in", experiments},
      {"impact_stream", "", "observation stream", streams},
      {"impact_region", "", "region of the observation", regions},
      {"impact_pft", "", "dominant plant functional type of its cell, or all", pfts},
      {"impact_n", "1", "observations used", n},
      {"impact_dfs", "1", "degrees of freedom for signal, sum of the diagonal of HK", dfs},
      {"impact_dfs_per_obs", "1", "degrees of freedom for signal of an observation", per_obs},
      {"impact_efso", "1", "reduction of the forecast error by an analysis, in the norm; positive: beneficial", efso},
      {"impact_n_efso", "1", "observations of the analyses that were judged", n_efso},
      {"impact_efso_share_beneficial", "1", "share of them that made the error smaller", share},
      {"impact_analyses", "1", "analyses of the experiment that were judged", judged},
      {"impact_error_without", "1", "error of the forecast without the analysis, mean of all judged", without},
      {"impact_error_reduction", "1", "what the analysis took from it, as forecasts found it", reduction},
      {"impact_error_reduction_estimated", "1", "the same as the sum over all observations", estimate}};
  write_table(*domain_->comm, path, "impact", table, {{"norm", norm}, {"lead_windows", double(lead)}});
}

std::vector<double> ImpactSums::numbers() const {
  std::vector<double> out{analyses_, estimate_, change_, before_};
  for (const Cell& c : cells_) out.insert(out.end(), {c.signal, c.signals, c.impact, c.impacts, c.beneficial});
  return out;
}

void ImpactSums::restore(std::span<const double> x) {
  require(x.size() == 4 + 5 * cells_.size(), "restart: the sums of impacts are of another set of streams and regions (",
          x.size(), " numbers); restore the options, or start anew without --resume");
  analyses_ = x[0], estimate_ = x[1], change_ = x[2], before_ = x[3];
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const double* c = x.data() + 4 + 5 * i;
    cells_[i] = {c[0], c[1], c[2], c[3], c[4]};
  }
}

}  // namespace tilth
