#include "assim/methods/letkf_lanes.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "assim/inflation.hpp"
#include "assim/methods/inverse_root.hpp"
#include "assim/methods/letkf_stages.hpp"

namespace tilth {
namespace {

using lanes::Lanes;
using lanes::Work;

void reduce_basic(const Work& w) { lanes::reduce(w); }
void finish_basic(const Work& w) { lanes::finish(w); }
#if defined(__x86_64__)
__attribute__((target("avx2"))) void reduce_avx2(const Work& w) { lanes::reduce(w); }
__attribute__((target("avx2"))) void finish_avx2(const Work& w) { lanes::finish(w); }
__attribute__((target("avx512f"))) void reduce_avx512(const Work& w) { lanes::reduce(w); }
__attribute__((target("avx512f"))) void finish_avx512(const Work& w) { lanes::finish(w); }
#else
constexpr auto reduce_avx2 = reduce_basic, reduce_avx512 = reduce_basic;
constexpr auto finish_avx2 = finish_basic, finish_avx512 = finish_basic;
#endif

using Stage = void (*)(const Work&);
constexpr std::array<Stage, 3> reduce_stage = {reduce_basic, reduce_avx2, reduce_avx512};
constexpr std::array<Stage, 3> finish_stage = {finish_basic, finish_avx2, finish_avx512};

/// Grows, never shrinks; no allocation once the largest size has been seen.
double* room(AlignedVector<double>& memory, std::size_t count) {
  if (memory.size() < count) memory.resize(count);
  return memory.data();
}
Lanes* lane_room(AlignedVector<double>& memory, std::size_t count) {
  return reinterpret_cast<Lanes*>(room(memory, count * lanes::lane_count));
}
Lanes* cleared(AlignedVector<double>& memory, std::size_t count) {
  double* first = room(memory, count * lanes::lane_count);
  std::fill_n(first, count * lanes::lane_count, 0.0);
  return reinterpret_cast<Lanes*>(first);
}

}  // namespace

InstructionSet best_instruction_set() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return InstructionSet::avx512;
  if (__builtin_cpu_supports("avx2")) return InstructionSet::avx2;
#endif
  return InstructionSet::basic;
}

struct LetkfLanes::Call {
  Work w;
  std::span<const std::span<double* const>> rows;
};

LetkfLanes::Whitened LetkfLanes::prepare(int lane, int p, int N) {
  p_[lane] = p;
  return {room(Z_[lane], std::size_t(p) * padded(N)), room(e_[lane], p)};
}

void LetkfLanes::begin(Call& call) {
  Work& w = call.w;
  w.stride = padded(w.N);
  for (int lane = 0; lane < w.count; ++lane) {
    w.Z[lane] = Z_[lane].data();
    w.p[lane] = p_[lane];
    w.rows_of[lane] = int(call.rows[lane].size());
    w.rows = std::max(w.rows, w.rows_of[lane]);
    if (w.observation_space) w.n = std::max(w.n, w.p[lane]);
  }
  w.blocks = w.rows / lanes::sides + 1;
  const std::size_t n = w.n, side_count = std::size_t(w.blocks) * lanes::sides;
  w.t = {w.n, cleared(matrix_, n * (n + 1) / 2)};
  Lanes* bands = lane_room(bands_, 4 * n);
  w.t.diagonal = bands;
  w.t.below = bands + n;
  w.t.inverse_h = bands + 2 * n;
  w.t.work = bands + 3 * n;
  w.sides_in = cleared(sides_, side_count * n);
  w.sides_out = cleared(sums_, side_count * n);
  w.lower = lane_room(factors_, 3 * n * lanes::shifts + side_count);
  w.inverse_d = w.lower + n * lanes::shifts;
  w.z = w.inverse_d + n * lanes::shifts;
  w.increment = w.z + n * lanes::shifts;
  if (!w.given_matrix) {
    w.dense_stride = padded(std::max(w.n, w.N)) + member_padding;
    w.dense = room(dense_, std::size_t(w.dense_stride) * w.dense_stride);
  }
  gather_rows(call);
  w.anomalies = anomalies_.data();
}

void LetkfLanes::gather_rows(const Call& call) {
  const Work& w = call.w;
  const std::size_t count = std::size_t(w.count) * w.rows;
  room(anomalies_, count * w.stride);
  if (means_.size() < count) means_.resize(count);
  for (int lane = 0; lane < w.count; ++lane)
    for (int r = 0; r < w.rows_of[lane]; ++r) {
      const double* row = call.rows[lane][r];
      const double mean = member_mean({row, std::size_t(w.N)});
      double* anomaly = anomalies_.data() + (std::size_t(lane) * w.rows + r) * w.stride;
      for (int k = 0; k < w.N; ++k) anomaly[k] = row[k] - mean;
      std::fill(anomaly + w.N, anomaly + w.stride, 0.0);
      means_[std::size_t(lane) * w.rows + r] = mean;
    }
}

