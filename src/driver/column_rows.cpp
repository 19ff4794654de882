#include "driver/column_rows.hpp"

#include <algorithm>
#include <cmath>

#include "assim/inflation.hpp"
#include "assim/rotation.hpp"

namespace tilth {

/// Where a row of a loaded column came from.
struct ColumnRows::Source {
  RowKind::Role role;
  int kind;
  const ControlRow* control;  // states
  double* target;             // in the members, products or posterior predictions
  double initial_sd;          // parameters
};

/// Working copy of a column's rows; memory is reused from column to column.
struct ColumnRows::Loaded {
  std::vector<Source> sources;
  AlignedVector<double> values, original, prior;  // [row][stride]
  AlignedVector<double> before;                   // the column's state
};

ColumnRows::ColumnRows(Members& members, const std::vector<ControlRow>& control, PosteriorOptions posterior)
    : members_(members), control_(control), posterior_(std::move(posterior)) {
  kinds_ = kinds_of(members.domain(), control, members.parameters, {});
  for (const ControlRow& row : control) {
    const auto found =
        std::find_if(kinds_.begin(), kinds_.end(), [&](const RowKind& k) { return k.name == row.variable; });
    kind_of_control_.push_back(int(found - kinds_.begin()));
  }
}

ColumnRows::~ColumnRows() = default;

std::vector<RowKind> ColumnRows::kinds_of(const Domain& domain, const std::vector<ControlRow>& control,
                                          const ParameterSet& parameters, std::span<const ProductDefinition> products) {
  std::vector<RowKind> kinds;
  for (const ControlRow& row : control) {
    if (!kinds.empty() && kinds.back().name == row.variable) continue;
    RowKind kind{row.variable, RowKind::Role::state, row.rank_histogram};
    if (row.rank_histogram) kind.lower = row.lower, kind.upper = row.upper;
    kinds.push_back(kind);
  }
  for (const UncertainParameter& u : parameters.uncertain())
    if (u.scope == Scope::column && u.updated)
      kinds.push_back({parameters.definitions()[u.definition].name, RowKind::Role::parameter});
  for (const ProductDefinition& product : products) kinds.push_back({product.name, RowKind::Role::product});
  for (const Stream& stream : domain.streams) kinds.push_back({stream.options->name, RowKind::Role::prediction});
  return kinds;
}

void ColumnRows::attach(Products& products, const ObsTable& obs, AlignedVector<double>& posterior_hx) {
  products_ = &products;
  obs_ = &obs;
  posterior_hx_ = &posterior_hx;
  posterior_hx = obs.hx;
  kinds_ = kinds_of(members_.domain(), control_, members_.parameters, products.definitions());
  own_obs_.assign(members_.domain().columns(), {});
  for (std::size_t i = 0; i < obs.size(); ++i)
    if (obs.column[i] >= 0 && !(obs.flag[i] & qc_no_prediction)) own_obs_[obs.column[i]].push_back(std::int32_t(i));
}

namespace {

// A little inside the bounds, where the transform is finite.
double to_unconstrained(const ControlRow& r, double x) {
  if (r.transform.kind == Transform::Kind::identity || r.rank_histogram) return x;
  const double margin = 1e-9 * (r.upper - r.lower);
  return r.transform.to_unconstrained(std::clamp(x, r.lower + margin, r.upper - margin));
}

double to_physical(const ControlRow& r, double z) {
  return std::clamp(r.rank_histogram ? z : r.transform.to_physical(z), r.lower, r.upper);
}

}  // namespace

void ColumnRows::gather(Members& members, int c, Loaded& l) const {
  using Role = RowKind::Role;
  const ColumnView column = members.state.column(c);
  const int stride = column.stride();
  l.sources.clear();
  l.values.clear();
  l.before.assign(column.data(), column.data() + std::size_t(column.tiles()) * column.rows() * stride);
  const auto take = [&](Source source, const double* x) {
    l.sources.push_back(source);
    l.values.insert(l.values.end(), x, x + stride);
  };
  std::vector<double> z(stride);
  for (int t = 0; t < column.tiles(); ++t)
    for (std::size_t r = 0; r < control_.size(); ++r) {
      double* x = column.row(t, control_[r].row);
      for (int k = 0; k < stride; ++k) z[k] = to_unconstrained(control_[r], x[k]);
      take({Role::state, kind_of_control_[r], &control_[r], x, 0.0}, z.data());
    }
  int kind = 0;
  while (kind < int(kinds_.size()) && kinds_[kind].role == Role::state) ++kind;
  std::size_t offset = 0;
  auto& parameters = members.parameters;
  for (int k = 0; k < int(parameters.uncertain().size()); ++k) {
    const UncertainParameter& u = parameters.uncertain()[k];
    if (u.scope == Scope::column && u.updated) {
      double* x = parameters.row(k, c).data();
      take({Role::parameter, kind++, nullptr, x, posterior_.initial_parameter_sd[offset + c]}, x);
    }
    offset += parameters.units(k);
  }
  if (!products_) return;
  const int count = int(products_->definitions().size());
  for (int s = 0; s < int(products_->slices().size()); ++s)
    for (int p = 0; p < count; ++p)
      take({Role::product, kind + p, nullptr, products_->row(c, p, s), 0.0}, products_->row(c, p, s));
  kind += count;
  for (const std::int32_t i : own_obs_[c])
    take({Role::prediction, kind + obs_->type[i], nullptr, posterior_hx_->data() + std::size_t(i) * stride, 0.0},
         obs_->predictions(i));
}

std::vector<FieldRow> ColumnRows::load(int c) {
  std::unique_ptr<Loaded> own = memory();
  if (reference_) {
    gather(*reference_, c, *own);
    own->prior = own->values;
  }
  gather(members_, c, *own);
  own->original = own->values;
  if (!reference_) own->prior = own->values;
  const int stride = members_.state.column(c).stride();
  const std::size_t N = members_.size();
  std::vector<FieldRow> rows;
  for (std::size_t r = 0; r < own->sources.size(); ++r) {
    double* x = own->values.data() + r * stride;
    const Source& source = own->sources[r];
    if (!prior_factor_.empty() && source.role != RowKind::Role::parameter) inflate({x, N}, prior_factor_[c]);
    rows.push_back({x, source.kind, source.control ? source.control->level : std::nan("")});
  }
  const std::lock_guard lock(mutex_);
  loaded_[c] = std::move(own);
  return rows;
}

std::unique_ptr<ColumnRows::Loaded> ColumnRows::memory() {
  const std::lock_guard lock(mutex_);
  if (spare_.empty()) return std::make_unique<Loaded>();
  std::unique_ptr<Loaded> own = std::move(spare_.back());
  spare_.pop_back();
  return own;
}

std::unique_ptr<ColumnRows::Loaded> ColumnRows::unload(int c) {
  const std::lock_guard lock(mutex_);
  return std::move(loaded_.extract(c).mapped());
}

void ColumnRows::keep_spread(int c, Loaded& l) const {
  const AnalysisOptions& options = *posterior_.options;
  const InflationOptions& inflation = options.inflation;
  const int stride = members_.state.column(c).stride();
  const std::size_t N = members_.size();
  for (std::size_t r = 0; r < l.sources.size(); ++r) {
    const std::span<double> row(l.values.data() + r * stride, N);
    const std::span<const double> prior(l.prior.data() + r * stride, N);
    const RowKind::Role role = l.sources[r].role;
    if (role == RowKind::Role::parameter) keep_parameter_spread(options, prior, row, l.sources[r].initial_sd);
    if (role == RowKind::Role::parameter || role == RowKind::Role::prediction) continue;
    if (inflation.rtps > 0.0) relax_to_prior_spread(prior, row, inflation.rtps);
    if (inflation.rtpp > 0.0) relax_to_prior_perturbations(prior, row, inflation.rtpp);
    inflate(row, inflation.multiplicative);
  }
  if (inflation.additive > 0.0) add_noise(c, l);
}

void ColumnRows::add_noise(int c, Loaded& l) const {
  const int stride = members_.state.column(c).stride();
  const std::size_t N = members_.size();
  const Random random = posterior_.key.random();
  std::vector<double> noise(N);
  for (std::size_t r = 0; r < l.sources.size(); ++r) {
    if (l.sources[r].role != RowKind::Role::state) continue;
    const double sd = posterior_.options->inflation.additive * member_spread({l.prior.data() + r * stride, N});
    for (std::size_t k = 0; k < N; ++k)
      noise[k] = sd * random.normal({posterior_.key.cycle, std::int64_t(k), members_.domain().grid.points[c].id,
                                     std::int64_t(1000 + r)});
    const double mean = member_mean(noise);
    for (std::size_t k = 0; k < N; ++k) l.values[r * stride + k] += noise[k] - mean;
  }
}

void ColumnRows::write_back(int c, const Loaded& l) {
  const int stride = members_.state.column(c).stride(), N = members_.size();
  for (std::size_t r = 0; r < l.sources.size(); ++r) {
    const Source& source = l.sources[r];
    const double* z = l.values.data() + r * stride;
    if (std::equal(z, z + N, l.original.data() + r * stride)) continue;  // not moved: it keeps its bits
    for (int k = 0; k < N; ++k) source.target[k] = source.control ? to_physical(*source.control, z[k]) : z[k];
    for (int k = N; k < stride; ++k) source.target[k] = source.target[N - 1];
  }
  members_.parameters.refresh_column(c);
  if (products_) products_->clip(c);
}

void ColumnRows::repair(int c, const Loaded& l) {
  const Domain& domain = members_.domain();
  const GridPoint& point = domain.grid.points[c];
  const ColumnView column = members_.state.column(c);
  const ColumnView before(const_cast<double*>(l.before.data()), column.tiles(), column.rows(), column.members());
  const RepairReport report = domain.model->repair(point, {members_.column_parameters(c)}, before, column);
  const std::lock_guard lock(mutex_);
  changes_.water_kg.push_back(report.water_kg_m2 * point.area_m2);
  changes_.carbon_g.push_back(report.carbon_g_m2 * point.area_m2);
  changes_.clipped += report.clipped;
}

void ColumnRows::reconcile(int c) {
  load(c);
  const auto own = unload(c);
  repair(c, *own);
}

void ColumnRows::store(int c, bool changed) {
  auto own = unload(c);
  const bool rotate = !posterior_.rotation.empty();
  if (reference_) changed = changed && own->values != own->prior;  // no pass moved the column: it keeps its bits
  if (changed && posterior_.options) keep_spread(c, *own);
  if (rotate)
    for (std::size_t r = 0; r < own->sources.size(); ++r)
      if (own->sources[r].role != RowKind::Role::prediction)
        rotate_members(posterior_.rotation,
                       {own->values.data() + r * members_.state.column(c).stride(), std::size_t(members_.size())});
  if (changed || rotate) write_back(c, *own);
  repair(c, *own);
  const std::lock_guard lock(mutex_);
  if (changed) ++changes_.updated_columns;
  spare_.push_back(std::move(own));
}

}  // namespace tilth
