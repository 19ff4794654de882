#pragma once

#include <span>
#include <vector>

#include "assim/methods/obs_pool.hpp"
#include "core/base/simd/isa.hpp"

namespace tilth {

/// Solves several local problems of the LETKF at once, one per SIMD lane, without eigenvectors: Householder reduction
/// to a tridiagonal matrix T, and A^-1/2 as a sum of weight (A + shift)^-1, each term solved with T
/// (docs/methods/letkf.md).
///
/// A problem works with the N x N matrix Z' Z or, with fewer observations than members, with the p x p matrix Z Z';
/// Z = (taper / variance)^1/2 Y. A problem's bits depend neither on the others of the batch nor on the instruction set.
/// Keeps its memory from call to call; one object per thread.
class LetkfLanes {
 public:
  explicit LetkfLanes(simd::Isa isa = simd::chosen_isa()) : isa_(isa) {}

  /// Updates the rows of all problems of a batch. c = (N - 1) / inflation.
  void update(const ObsSpace& space, std::span<const LocalProblem> batch, double c);

  /// One problem in ensemble space from its statistics Z' Z and Z' e.
  void solve(std::span<const double> ZtZ, std::span<const double> Zte, std::span<double* const> rows, double c);

 private:
  struct Entry {
    const ObsPool::List* list;
    bool observation_space, whole;
    int rows;
  };
  template <class V>
  void update_in(std::span<const LocalProblem> batch, int N, bool centred, double c);
  template <class Group>
  void prepare(Group& group);
  template <class V, class Group>
  void choose_poles(Group& group, const V& largest);
  template <class Group>
  void run(Group& group);
  bool share_products(int M);
  void form_products(const int* rows, int count, int M, double* square);
  template <class Group>
  void place_products(Group& group, std::span<const Entry> entries, bool shared);

  simd::Isa isa_;
  ObsPool pool_;
  std::vector<Entry> order_;
  std::vector<int> count_up_;  // 0, 1, 2, ...
  std::vector<std::int64_t> member_offset_;
  AlignedVector<double> matrix_, root_, vectors_, sides_, factors_, poles_, strip_, anomalies_, means_;
  AlignedVector<double> transposed_, products_, ones_;
};

}  // namespace tilth