void LetkfLanes::choose_poles(const Call& call) {
  const Work& w = call.w;
  std::array<const InverseRoot*, capacity> root{};
  pole_count_ = 0;
  for (int lane = 0; lane < w.count; ++lane) {
    double largest = 0.0;  // Gershgorin bound of the eigenvalues of T
    for (int i = 0; i < w.n; ++i) {
      const double beyond = i + 1 < w.n ? std::abs(w.t.below[i + 1][lane]) : 0.0;
      largest = std::max(largest, w.t.diagonal[i][lane] + std::abs(w.t.below[i][lane]) + beyond);
    }
    root[lane] = &inverse_root(1.0 + largest / w.c);
    pole_count_ = std::max(pole_count_, int(root[lane]->shift.size()));
  }
  pole_count_ = (pole_count_ + lanes::shifts - 1) / lanes::shifts * lanes::shifts;
  Lanes* shift = lane_room(poles_, 2 * std::size_t(pole_count_));
  Lanes* weight = shift + pole_count_;
  const double scale = std::sqrt(w.c);
  for (int m = 0; m < pole_count_; ++m)
    for (int lane = 0; lane < capacity; ++lane) {
      const bool used = lane < w.count && m < int(root[lane]->shift.size());
      const double total = w.c * (1.0 + (used ? root[lane]->shift[m] : 0.0));
      const double share = used ? scale * root[lane]->weight[m] : 0.0;  // a pole too many adds zero
      shift[m][lane] = total;
      weight[m][lane] = w.observation_space ? -share / total : share;
    }
}

void LetkfLanes::write_rows(const Call& call) {
  const Work& w = call.w;
  const double root = std::sqrt(w.N - 1.0), prior = root / std::sqrt(w.c);
  for (int lane = 0; lane < w.count; ++lane)
    for (int r = 0; r < w.rows_of[lane]; ++r) {
      double* row = call.rows[lane][r];
      const Lanes* solved = w.side(w.sides_out, r + 1);
      const double mean = means_[std::size_t(lane) * w.rows + r] + w.increment[r + 1][lane];
      if (!w.observation_space) {
        for (int k = 0; k < w.N; ++k) row[k] = mean + root * solved[k * lanes::sides][lane];
        continue;
      }
      double* x = anomalies_.data() + (std::size_t(lane) * w.rows + r) * w.stride;
      for (int k = 0; k < w.N; ++k) x[k] *= prior;
      for (int i = 0; i < w.p[lane]; ++i) {
        const double share = root * solved[i * lanes::sides][lane];
        const double* z = w.Z[lane] + std::size_t(i) * w.stride;
        for (int k = 0; k < w.N; ++k) x[k] += share * z[k];
      }
      for (int k = 0; k < w.N; ++k) row[k] = mean + x[k];
    }
}

void LetkfLanes::run(Call& call) {
  begin(call);
  reduce_stage[int(instructions_)](call.w);
  choose_poles(call);
  call.w.poles = pole_count_;
  call.w.shift = reinterpret_cast<Lanes*>(poles_.data());
  call.w.weight = call.w.shift + pole_count_;
  finish_stage[int(instructions_)](call.w);
  write_rows(call);
}

void LetkfLanes::solve(Space space, int N, std::span<const std::span<double* const>> rows, double c) {
  assert(rows.size() <= std::size_t(capacity) && N >= 2 && c > 0.0);
  Call call;
  call.rows = rows;
  Work& w = call.w;
  w.count = int(rows.size());
  w.N = N;
  w.observation_space = space == Space::observation;
  w.n = w.observation_space ? 0 : N;
  w.c = c;
  for (int lane = 0; lane < w.count; ++lane) w.e[lane] = e_[lane].data();
  run(call);
}

void LetkfLanes::solve(std::span<const double> ZtZ, std::span<const double> Zte, std::span<double* const> rows,
                       double c) {
  Call call;
  call.rows = {&rows, 1};
  Work& w = call.w;
  w.count = 1;
  w.N = w.n = int(Zte.size());
  w.c = c;
  w.given_matrix = true;
  w.e[0] = Zte.data();
  w.dense = const_cast<double*>(ZtZ.data());
  w.dense_stride = w.N;
  run(call);
}

}  // namespace tilth
