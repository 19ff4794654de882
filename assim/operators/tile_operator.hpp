#pragma once

#include <array>
#include <type_traits>
#include <utility>

#include "assim/operators/observation_operator.hpp"
#include "core/base/error.hpp"
#include "core/base/simd/dual.hpp"
#include "core/obs/obs_table.hpp"

namespace tilth {

/// First rows of what an operator reads: its needs in order, then its optional variables (-1: the layout has none).
class RowsRead {
 public:
  RowsRead(const StateLayout& layout, const OperatorTraits& traits) {
    ensure(traits.needs.size() + traits.optional.size() <= first_.size(), traits.quantity, ": too many variables");
    std::size_t i = 0;
    for (const auto& name : traits.needs) first_[i++] = layout.row(name);
    for (const auto& name : traits.optional) first_[i++] = layout.has(name) ? layout.row(name) : -1;
  }
  int operator[](int variable) const { return first_[std::size_t(variable)]; }

 private:
  std::array<int, 16> first_{};
};

/// A value with its derivative along one direction.
using Slope = simd::Dual<double>;

/// One member of a column as a prediction reads it: as numbers (T = double), or with derivatives (T = Slope).
template <class T>
class MemberView {
 public:
  /// `change` is needed for derivatives only.
  MemberView(const ObservedColumn& seen, const OperatorTraits& traits, const RowsRead& rows, const ColumnChange* change,
             std::size_t k)
      : seen_(seen), rows_(rows), change_(change), parameters_(int(traits.parameters.size())), k_(k) {}

  int tiles() const { return seen_.column.tiles(); }
  const Tile& tile(int t) const { return seen_.point.surface.tiles[std::size_t(t)]; }
  /// A layer of the i-th variable of the operator's needs (then of its optional ones).
  T value(int t, int i, int layer = 0) const {
    const int row = rows_[i] + layer;
    const double x = seen_.column.row(t, row)[k_];
    if constexpr (std::is_same_v<T, double>)
      return x;
    else
      return T(x, change_->column.row(t, row)[k_]);
  }
  /// The p-th parameter of the operator, or `fallback` where the model has none.
  T parameter(int t, int p, double fallback) const {
    const double* x = pointer(seen_.parameters, t, p);
    if (!x) return T(fallback);
    if constexpr (std::is_same_v<T, double>) {
      return x[k_];
    } else {
      const double* dx = pointer(change_->parameters, t, p);
      return T(x[k_], dx ? dx[k_] : 0.0);
    }
  }
  /// Sum over tiles of fraction times `of(tile)`.
  template <class Function>
  T mean(const Function& of) const {
    T sum = 0.0;
    for (int t = 0; t < tiles(); ++t) sum += tile(t).fraction * of(t);
    return sum;
  }
  /// Mean over tiles of a variable's first layer.
  T mean_of(int i) const {
    return mean([&](int t) { return value(t, i); });
  }

 private:
  const double* pointer(std::span<const double* const> all, int t, int p) const {
    const std::size_t i = std::size_t(t) * std::size_t(parameters_) + std::size_t(p);
    return i < all.size() ? all[i] : nullptr;
  }
  const ObservedColumn& seen_;
  const RowsRead& rows_;
  const ColumnChange* change_;
  int parameters_;
  std::size_t k_;
};

/// An operator that treats members one by one. `Op` has `observer(seen)`: a function of a MemberView<T> that returns
/// the prediction as T, with all that members share prepared; and, if it flags anything, `flags(seen)`.
template <class Op>
class TileOperator : public ObservationOperator {
 public:
  const OperatorTraits& traits() const final { return traits_; }
  std::uint32_t predict(const ObservedColumn& seen, std::span<double> hx) const final {
    const Op& op = static_cast<const Op&>(*this);
    const RowsRead rows(seen.layout, traits_);
    const auto observe = op.observer(seen);
    for (std::size_t k = 0; k < hx.size(); ++k) hx[k] = observe(MemberView<double>(seen, traits_, rows, nullptr, k));
    return op.flags(seen);
  }
  void tangent(const ObservedColumn& seen, const ColumnChange& change, std::span<double> dhx) const final {
    const RowsRead rows(seen.layout, traits_);
    const auto observe = static_cast<const Op&>(*this).observer(seen);
    for (std::size_t k = 0; k < dhx.size(); ++k) dhx[k] = observe(MemberView<Slope>(seen, traits_, rows, &change, k)).d;
  }
  /// No condition flags the observation, unless `Op` says otherwise.
  std::uint32_t flags(const ObservedColumn&) const { return qc_used; }

 protected:
  explicit TileOperator(OperatorTraits traits) : traits_(std::move(traits)) {}
  OperatorTraits traits_;
};

}  // namespace tilth
