#include "assim/field/schur_system.hpp"

#include <algorithm>

#include "assim/field/interaction_radius.hpp"
#include "assim/field/localisation_rules.hpp"
#include "core/base/sphere.hpp"

namespace tilth {
namespace {

/// This rank's used observations, their global numbers in the place of their grid points.
ObsTable numbered(const FieldProblem& p) {
  ObsTable own = p.obs;
  std::int64_t number = p.comm.exclusive_scan(std::count(p.obs.flag.begin(), p.obs.flag.end(), std::uint32_t{qc_used}));
  for (std::size_t i = 0; i < own.size(); ++i)
    if (own.flag[i] == qc_used) own.point[i] = number++;
  return own;
}

std::vector<std::size_t> places_of_own(const ObsTable& own, const ObsTable& table) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < own.size(); ++i)
    if (own.flag[i] == qc_used)
      places.push_back(std::size_t(std::lower_bound(table.id.begin(), table.id.end(), own.id[i]) - table.id.begin()));
  return places;
}

}  // namespace

SchurSystem::SchurSystem(const FieldProblem& p, const SolveOptions& options)
    : problem_(p),
      radius_km_(interaction_radius(p)),
      table_(exchange_halo(p.comm, p.grid, numbered(p), radius_km_, p.caps)),
      number_(table_.point),
      search_(table_),
      prepared_(table_, true, p.key),
      own_(places_of_own(p.obs, table_)),
      count_(p.comm.sum(std::int64_t(own_.size()))) {
  if (count_ > 0) matrix_ = std::make_unique<SpdMatrix>(p.comm, rows(), options, "localised innovation covariance");
}

SparseRows SchurSystem::rows() const {
  const LocalisationRules& rules = problem_.localisation;
  const ObsTable& t = table_;
  SparseRows rows;
  std::vector<std::int32_t> near;
  std::vector<std::pair<std::int64_t, double>> entries;
  const std::size_t N = t.members, stride = t.stride();
  for (const std::size_t i : own_) {
    entries.clear();
    search_.within(t.lon[i], t.lat[i], rules.between_reach_km(t.type[i]), near);
    const double* a = prepared_.Y.data() + i * stride;
    for (const std::int32_t j : near) {
      const double km = great_circle_km(t.lon[i], t.lat[i], t.lon[j], t.lat[j]);
      const double weight = rules.between(t.type[i], t.type[j], km, t.level[i], t.level[j]);
      if (weight == 0.0) continue;
      const double* b = prepared_.Y.data() + j * stride;
      double product = 0.0;
      for (std::size_t k = 0; k < N; ++k) product += a[k] * b[k];
      const double error = std::size_t(j) == i ? prepared_.variance[i] : 0.0;
      entries.emplace_back(number_[j], weight * product / double(N - 1) + error);
    }
    std::sort(entries.begin(), entries.end());
    for (const auto& [column, value] : entries) {
      rows.column.push_back(column);
      rows.value.push_back(value);
    }
    rows.end_row();
  }
  return rows;
}

ObsTable SchurSystem::spread(const AlignedVector<double>& values) const {
  ObsTable own = problem_.obs;
  std::size_t at = 0;
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (own.flag[i] != qc_used) continue;
    std::copy_n(values.begin() + std::ptrdiff_t(at), own.stride(), own.predictions(i));
    at += own.stride();
  }
  return exchange_halo(problem_.comm, problem_.grid, own, radius_km_, problem_.caps);
}

}  // namespace tilth
