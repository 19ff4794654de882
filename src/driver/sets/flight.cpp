#include "driver/sets/flight.hpp"

#include <algorithm>
#include <cmath>

#include "assim/inflation.hpp"
#include "core/base/error.hpp"
#include "driver/checkpoint.hpp"
#include "driver/column_records.hpp"
#include "driver/parameter_update.hpp"
#include "driver/window_forecast.hpp"

namespace tilth {

namespace {

constexpr int saved_numbers = 8;  // of an observation, before its predictions

// All members get the mean of every shared row that an analysis updates.
void fix_shared(Members& members) {
  const std::size_t N = std::size_t(members.size());
  for (const auto& unit : updated_shared_rows(members.parameters))
    for (double* row : unit) std::fill_n(row, N, member_mean({row, N}));
  members.parameters.refresh();
}

// Prognostic rows of a tile that no analysis moves.
std::vector<int> unmoved_rows(const Domain& domain) {
  const ModelTraits& traits = domain.model->traits();
  std::vector<int> rows;
  for (int v = 0; v < int(traits.layout.variables().size()); ++v) {
    const Variable& variable = traits.layout.variables()[std::size_t(v)];
    for (int layer = 0; layer < variable.layers && variable.kind == Variable::Kind::prognostic; ++layer)
      rows.push_back(traits.layout.row(v) + layer);
  }
  for (const ControlRow& moved : control_rows(*domain.experiment, traits)) std::erase(rows, moved.row);
  return rows;
}

// All members get the mean of what no analysis moves: these states, and the memory of the errors of the weather.
void fix_unmoved(Members& members, const std::vector<int>& rows) {
  const std::size_t N = std::size_t(members.size()), stride = std::size_t(padded(members.size()));
  for (int c = 0; c < members.state.columns(); ++c) {
    const ColumnView column = members.state.column(c);
    for (int t = 0; t < column.tiles(); ++t)
      for (const int r : rows) std::fill_n(column.row(t, r), stride, member_mean(column.members_of(t, r)));
  }
  for (std::size_t i = 0; i + stride <= members.memory.size(); i += stride)
    std::fill_n(members.memory.data() + i, stride, member_mean({members.memory.data() + i, N}));
}

std::vector<double> anomalies(std::vector<double> x) {
  const double mean = member_mean(x);
  for (double& value : x) value -= mean;
  return x;
}

std::vector<double> predictions(const ObsTable& obs, std::size_t i) {
  return {obs.predictions(i), obs.predictions(i) + obs.members};
}

bool is_withheld(const ObsTable& obs, std::size_t i) { return obs.flag[i] == qc_withheld && obs.column[i] >= 0; }

int kind_of(std::span<const RowKind> kinds, const std::string& name, RowKind::Role role) {
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](const RowKind& k) { return k.name == name && k.role == role; });
  return int(found - kinds.begin());
}

std::vector<double> difference(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t k = 0; k < a.size(); ++k) a[k] -= b[k];
  return a;
}

}  // namespace

std::vector<double> window_members(const Products& products, int c, int p) {
  std::vector<double> mean(std::size_t(products.members()), 0.0);
  double days = 0.0;
  for (int s = 0; s < int(products.slices().size()); ++s) {
    const double own = products.slices()[std::size_t(s)].days();
    for (std::size_t k = 0; k < mean.size(); ++k) mean[k] += own * products.row(c, p, s)[k];
    days += own;
  }
  for (double& x : mean) x /= days;
  return mean;
}

Flight::Flight(std::int64_t cycle, const Members& prior, bool splits, bool keeps)
    : cycle_(cycle), prior_(prior), keeps_(keeps) {
  const std::vector<int> unmoved = unmoved_rows(prior.domain());
  if (!unmoved.empty() || prior.memory_rows() > 0) {
    moved_.emplace(prior);
    fix_unmoved(*moved_, unmoved);
  }
  if (!splits) return;
  fixed_.emplace(moved_ ? *moved_ : prior);
  fix_shared(*fixed_);
}

