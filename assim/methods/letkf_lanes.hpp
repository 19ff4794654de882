#pragma once

#include <array>
#include <span>
#include <vector>

#include "core/base/aligned.hpp"

namespace tilth {

/// Instruction sets the solver is compiled for; all give the same bits.
enum class InstructionSet { basic, avx2, avx512 };

/// The best one this processor has.
InstructionSet best_instruction_set();

/// Solves up to eight local problems of the LETKF at once, without eigenvectors: Householder reduction to a tridiagonal
/// matrix T, and A^-1/2 as a sum of weight (A + shift)^-1, each term solved with T (docs/methods/letkf.md).
///
/// A problem is given in whitened form, Z = (taper / variance)^1/2 Y (p x N) and e = (taper / variance)^1/2 d (p). All
/// of a call work in the same space: with the N x N matrix Z' Z, or with the p x p matrix Z Z'. A problem's bits depend
/// neither on the others of the call nor on the instruction set. Keeps its memory from call to call; one object per
/// thread.
class LetkfLanes {
 public:
  static constexpr int capacity = 8;
  enum class Space { ensemble, observation };

  explicit LetkfLanes(InstructionSet instructions = best_instruction_set()) : instructions_(instructions) {}

  /// Room for the whitened problem of a lane: Z as p rows of `padded(N)`, zeros beyond the members, and e.
  struct Whitened {
    double *Z, *e;
  };
  Whitened prepare(int lane, int p, int N);

  /// Updates the rows of lanes 0 .. rows.size() - 1, as prepared. c = (N - 1) / inflation.
  void solve(Space space, int N, std::span<const std::span<double* const>> rows, double c);

  /// One problem in ensemble space from its statistics Z' Z and Z' e.
  void solve(std::span<const double> ZtZ, std::span<const double> Zte, std::span<double* const> rows, double c);

 private:
  struct Call;
  void begin(Call& call);
  void run(Call& call);
  void gather_rows(const Call& call);
  void choose_poles(const Call& call);
  void write_rows(const Call& call);

  InstructionSet instructions_;
  std::array<AlignedVector<double>, capacity> Z_, e_;
  std::array<int, capacity> p_{};
  AlignedVector<double> matrix_, bands_, sides_, sums_, poles_, factors_, dense_, anomalies_;
  std::vector<double> means_;
  int pole_count_ = 0;
};

}  // namespace tilth
