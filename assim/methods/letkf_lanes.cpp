#include "assim/methods/letkf_lanes.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "assim/methods/inverse_root.hpp"
#include "assim/methods/letkf_finish.hpp"

namespace tilth {
namespace {

using lanes::Eight;
using lanes::Four;
using lanes::Group;
using lanes::WeightedRows;

// The heavy stages, once per instruction set; AVX2 and anything less work on four lanes.
#if defined(__x86_64__)
#define TILTH_TARGET(set) __attribute__((target(set)))
#else
#define TILTH_TARGET(set)
#endif
void reduce_basic(const Group<Four>& g, Four& largest) { lanes::reduce(g, largest); }
void finish_basic(const Group<Four>& g) { lanes::finish(g); }
void products_basic(const WeightedRows& rows, int n, double* out) { lanes::outer_product_triangle<Four>(rows, n, out); }
TILTH_TARGET("avx2") void reduce_avx2(const Group<Four>& g, Four& largest) { lanes::reduce(g, largest); }
TILTH_TARGET("avx2") void finish_avx2(const Group<Four>& g) { lanes::finish(g); }
TILTH_TARGET("avx2") void products_avx2(const WeightedRows& rows, int n, double* out) {
  lanes::outer_product_triangle<Four>(rows, n, out);
}
TILTH_TARGET("avx512f,avx512vl") void reduce_avx512(const Group<Eight>& g, Eight& largest) {
  lanes::reduce(g, largest);
}
TILTH_TARGET("avx512f,avx512vl") void finish_avx512(const Group<Eight>& g) { lanes::finish(g); }
TILTH_TARGET("avx512f,avx512vl") void products_avx512(const WeightedRows& rows, int n, double* out) {
  lanes::outer_product_triangle<Eight>(rows, n, out);
}

/// Whether A^-1/2 is formed whole; where the costs of the two ways cross.
bool many_rows(int rows, int N) { return 4 * rows >= N + 8; }

/// Rows that come next, on their way from memory while others are worked on.
void fetch_early(const LocalProblem& problem, int N) {
  constexpr int line = 8;
  const std::size_t some = std::min<std::size_t>(problem.rows.size(), 64);
  for (std::size_t r = 0; r < some; ++r)
    for (int k = 0; k < N; k += line) __builtin_prefetch(problem.rows[r] + k, 1);
}

/// Grows, never shrinks; no allocation once the largest size has been seen.
double* room(AlignedVector<double>& memory, std::size_t count) {
  if (memory.size() < count) memory.resize(count);
  return memory.data();
}
template <class V>
V* lane_room(AlignedVector<double>& memory, std::size_t count) {
  return reinterpret_cast<V*>(room(memory, count * lanes::width<V>));
}

}  // namespace

template <class G>
void LetkfLanes::prepare(G& g) {
  using V = std::remove_reference_t<decltype(*g.shift)>;
  constexpr std::size_t W = lanes::width<V>;
  for (int lane = 0; lane < g.count; ++lane) g.rows = std::max(g.rows, g.rows_of[lane]);
  g.blocks = g.whole ? 1 : g.rows / lanes::sides + 1;
  const std::size_t n = g.n, side_count = std::size_t(g.blocks) * lanes::sides;
  V* vectors = lane_room<V>(vectors_, 5 * n + side_count);
  g.t = {g.n, lane_room<V>(matrix_, n * (n + 1) / 2 + W), vectors, vectors + n, vectors + 2 * n, vectors + 3 * n};
  g.increment = vectors + 5 * n;
  g.sides_in = lane_room<V>(sides_, 2 * side_count * n);
  g.sides_out = g.sides_in + side_count * n;
  g.lower = lane_room<V>(factors_, 4 * n * lanes::pole_block);
  g.inverse_d = g.lower + n * lanes::pole_block;
  g.scaled_d = g.inverse_d + n * lanes::pole_block;
  g.z = g.scaled_d + n * lanes::pole_block;
  g.member_stride = padded(g.M);
  g.strip_size = std::max<long>(lanes::block_row<int(W)>(padded(g.M + 1)), padded(g.n));
  if (g.observation_space) g.strip_size = padded(g.n);
  if (g.whole) {
    g.strip_size = std::max(g.strip_size, long(g.M) * padded(g.N));
    g.root = lane_room<V>(root_, n * (n + 1) / 2);
  }
  const std::size_t strips = W * std::size_t(g.strip_size), zeros = padded(std::max(g.n, g.M));
  g.strip = room(strip_, strips + zeros);
  std::fill_n(g.strip + strips, zeros, 0.0);
  g.anomalies = room(anomalies_, std::size_t(g.count) * g.rows * g.member_stride);
  g.means = room(means_, W * g.rows);
}

template <class V, class G>
void LetkfLanes::choose_poles(G& g, const V& largest) {
  constexpr int W = lanes::width<V>;
  const InverseRoot* root[W];
  std::size_t most = 0;
  for (int lane = 0; lane < W; ++lane) {
    root[lane] = &inverse_root(1.0 + largest[lane] / g.c);
    most = std::max(most, root[lane]->shift.size());
  }
  g.poles = int(most + 2) / 2 * 2;  // the first one is for the mean; always in pairs
  g.shift = lane_room<V>(poles_, 2 * std::size_t(g.poles));
  g.pole_weight = g.shift + g.poles;
  const double scale = std::sqrt(g.c);
  double *shift = reinterpret_cast<double*>(g.shift), *weight = reinterpret_cast<double*>(g.pole_weight);
  for (int m = 0; m < g.poles; ++m)
    for (int lane = 0; lane < W; ++lane, ++shift, ++weight) {
      const bool used = m > 0 && m <= int(root[lane]->shift.size());
      const double total = g.c * (1.0 + (used ? root[lane]->shift[m - 1] : 0.0));
      const double share = used ? scale * root[lane]->weight[m - 1] : 0.0;  // a pole too many adds zero
      *shift = total;
      *weight = g.observation_space ? -share / total : share;
    }
}

template <class G>
void LetkfLanes::run(G& g) {
  using V = std::remove_reference_t<decltype(*g.shift)>;
  prepare(g);
  V largest;
  if constexpr (lanes::width<V> == 8) {
    reduce_avx512(g, largest);
    choose_poles(g, largest);
    finish_avx512(g);
  } else {
    const bool avx2 = isa_ == simd::Isa::avx2;
    (avx2 ? reduce_avx2 : reduce_basic)(g, largest);
    choose_poles(g, largest);
    (avx2 ? finish_avx2 : finish_basic)(g);
  }
}

/// Scalar products of some rows of the pool, lower triangle in rows of length padded(count).
void LetkfLanes::form_products(const int* rows, int count, int M, double* square) {
  const int size = padded(count);
  double* transposed = room(transposed_, std::size_t(M) * size);
  std::fill_n(transposed, std::size_t(M) * size, 0.0);
  for (int o = 0; o < count; ++o) {
    const double* row = pool_.table() + long(rows[o]) * pool_.stride();
    for (int k = 0; k < M; ++k) transposed[std::size_t(k) * size + o] = row[k];
  }
  if (ones_.size() < std::size_t(M)) ones_.assign(M, 1.0);
  member_offset_.resize(M);
  for (int k = 0; k < M; ++k) member_offset_[k] = std::int64_t{k} * size;
  const WeightedRows members{transposed, member_offset_.data(), ones_.data(), M};
  if (isa_ == simd::Isa::avx512)
    products_avx512(members, size, square);
  else
    (isa_ == simd::Isa::avx2 ? products_avx2 : products_basic)(members, size, square);
}

/// Where the problems share observations, the scalar products of all are formed at once; the bits are the same.
bool LetkfLanes::share_products(int M) {
  double squares = 0.0;
  int most = pool_.size();
  for (const Entry& e : order_)
    if (e.observation_space) squares += double(e.list->p) * e.list->p;
  while (int(count_up_.size()) < padded(most)) count_up_.push_back(int(count_up_.size()));
  if (double(pool_.size()) * pool_.size() >= squares) return false;
  form_products(count_up_.data(), pool_.size(), M, room(products_, std::size_t(padded(most)) * padded(most)));
  return true;
}

/// Scalar products of each problem of a group by itself, or where they are in those of all.
template <class G>
void LetkfLanes::place_products(G& g, std::span<const Entry> entries, bool shared) {
  std::size_t end = 0;
  for (const Entry& e : entries) end += std::size_t(padded(e.list->p)) * padded(e.list->p);
  double* square = shared ? products_.data() : room(products_, end);
  for (int lane = 0; lane < g.count; ++lane) {
    const ObsPool::List& list = *entries[lane].list;
    const int size = padded(list.p);
    g.n = std::max(g.n, list.p);
    g.products[lane] = {square, shared ? padded(pool_.size()) : size, shared ? pool_.index(list) : count_up_.data()};
    if (shared) continue;
    form_products(pool_.index(list), list.p, g.M, square);
    square += std::size_t(size) * size;
  }
}

template <class V>
void LetkfLanes::update_in(std::span<const LocalProblem> batch, int N, bool centred, double c) {
  const bool shared = share_products(centred ? N - 1 : N);
  for (std::size_t first = 0; first < order_.size();) {
    const bool observation_space = order_[first].observation_space, whole = order_[first].whole;
    Group<V> g;
    g.N = N;
    g.centred = centred;
    g.M = centred ? N - 1 : N;
    g.c = c;
    g.observation_space = observation_space;
    g.whole = whole;
    g.n = observation_space ? 0 : g.M;
    for (; g.count < lanes::width<V> && first + g.count < order_.size(); ++g.count) {
      const Entry& e = order_[first + g.count];
      if (e.observation_space != observation_space || e.whole != whole) break;
      g.obs[g.count] = {pool_.table(), pool_.offset(*e.list),
                        observation_space ? pool_.root_weight(*e.list) : pool_.weight(*e.list), e.list->p};
      g.row[g.count] = batch[e.list->problem].rows.data();
      g.rows_of[g.count] = e.rows;
    }
    if (observation_space) place_products(g, std::span(order_).subspan(first, g.count), shared);
    first += g.count;
    for (std::size_t next = first; next < std::min(first + lanes::width<V>, order_.size()); ++next)
      fetch_early(batch[order_[next].list->problem], N);
    run(g);
  }
}

void LetkfLanes::update(const ObsSpace& space, std::span<const LocalProblem> batch, double c) {
  const int N = space.members;
  pool_.gather(space, batch);
  order_.clear();
  for (const ObsPool::List& list : pool_.lists()) {
    const int rows = int(batch[list.problem].rows.size());
    const bool many = many_rows(rows, N), observations = list.p < (many ? 6 : 7) * N / 8;
    order_.push_back({&list, observations, many && !observations, rows});
  }
  // Problems of like size share the lanes; the space is the problem's own choice, so that its bits do not depend on the
  // batch.
  std::sort(order_.begin(), order_.end(), [](const Entry& a, const Entry& b) {
    if (a.observation_space != b.observation_space) return a.observation_space;
    if (a.whole != b.whole) return b.whole;
    if (a.observation_space && a.list->p != b.list->p) return a.list->p < b.list->p;
    return a.rows != b.rows ? a.rows < b.rows : a.list->problem < b.list->problem;
  });
  if (isa_ == simd::Isa::avx512)
    update_in<Eight>(batch, N, space.centred, c);
  else
    update_in<Four>(batch, N, space.centred, c);
}

void LetkfLanes::solve(std::span<const double> ZtZ, std::span<const double> Zte, std::span<double* const> rows,
                       double c) {
  const auto solve_in = [&](auto g) {
    g.count = 1;
    g.N = int(Zte.size());
    g.n = g.M = g.N;
    g.centred = false;
    g.c = c;
    g.given_matrix = ZtZ.data();
    g.given_side = Zte.data();
    g.whole = true;  // not by the number of rows: these are rows of a batch of columns, which depends on the ranks
    g.row[0] = rows.data();
    g.rows_of[0] = int(rows.size());
    run(g);
  };
  if (isa_ == simd::Isa::avx512)
    solve_in(Group<Eight>());
  else
    solve_in(Group<Four>());
}

}  // namespace tilth
