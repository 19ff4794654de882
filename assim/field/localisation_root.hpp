#pragma once

#include <limits>
#include <memory>
#include <span>

#include "assim/solvers/solve_options.hpp"
#include "core/grid/grid.hpp"
#include "core/parallel/comm.hpp"

namespace tilth {

/// A factor U of a correlation matrix C = U U' between the columns of all ranks, with ones on the diagonal.
class LocalisationRoot {
 public:
  virtual ~LocalisationRoot() = default;
  /// Length of this rank's part of a vector that U is applied to.
  virtual std::size_t modes() const = 0;
  /// Distance from which on C is exactly 0; infinite: nowhere.
  virtual double reach_km() const = 0;
  /// fields = U v for `count` vectors: v [count][modes], fields [count][own columns]. Collective.
  virtual void apply(std::span<const double> v, std::span<double> fields, int count) const = 0;
  /// v = U' fields. Collective.
  virtual void adjoint(std::span<const double> fields, std::span<double> v, int count) const = 0;
};

/// C = 1: all columns alike. Collective. `comm` must outlive it.
std::unique_ptr<LocalisationRoot> make_unlocalised_root(const Comm& comm, const Grid& grid);

/// C = Gaspari-Cohn by great-circle distance, factorised exactly on every rank: for some thousands of columns. Throws
/// where there are more than `largest_factorised`, or where C is not positive semidefinite. Collective.
std::unique_ptr<LocalisationRoot> make_gaspari_cohn_root(const Comm& comm, const Grid& grid, double half_width_km);
inline constexpr std::int64_t largest_factorised = 3000;

/// Options of `make_diffusion_root`.
struct DiffusionOptions {
  int steps = 3;
  double neighbour_km = -1.0;
  int dimensions = 2;
  int samples = 0;
  SolveOptions solver{1e-12, 10000};
  void describe(Schema& s);
};

/// C by implicit diffusion on the graph of neighbouring columns (Weaver & Courtier 2001; Weaver & Mirouze 2013): U = D
/// A^-steps, A = 1 - l^2 Laplacian, D the diagonal that makes C's diagonal 1. l gives C the curvature at the origin of
/// the Gaussian that a Gaspari-Cohn taper of this half width stands for. Collective.
std::unique_ptr<LocalisationRoot> make_diffusion_root(const Comm& comm, const Grid& grid, double half_width_km,
                                                      const DiffusionOptions& options);

}  // namespace tilth
