#pragma once

#include <numbers>
#include <string>
#include <vector>

#include "assim/field/field_problem.hpp"
#include "assim/field/localisation_rules.hpp"
#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/config/plugin.hpp"
#include "unit/assim/analysis_problem.hpp"

namespace tilth::test {

/// A registered whole-field method made from options in YAML flow style.
inline std::unique_ptr<FieldMethod> field_method_of(const std::string& name, const std::string& options = "{}") {
  for (const auto& [registered, plugin] : field_methods()) {
    if (registered != name) continue;
    Schema schema = Schema::reading(Node::parse(options, "test"));
    auto make = plugin->configure(schema);
    schema.finish();
    return make();
  }
  throw Error("no field method " + name);
}

/// One observation of a ring: where (in grid lengths), what, and the members' predictions.
struct RingObs {
  double place = 0.0, value = 0.0, variance = 1.0;
  Vector hx;
  int type = 0;
};

/// A field on a ring of `n` columns laid along the equator, dealt to the ranks; every column has the same number of
/// rows. Rows of the global matrix: column by column.
class Ring final : public FieldRows {
 public:
  Ring(const Comm& comm, int n, const Matrix& E, const std::string& dealing = "blocks")
      : comm_(comm), n_(n), per_column_(int(E.rows()) / n), members_(int(E.cols())) {
    grid_.global_count = n;
    for (int i = 0; i < n; ++i) {
      if (owner(i, dealing) != comm.rank()) continue;
      GridPoint point;
      point.id = point.cell = i;
      point.lon = 360.0 * i / n - 180.0;
      grid_.points.push_back(point);
      for (int r = 0; r < per_column_; ++r)
        for (int k = 0; k < padded(members_); ++k) data_.push_back(E(i * per_column_ + r, std::min(k, members_ - 1)));
    }
    for (int r = 0; r < per_column_; ++r) kinds_.push_back({.name = "x" + std::to_string(r)});
    obs_.members = members_;
    dealing_ = dealing;
  }
  /// Observations with ids first, first + step, ... each on the rank of its nearest column.
  void observe(const std::vector<RingObs>& all, std::int64_t first = 0, std::int64_t step = 1) {
    std::int64_t id = first;
    for (const RingObs& o : all) {
      const int column = (int(std::lround(o.place)) % n_ + n_) % n_;
      if (owner(column, dealing_) == comm_.rank()) put(o, id, column);
      id += step;
    }
    obs_.sort_by_id();
  }
  std::vector<RowKind>& kinds_to_change() { return kinds_; }
  /// The distribution of the first observation type.
  ObsKind& histogram() { return histogram_; }
  /// What may move what beside the half width.
  std::vector<LocalisationRule>& rules() { return rules_; }
  double km(double grid_lengths) const { return grid_lengths * 2.0 * std::numbers::pi * earth_radius_km / n_; }
  const Grid& grid() const { return grid_; }
  ObsTable& obs() { return obs_; }
  const Comm& comm() const { return comm_; }

  /// One analysis; `half_width` in grid lengths, 0: none. Collective.
  void analyse(const FieldMethod& method, double half_width, std::int64_t cycle = 0) {
    LocalisationOptions options;
    if (half_width <= 0.0) options.taper = "none";
    options.rules = rules_;
    std::vector<ObsKind> types;
    for (const char* name : {"first", "second"}) types.push_back({name, half_width > 0.0 ? km(half_width) : 1.0, NAN});
    types[0].rank_histogram = histogram_.rank_histogram;
    types[0].lower = histogram_.lower;
    types[0].upper = histogram_.upper;
    const LocalisationRules rules(options, kinds_, types, "test");
    FieldProblem problem{comm_, grid_, obs_, rules, *this, {1, cycle}, &record_, shared_};
    method.update(problem);
  }
  const FieldRecord& record() const { return record_; }
  /// Rows that belong to all columns and observations.
  void share(const std::string& name, std::vector<double*> rows) {
    shared_.push_back(
        {name, std::move(rows), std::vector<double>(grid_.points.size(), 1.0), std::vector<double>(obs_.size(), 1.0)});
  }
  /// The rows of all ranks in the order of the global matrix. Collective.
  Matrix gathered() const {
    std::vector<double> own;
    const int stride = padded(members_);
    for (std::size_t c = 0; c < grid_.points.size(); ++c)
      for (int r = 0; r < per_column_; ++r) {
        own.push_back(double(grid_.points[c].id * per_column_ + r));
        const double* x = data_.data() + (c * per_column_ + r) * stride;
        own.insert(own.end(), x, x + members_);
      }
    const std::vector<double> all = comm_.all_gather(std::span<const double>(own));
    Matrix E(n_ * per_column_, members_);
    for (std::size_t at = 0; at < all.size(); at += members_ + 1)
      for (int k = 0; k < members_; ++k) E(Eigen::Index(all[at]), k) = all[at + 1 + k];
    return E;
  }

  const std::vector<RowKind>& kinds() const override { return kinds_; }
  std::vector<FieldRow> load(int column) override {
    std::vector<FieldRow> rows;
    for (int r = 0; r < per_column_; ++r)
      rows.push_back({data_.data() + (std::size_t(column) * per_column_ + r) * padded(members_), r, NAN});
    return rows;
  }
  void store(int, bool) override {}

 private:
  int owner(int i, const std::string& dealing) const {
    return dealing == "blocks" ? int(std::int64_t(i) * comm_.size() / n_) : i % comm_.size();
  }
  void put(const RingObs& o, std::int64_t id, int column) {
    const std::size_t i = obs_.size();
    obs_.resize(i + 1);
    obs_.id[i] = id;
    obs_.type[i] = o.type;
    obs_.point[i] = column;
    for (std::size_t c = 0; c < grid_.points.size(); ++c)
      if (grid_.points[c].id == column) obs_.column[i] = int(c);
    obs_.lon[i] = 360.0 * o.place / n_ - 180.0;
    obs_.value[i] = o.value;
    obs_.error_sd[i] = std::sqrt(o.variance);
    for (int k = 0; k < obs_.stride(); ++k) obs_.predictions(i)[k] = o.hx(std::min(k, members_ - 1));
  }

  const Comm& comm_;
  int n_, per_column_, members_;
  std::string dealing_;
  Grid grid_;
  ObsTable obs_;
  FieldRecord record_;
  std::vector<SharedRows> shared_;
  ObsKind histogram_;
  std::vector<LocalisationRule> rules_;
  std::vector<RowKind> kinds_;
  AlignedVector<double> data_;
};

/// Observations of single rows of E.
inline std::vector<RingObs> ring_observations(const Matrix& E, const std::vector<int>& index, const Vector& y,
                                              const Vector& variance) {
  std::vector<RingObs> all;
  for (std::size_t i = 0; i < index.size(); ++i)
    all.push_back({double(index[i]), y(Eigen::Index(i)), variance(Eigen::Index(i)), E.row(index[i]).transpose(), 0});
  return all;
}

}  // namespace tilth::test
