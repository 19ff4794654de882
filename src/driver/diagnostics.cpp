#include "driver/diagnostics.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/base/error.hpp"
#include "core/base/quantile.hpp"
#include "core/parallel/reproducible_sum.hpp"

namespace tilth {

namespace {

// Sums over all ranks of each named quantity over the used observations of one stream.
struct StreamSums {
  std::vector<double> one, d, d2, s2, a, a2, t2, r2, chi, crps, error, prior, signal;
  std::array<std::int64_t, 10> rank{};
  void add(const FeedbackColumns& f, std::size_t i) {
    const double departure = f.value[i] - f.prior_mean[i], residual = f.value[i] - f.posterior_mean[i];
    const double variance = f.error_sd[i] * f.error_sd[i], spread2 = f.prior_sd[i] * f.prior_sd[i];
    one.push_back(1.0);
    d.push_back(departure), d2.push_back(departure * departure), s2.push_back(spread2);
    a.push_back(residual), a2.push_back(residual * residual), t2.push_back(f.posterior_sd[i] * f.posterior_sd[i]);
    r2.push_back(variance), chi.push_back(departure * departure / (spread2 + variance));
    error.push_back(residual * departure), prior.push_back((departure - residual) * departure);  // Desroziers (2005)
    signal.push_back(f.posterior_sd[i] * f.posterior_sd[i] / variance);                          // Liu et al. (2009)
    crps.push_back(f.prior_crps[i]);
    ++rank[std::min(std::size_t(f.prior_rank[i] * 10.0), std::size_t(9))];
  }
};

}  // namespace

int reported_pft(const ParameterSet& set, int k, int unit) {
  if (set.uncertain()[k].scope != Scope::global) return unit;
  const ParameterDefinition& d = set.definitions()[set.uncertain()[k].definition];
  for (int pft = 1; pft < pft_count; ++pft)
    if (d.varies(pft)) return pft;
  return 1;
}

Diagnostics::Diagnostics(const Domain& domain) : domain_(&domain) {}

void Diagnostics::keep_forecast(const Products& products) {
  forecast_.clear();
  for (int s = 0; s < int(products.slices().size()); ++s)
    for (int p = 0; p < int(products.definitions().size()); ++p) forecast_.push_back(products.mean(p, s));
}

std::vector<double> Diagnostics::increment(int p, const Products& products, int slice) const {
  std::vector<double> out = products.mean(p, slice);
  const auto& forecast = forecast_.at(std::size_t(slice) * products.definitions().size() + p);
  for (std::size_t c = 0; c < out.size(); ++c) out[c] -= forecast[c];
  return out;
}

void Diagnostics::add(std::int64_t cycle, Time end, const FeedbackColumns& f, const AnalysisSummary& summary) {
  const Comm& comm = *domain_->comm;
  for (int type = 0; type < int(domain_->streams.size()); ++type) {
    StreamSums sums;
    std::int64_t total = 0, rejected = 0, withheld = 0;
    for (std::size_t i = 0; i < f.size(); ++i) {
      if (f.type[i] != type) continue;
      ++total;
      if (f.flag[i] == qc_used) sums.add(f, i);
      if (f.flag[i] & qc_withheld)
        ++withheld;
      else if (f.flag[i] != qc_used)
        ++rejected;
    }
    StreamRow row{double(cycle), double(end.seconds), double(type)};
    row.total = double(comm.sum(total));
    row.rejected = double(comm.sum(rejected));
    row.withheld = double(comm.sum(withheld));
    row.used = reproducible_sum(comm, sums.one);
    const double n = row.used > 0.0 ? row.used : std::nan("");  // no observation used: no statistic
    row.bias_prior = reproducible_sum(comm, sums.d) / n;
    row.rms_prior = std::sqrt(reproducible_sum(comm, sums.d2) / n);
    row.spread_prior = std::sqrt(reproducible_sum(comm, sums.s2) / n);
    row.bias_posterior = reproducible_sum(comm, sums.a) / n;
    row.rms_posterior = std::sqrt(reproducible_sum(comm, sums.a2) / n);
    row.spread_posterior = std::sqrt(reproducible_sum(comm, sums.t2) / n);
    row.error_sd = std::sqrt(reproducible_sum(comm, sums.r2) / n);
    row.chi2 = reproducible_sum(comm, sums.chi) / n;
    row.spread_skill = std::sqrt((row.spread_prior * row.spread_prior + row.error_sd * row.error_sd)) / row.rms_prior;
    row.crps = reproducible_sum(comm, sums.crps) / n;
    row.error_variance = reproducible_sum(comm, sums.error) / n;
    row.prior_variance = reproducible_sum(comm, sums.prior) / n;
    row.signal = reproducible_sum(comm, sums.signal);
    comm.sum(std::span<std::int64_t>(sums.rank));
    for (std::size_t k = 0; k < row.rank.size(); ++k) row.rank[k] = double(sums.rank[k]) / n;
    row.passes = summary.passes;
    row.replaced = double(summary.members_replaced);
    row.water = summary.water_increment_kg_m2;
    row.carbon = summary.carbon_increment_g_m2;
    streams_.push_back(row);
  }
}

void Diagnostics::add_parameters(std::int64_t cycle, Time end, Members& members) {
  const auto& set = members.parameters;
  for (int k = 0; k < int(set.uncertain().size()); ++k) {
    if (set.uncertain()[k].scope == Scope::column) continue;
    for (int unit = 0; unit < set.units(k); ++unit) {
      const double* x = set.physical(set.uncertain()[k].definition, reported_pft(set, k, unit), 0);
      std::vector<double> v(x, x + members.size());
      double mean = 0.0, variance = 0.0;
      for (const double value : v) mean += value / double(v.size());
      for (const double value : v) variance += (value - mean) * (value - mean) / std::max(double(v.size() - 1), 1.0);
      std::sort(v.begin(), v.end());
      parameters_.push_back({double(cycle), double(end.seconds), double(set.uncertain()[k].definition), double(unit),
                             mean, std::sqrt(variance), sorted_quantile(v, 0.05), sorted_quantile(v, 0.95)});
    }
  }
}

namespace {

constexpr const char* seconds_units = "seconds since 1970-01-01 00:00:00";

template <class Row>
std::vector<double> column(const std::vector<Row>& rows, double Row::*member) {
  std::vector<double> out;
  for (const Row& row : rows) out.push_back(row.*member);
  return out;
}

}  // namespace

std::vector<TableColumn> Diagnostics::stream_table() const {
  std::vector<std::string> names;
  for (const StreamRow& r : streams_) names.push_back(domain_->streams[int(r.type)].options->name);
  using R = StreamRow;
  std::vector<TableColumn> table = {
      {"cycle", "1", "number of the window", column(streams_, &R::cycle)},
      {"time", seconds_units, "end of the window", column(streams_, &R::time)},
      {"stream", "", "observation stream", names},
      {"total", "1", "observations in the window", column(streams_, &R::total)},
      {"used", "1", "observations used", column(streams_, &R::used)},
      {"rejected", "1", "observations flagged by quality control", column(streams_, &R::rejected)},
      {"withheld", "1", "observations kept for verification", column(streams_, &R::withheld)},
      {"bias_prior", "", "mean observation minus forecast", column(streams_, &R::bias_prior)},
      {"rms_prior", "", "root mean square of observation minus forecast", column(streams_, &R::rms_prior)},
      {"spread_prior", "", "root mean square of forecast spread", column(streams_, &R::spread_prior)},
      {"bias_posterior", "", "mean observation minus analysis", column(streams_, &R::bias_posterior)},
      {"rms_posterior", "", "root mean square of observation minus analysis", column(streams_, &R::rms_posterior)},
      {"spread_posterior", "", "root mean square of analysis spread", column(streams_, &R::spread_posterior)},
      {"error_sd", "", "root mean square of the observation error", column(streams_, &R::error_sd)},
      {"chi2", "1", "mean of departure^2 / (spread^2 + error^2); 1 when consistent", column(streams_, &R::chi2)},
      {"water_increment", "kg m-2", "area-mean water added by the analysis", column(streams_, &R::water)},
      {"carbon_increment", "g m-2", "area-mean carbon added by the analysis", column(streams_, &R::carbon)},
      {"spread_skill", "1", "root of forecast spread^2 + error^2 over rms_prior; 1 when reliable",
       column(streams_, &R::spread_skill)},
      {"crps_prior", "", "mean continuous ranked probability score of the forecast, observation errors drawn",
       column(streams_, &R::crps)},
      {"error_variance_estimate", "",
       "mean of (observation - analysis) (observation - forecast), Desroziers et al. "
       "2005",
       column(streams_, &R::error_variance)},
      {"prior_variance_estimate", "",
       "mean of (analysis - forecast) (observation - forecast), Desroziers et al. "
       "2005",
       column(streams_, &R::prior_variance)},
      {"degrees_of_freedom_for_signal", "1", "sum of analysis spread^2 / error^2, Liu et al. 2009",
       column(streams_, &R::signal)},
      {"passes", "1", "runs of the window before the last one, of an iterative method", column(streams_, &R::passes)},
      {"members_replaced", "1", "member days of all columns that failed and took over another member's state",
       column(streams_, &R::replaced)}};
  for (std::size_t k = 0; k < 10; ++k) {
    std::vector<double> share;
    for (const R& row : streams_) share.push_back(row.rank[k]);
    table.push_back({text("rank_tenth_", k + 1), "1",
                     text("share of observations in tenth ", k + 1, " of the rank histogram; 0.1 when reliable"),
                     share});
  }
  return table;
}

std::vector<TableColumn> Diagnostics::parameter_table() const {
  std::vector<std::string> names, units, pfts;
  const auto& definitions = domain_->parameters;
  for (const ParameterRow& r : parameters_) {
    names.push_back(definitions[int(r.definition)].name);
    units.push_back(definitions[int(r.definition)].units);
    pfts.push_back(pft_names[int(r.unit)]);
  }
  using P = ParameterRow;
  return {{"cycle", "1", "number of the window", column(parameters_, &P::cycle)},
          {"time", seconds_units, "end of the window", column(parameters_, &P::time)},
          {"parameter", "", "parameter", names},
          {"pft", "", "plant functional type (BAR for global parameters)", pfts},
          {"units", "", "units of mean, sd and quantiles", units},
          {"mean", "", "ensemble mean", column(parameters_, &P::mean)},
          {"sd", "", "ensemble standard deviation", column(parameters_, &P::sd)},
          {"q05", "", "5 % quantile", column(parameters_, &P::q05)},
          {"q95", "", "95 % quantile", column(parameters_, &P::q95)}};
}

void Diagnostics::write(const std::string& folder) const {
  const Comm& comm = *domain_->comm;
  if (!streams_.empty()) write_table(comm, folder + "/diagnostics.nc", "row", stream_table());
  if (!parameters_.empty()) write_table(comm, folder + "/parameters.nc", "row", parameter_table());
}

std::vector<double> Diagnostics::numbers() const {
  static_assert(std::is_trivially_copyable_v<StreamRow> && std::is_trivially_copyable_v<ParameterRow>);
  std::vector<double> out{double(streams_.size()), double(parameters_.size())};
  auto append = [&out](const auto& rows) {
    if (rows.empty()) return;
    const std::size_t n = rows.size() * sizeof(rows[0]) / sizeof(double), at = out.size();
    out.resize(at + n);
    std::memcpy(out.data() + at, rows.data(), n * sizeof(double));
  };
  append(streams_);
  append(parameters_);
  return out;
}

void Diagnostics::restore(const std::vector<double>& numbers) {
  streams_.resize(std::size_t(numbers.at(0)));
  parameters_.resize(std::size_t(numbers.at(1)));
  const std::size_t n = streams_.size() * sizeof(StreamRow), m = parameters_.size() * sizeof(ParameterRow);
  ensure(numbers.size() * sizeof(double) == 2 * sizeof(double) + n + m, "restart: the diagnostics have another size");
  if (n > 0) std::memcpy(static_cast<void*>(streams_.data()), numbers.data() + 2, n);
  if (m > 0) std::memcpy(static_cast<void*>(parameters_.data()), numbers.data() + 2 + n / sizeof(double), m);
}

std::vector<StreamSummary> Diagnostics::of_cycle(std::int64_t cycle) const {
  std::vector<StreamSummary> out;
  for (auto row = streams_.rbegin(); row != streams_.rend() && row->cycle == double(cycle); ++row)
    out.insert(out.begin(), {domain_->streams[int(row->type)].options->name, std::int64_t(row->used),
                             std::int64_t(row->rejected), std::int64_t(row->withheld), row->bias_prior, row->rms_prior,
                             row->spread_prior, row->rms_posterior, row->chi2});
  return out;
}

std::int64_t Diagnostics::used() const {
  double sum = 0.0;
  for (const StreamRow& row : streams_) sum += row.used;
  return std::int64_t(sum);
}

}  // namespace tilth