void Flight::analysed(const AnalysedWindow& window, const Members& members) {
  std::vector<std::size_t> used;
  for (std::size_t i = 0; i < window.seen.size(); ++i)
    if (window.seen.flag[i] == qc_used && window.seen.column[i] >= 0) used.push_back(i);
  seen_ = window.seen.selected(used);
  seen_.sort_by_id();
  factors_ = window.factors;
  if (keeps_) posterior_.emplace(members);
}

Flight::Forecast Flight::forecast(Members& members, std::int64_t cycle, const ObsTable& obs, bool predicts) const {
  const Domain& domain = members.domain();
  const Experiment& e = *domain.experiment;
  Forecast out;
  out.products.emplace(experiment_products(domain), domain.columns(), members.size());
  if (predicts) out.obs = obs;
  out.obs.members = members.size();
  forecast_window(members, e.window_begin(cycle), e.window_end(cycle), out.obs, *out.products);
  if (predicts) out.obs.flag = obs.flag;
  return out;
}

void Flight::advance(std::int64_t cycle, const ObsTable& obs, const Products& products, const ImpactNorm& norm) {
  const bool predicts = norm.reference == ImpactReference::withheld;
  of_prior_ = forecast(prior_, cycle, obs, predicts);
  if (moved_) of_moved_ = forecast(*moved_, cycle, obs, predicts);
  if (fixed_) of_fixed_ = forecast(*fixed_, cycle, obs, predicts);
  std::optional<Forecast> own;
  if (posterior_) own = forecast(*posterior_, cycle, obs, predicts);
  const Products& with = own ? *own->products : products;
  const ObsTable& predicted = own ? own->obs : obs;
  mean_with_.assign(norm.products.size(), {});
  for (std::size_t p = 0; p < norm.products.size(); ++p)
    for (int c = 0; c < with.columns(); ++c)
      mean_with_[p].push_back(member_mean(window_members(with, c, norm.products[p])));
  predicted_with_.clear();
  for (std::size_t i = 0; predicts && i < predicted.size(); ++i)
    predicted_with_.push_back(member_mean({predicted.predictions(i), std::size_t(predicted.members)}));
}

std::int64_t Flight::withheld() const {
  std::int64_t count = 0;
  for (std::size_t i = 0; i < of_prior_.obs.size(); ++i) count += is_withheld(of_prior_.obs, i) ? 1 : 0;
  return count;
}

std::vector<Verified> Flight::verified(int c, const ImpactNorm& norm, const std::vector<std::vector<double>>& reference,
                                       std::span<const RowKind> kinds, std::int64_t withheld) const {
  std::vector<Verified> out;
  const auto add = [&](int kind, double weight, double truth, double with, const std::vector<double>& prior,
                       const std::vector<double>& moved, const std::vector<double>& fixed) {
    const auto own = anomalies(moved);
    if (!fixed_) return out.push_back({kind, weight, with - truth, member_mean(prior) - truth, own, {}});
    const auto columns_only = anomalies(fixed);
    out.push_back(
        {kind, weight, with - truth, member_mean(prior) - truth, columns_only, difference(own, columns_only)});
  };
  const std::size_t column = std::size_t(c);
  const Forecast& of_moved = moved_ ? of_moved_ : of_prior_;
  for (std::size_t p = 0; p < norm.products.size(); ++p) {
    const int number = norm.products[p];
    const double weight = norm.area[column] / (norm.variance[p] * double(norm.products.size()));
    const auto& definition = of_prior_.products->definitions()[std::size_t(number)];
    add(kind_of(kinds, definition.name, RowKind::Role::product), weight, reference[p][column], mean_with_[p][column],
        window_members(*of_prior_.products, c, number), window_members(*of_moved.products, c, number),
        fixed_ ? window_members(*of_fixed_.products, c, number) : std::vector<double>{});
  }
  const ObsTable& obs = of_prior_.obs;
  for (std::size_t i = 0; i < obs.size(); ++i) {
    if (obs.column[i] != c || !is_withheld(obs, i)) continue;
    const std::string& stream = prior_.domain().streams[std::size_t(obs.type[i])].options->name;
    add(kind_of(kinds, stream, RowKind::Role::prediction), 1.0 / (obs.error_sd[i] * obs.error_sd[i] * double(withheld)),
        obs.value[i], predicted_with_[i], predictions(obs, i), predictions(of_moved.obs, i),
        fixed_ ? predictions(of_fixed_.obs, i) : std::vector<double>{});
  }
  return out;
}

