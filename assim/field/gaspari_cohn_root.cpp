#include <Eigen/Dense>
#include <algorithm>
#include <vector>

#include "assim/field/localisation_root.hpp"
#include "assim/localisation.hpp"
#include "core/base/error.hpp"
#include "core/base/sphere.hpp"

namespace tilth {
namespace {

using Matrix = Eigen::MatrixXd;
using View = Eigen::Map<Matrix>;
using ConstView = Eigen::Map<const Matrix>;

class UnlocalisedRoot final : public LocalisationRoot {
 public:
  UnlocalisedRoot(const Comm& comm, std::size_t columns) : comm_(comm), columns_(columns) {}
  std::size_t modes() const override { return comm_.root() ? 1 : 0; }
  double reach_km() const override { return std::numeric_limits<double>::infinity(); }
  void apply(std::span<const double> v, std::span<double> fields, int count) const override {
    std::vector<double> all(v.begin(), v.end());
    all.resize(std::size_t(count));
    comm_.broadcast(std::span(all));
    for (int k = 0; k < count; ++k) std::fill_n(fields.begin() + std::ptrdiff_t(k * columns_), columns_, all[k]);
  }
  void adjoint(std::span<const double> fields, std::span<double> v, int count) const override {
    std::vector<double> sums(std::size_t(count), 0.0);
    for (std::size_t k = 0; k < sums.size(); ++k)
      for (std::size_t c = 0; c < columns_; ++c) sums[k] += fields[k * columns_ + c];
    const std::vector<double> all = comm_.gather(sums);
    std::fill(v.begin(), v.end(), 0.0);
    for (std::size_t i = 0; i < all.size(); ++i) v[i % sums.size()] += all[i];
  }

 private:
  const Comm& comm_;
  std::size_t columns_;
};

/// Columns of all ranks, rank by rank.
struct Places {
  std::vector<std::int64_t> count;  // per rank
  std::vector<double> lon, lat;
  std::size_t first = 0;  // of this rank
};

Places all_places(const Comm& comm, const Grid& grid) {
  Places p;
  std::vector<double> lon, lat;
  for (const GridPoint& point : grid.points) {
    lon.push_back(point.lon);
    lat.push_back(point.lat);
  }
  p.count = comm.all_gather(std::int64_t(lon.size()));
  p.lon = comm.all_gather(std::span<const double>(lon));
  p.lat = comm.all_gather(std::span<const double>(lat));
  for (int r = 0; r < comm.rank(); ++r) p.first += std::size_t(p.count[r]);
  return p;
}

/// U = P' L D^1/2 of C = P' L D L' P: pivoting lets C be singular (columns at the same place).
Matrix factor(const Places& places, double half_width_km) {
  const Eigen::Index n = Eigen::Index(places.lon.size());
  Matrix C(n, n);
  for (Eigen::Index j = 0; j < n; ++j)
    for (Eigen::Index i = j; i < n; ++i)
      C(i, j) =
          gaspari_cohn(great_circle_km(places.lon[i], places.lat[i], places.lon[j], places.lat[j]), half_width_km);
  const Eigen::LDLT<Matrix> ldlt(C);
  constexpr double round_off = 1e-6;  // Gaspari-Cohn on the sphere may be indefinite to this degree
  const double least = ldlt.vectorD().minCoeff();
  require(least > -round_off, "analysis.method.4denvar: the Gaspari-Cohn matrix of half width ", half_width_km,
          " km is not positive semidefinite on these columns (", least,
          "); take a smaller half width (at most a quarter of the way round the sphere) or localisation: diffusion");
  Matrix U = ldlt.matrixL();
  U = U * ldlt.vectorD().cwiseMax(0.0).cwiseSqrt().asDiagonal();
  return ldlt.transpositionsP().transpose() * U;
}

class GaspariCohnRoot final : public LocalisationRoot {
 public:
  GaspariCohnRoot(const Comm& comm, const Grid& grid, double half_width_km)
      : comm_(comm), reach_km_(2.0 * half_width_km), places_(all_places(comm, grid)), own_(grid.points.size()) {
    const Matrix U = factor(places_, half_width_km);
    rows_ = U.middleRows(Eigen::Index(places_.first), Eigen::Index(own_));
    columns_ = U.middleCols(Eigen::Index(places_.first), Eigen::Index(own_));
  }
  std::size_t modes() const override { return own_; }
  double reach_km() const override { return reach_km_; }
  void apply(std::span<const double> v, std::span<double> fields, int count) const override {
    View(fields.data(), Eigen::Index(own_), count).noalias() = rows_ * gathered(v, count);
  }
  void adjoint(std::span<const double> fields, std::span<double> v, int count) const override {
    View(v.data(), Eigen::Index(own_), count).noalias() = columns_.transpose() * gathered(fields, count);
  }

 private:
  /// The vectors of all ranks: [all columns] x count.
  Matrix gathered(std::span<const double> own, int count) const {
    const std::vector<double> all = comm_.all_gather(own);
    Matrix whole(Eigen::Index(places_.lon.size()), count);
    Eigen::Index first = 0;
    for (const std::int64_t n : places_.count) {
      whole.middleRows(first, n) = ConstView(all.data() + first * count, n, count);
      first += n;
    }
    return whole;
  }

  const Comm& comm_;
  double reach_km_;
  Places places_;
  std::size_t own_;
  Matrix rows_, columns_;  // of U: own rows, own columns
};

}  // namespace

std::unique_ptr<LocalisationRoot> make_unlocalised_root(const Comm& comm, const Grid& grid) {
  return std::make_unique<UnlocalisedRoot>(comm, grid.points.size());
}

std::unique_ptr<LocalisationRoot> make_gaspari_cohn_root(const Comm& comm, const Grid& grid, double half_width_km) {
  const std::int64_t columns = comm.sum(std::int64_t(grid.points.size()));
  require(columns <= largest_factorised, "analysis.method.4denvar.localisation: gaspari_cohn is for at most ",
          largest_factorised, " columns, there are ", columns, "; use diffusion");
  return std::make_unique<GaspariCohnRoot>(comm, grid, half_width_km);
}

}  // namespace tilth
