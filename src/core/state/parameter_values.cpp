// Physical parameter values: from the unconstrained rows to what the model reads.

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/base/error.hpp"
#include "core/state/parameter_set.hpp"

namespace tilth {

double* ParameterSet::table_row(int definition, int pft) {
  return table_.data() + (std::int64_t{pft} * std::int64_t(definitions_.size()) + definition) * stride_;
}

void ParameterSet::to_physical(int k, int unit, int pft, double* out) const {
  const ParameterDefinition& d = definitions_[std::size_t(uncertain_[std::size_t(k)].definition)];
  const int reference = reference_pft(k, unit);
  if (!d.varies(pft) || !d.varies(reference)) {
    std::fill_n(out, stride_, d.value[std::size_t(pft)]);
    return;
  }
  const double* z = unconstrained_[std::size_t(k)].data() + std::int64_t{unit} * stride_;
  const double shift = pft == reference ? 0.0
                                        : d.transform.to_unconstrained(d.value[std::size_t(pft)]) -
                                              d.transform.to_unconstrained(d.value[std::size_t(reference)]);
  for (int m = 0; m < members_; ++m) {
    ensure(std::isfinite(z[m]), "parameter ", d.name, " of ", pft_names[std::size_t(pft)], ", member ", m, ": value ",
           z[m], " in transformed space is not finite");
    out[m] = std::clamp(d.transform.to_physical(z[m] + shift), d.lower, d.upper);
  }
  std::fill(out + members_, out + stride_, out[members_ - 1]);
}

void ParameterSet::refresh() {
  for (int k = 0; k < int(uncertain_.size()); ++k) {
    const UncertainParameter& u = uncertain_[std::size_t(k)];
    for (int unit = 0; unit < units(k); ++unit) {
      double* z = padded_row(k, unit);
      std::fill(z + members_, z + stride_, z[members_ - 1]);
    }
    if (u.scope == Scope::column) continue;
    for (int pft = 0; pft < pft_count; ++pft)
      to_physical(k, u.scope == Scope::pft ? pft : 0, pft, table_row(u.definition, pft));
  }
  for (int column = 0; column < columns_; ++column) refresh_column(column);
}

void ParameterSet::refresh_column(int column) {
  for (const int k : column_parameter_) {
    if (k < 0) continue;
    double* z = padded_row(k, column);
    std::fill(z + members_, z + stride_, z[members_ - 1]);
    for (std::int64_t t = first_tile_[std::size_t(column)]; t < first_tile_[std::size_t(column) + 1]; ++t)
      to_physical(k, column, tile_pft_[std::size_t(t)], column_table_[std::size_t(k)].data() + t * stride_);
  }
}

const double* ParameterSet::physical(int definition, int pft, int column) const {
  const int k = column_parameter_[std::size_t(definition)];
  if (k >= 0) {
    for (std::int64_t t = first_tile_[std::size_t(column)]; t < first_tile_[std::size_t(column) + 1]; ++t)
      if (tile_pft_[std::size_t(t)] == pft) return column_table_[std::size_t(k)].data() + t * stride_;
  }
  return table_.data() + (std::int64_t{pft} * std::int64_t(definitions_.size()) + definition) * stride_;
}

void ParameterSet::view(int column, std::span<const Tile> tiles, std::vector<const double*>& out) const {
  out.clear();
  for (const Tile& tile : tiles)
    for (int d = 0; d < viewed_; ++d) out.push_back(physical(d, tile.pft, column));
}

}  // namespace tilth