void Flight::save(CheckpointWriter& file, const std::string& prefix) {
  const Domain& domain = prior_.domain();
  file.attribute(prefix + "cycle", cycle_);
  file.attribute(prefix + "splits", std::int64_t(fixed_.has_value()));
  file.attribute(prefix + "keeps", std::int64_t(posterior_.has_value()));
  save_members(file, prefix + "prior_", prior_);
  if (moved_) save_members(file, prefix + "moved_", *moved_);
  if (fixed_) save_members(file, prefix + "fixed_", *fixed_);
  if (posterior_) save_members(file, prefix + "posterior_", *posterior_);
  std::vector<double> values;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    values.insert(values.end(), {double(seen_.id[i]), double(seen_.type[i]), seen_.lon[i], seen_.lat[i], seen_.value[i],
                                 seen_.error_sd[i], seen_.level[i], double(seen_.begin[i].seconds)});
    values.insert(values.end(), seen_.predictions(i), seen_.predictions(i) + seen_.members);
  }
  ColumnRecords(domain, seen_.column).save(file, prefix + "seen", saved_numbers + prior_.size(), std::move(values));
  file.attribute(prefix + "inflated", std::int64_t(domain.experiment->analysis.inflation.adaptive.method != "none"));
  if (!factors_.empty()) file.distributed(prefix + "factors", *domain.by_point, 1, std::vector<double>(factors_));
}

namespace {

MemberRole ensemble_of(const Domain& domain) {
  return {domain.experiment->ensemble.size, 0, std::uint64_t(domain.experiment->run.seed)};
}

ObsTable saved_obs(const Domain& domain, const CheckpointReader& file, const std::string& name, int members) {
  const auto columns = ColumnRecords::columns_in(domain, file, name);
  const int width = saved_numbers + members;
  const auto values = ColumnRecords(domain, columns).load(file, name, width);
  ObsTable obs;
  obs.members = members;
  obs.resize(columns.size());
  obs.hx.assign(columns.size() * std::size_t(obs.stride()), 0.0);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const double* x = values.data() + i * std::size_t(width);
    obs.id[i] = std::int64_t(x[0]), obs.type[i] = std::int32_t(x[1]), obs.lon[i] = x[2], obs.lat[i] = x[3];
    obs.value[i] = x[4], obs.error_sd[i] = x[5], obs.level[i] = x[6];
    obs.begin[i] = obs.end[i] = Time{std::int64_t(x[7])};
    obs.column[i] = columns[i];
    obs.point[i] = domain.grid.points[std::size_t(columns[i])].id;
    obs.flag[i] = qc_used;
    std::copy_n(x + saved_numbers, members, obs.predictions(i));
  }
  obs.sort_by_id();
  return obs;
}

}  // namespace

Flight::Flight(const Domain& domain, const CheckpointReader& file, const std::string& prefix)
    : cycle_(file.integer(prefix + "cycle")), prior_(domain, ensemble_of(domain)) {
  load_members(file, prefix + "prior_", prior_);
  if (!unmoved_rows(domain).empty() || prior_.memory_rows() > 0) {
    moved_.emplace(domain, ensemble_of(domain));
    load_members(file, prefix + "moved_", *moved_);
  }
  if (file.integer(prefix + "splits") != 0) {
    fixed_.emplace(domain, ensemble_of(domain));
    load_members(file, prefix + "fixed_", *fixed_);
  }
  if (file.integer(prefix + "keeps") != 0) {
    posterior_.emplace(domain, ensemble_of(domain));
    load_members(file, prefix + "posterior_", *posterior_);
  }
  seen_ = saved_obs(domain, file, prefix + "seen", prior_.size());
  if (file.integer(prefix + "inflated") == 0) return;
  factors_.resize(std::size_t(domain.columns()));
  file.distributed(prefix + "factors", *domain.by_point, 1, factors_);
}

}  // namespace tilth
