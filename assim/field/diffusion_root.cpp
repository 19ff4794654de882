#include <algorithm>
#include <cmath>
#include <vector>

#include "assim/field/localisation_root.hpp"
#include "assim/solvers/spd_matrix.hpp"
#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/grid/point_graph.hpp"
#include "core/random/random.hpp"

namespace tilth {

void DiffusionOptions::describe(Schema& s) {
  s.integer("steps", steps).in(2, 20).about("Implicit steps of the square root; more make C more like a Gaussian.");
  s.real("neighbour_km", neighbour_km)
      .units("km")
      .about("Columns nearer than this are neighbours; negative: one and a half cells.");
  s.integer("dimensions", dimensions).in(1, 2).about("2: the columns fill an area; 1: they lie along a line.");
  s.integer("samples", samples)
      .in(0, 1000000)
      .about("Random fields that estimate the normalisation (error of a variance: sqrt(2 / samples)); 0: exact.");
  s.section("solver", solver).about("Conjugate gradients of one implicit step.");
}

namespace {

/// What a rank knows of the columns that are neighbours of its own.
struct Neighbours {
  std::vector<double> lon, lat, degree;  // by global number
};

Neighbours all_columns(const Comm& comm, const Grid& grid, const PointGraph& graph) {
  std::vector<double> lon, lat, degree;
  for (std::size_t i = 0; i < grid.points.size(); ++i) {
    lon.push_back(grid.points[i].lon);
    lat.push_back(grid.points[i].lat);
    degree.push_back(double(graph.offset[i + 1] - graph.offset[i]));
  }
  const auto gathered = [&](const std::vector<double>& own) { return comm.all_gather(std::span<const double>(own)); };
  return {gathered(lon), gathered(lat), gathered(degree)};
}

/// A = 1 - l^2 Laplacian. Links weigh 2 dimensions / (number of links) / distance^2, so that the sum over the links of
/// a column of weight * difference approximates the Laplacian; the mean of both ends keeps A symmetric.
SparseRows diffusion_matrix(const Comm& comm, const Grid& grid, double length_km, const DiffusionOptions& options) {
  const double radius = options.neighbour_km > 0.0 ? options.neighbour_km : adjacency_km(grid);
  const PointGraph graph = point_graph(comm, grid.points, radius);
  const Neighbours all = all_columns(comm, grid, graph);
  SparseRows rows;
  for (std::size_t i = 0; i < grid.points.size(); ++i) {
    const std::int64_t own = graph.first + std::int64_t(i);
    rows.column.push_back(own);
    rows.value.push_back(1.0);
    const std::size_t diagonal = rows.value.size() - 1;
    for (std::int64_t e = graph.offset[i]; e < graph.offset[i + 1]; ++e) {
      const std::int64_t j = graph.neighbour[std::size_t(e)];
      const double km = great_circle_km(all.lon[own], all.lat[own], all.lon[j], all.lat[j]);
      require(km > 0.0, "analysis.method.4denvar.localisation: diffusion needs columns at different places; ", own,
              " and ", j, " are both at ", all.lon[own], ", ", all.lat[own]);
      const double share = options.dimensions * (1.0 / all.degree[own] + 1.0 / all.degree[j]);
      const double weight = share * (length_km / km) * (length_km / km);
      rows.column.push_back(j);
      rows.value.push_back(-weight);
      rows.value[diagonal] += weight;
    }
    rows.end_row();
  }
  return rows;
}

class DiffusionRoot final : public LocalisationRoot {
 public:
  DiffusionRoot(const Comm& comm, const Grid& grid, double length_km, const DiffusionOptions& options)
      : steps_(options.steps),
        columns_(grid.points.size()),
        scale_(columns_, 1.0),
        matrix_(comm, diffusion_matrix(comm, grid, length_km, options), options.solver, "implicit diffusion") {
    const std::vector<double> variance =
        options.samples == 0 ? exact_variance(comm) : sampled_variance(grid, options.samples);
    for (std::size_t i = 0; i < columns_; ++i) scale_[i] = 1.0 / std::sqrt(variance[i]);
  }
  std::size_t modes() const override { return columns_; }
  double reach_km() const override { return std::numeric_limits<double>::infinity(); }
  void apply(std::span<const double> v, std::span<double> fields, int count) const override {
    std::copy(v.begin(), v.end(), fields.begin());
    for (int k = 0; k < count; ++k) smooth(fields.subspan(k * columns_, columns_));
    scale(fields);
  }
  void adjoint(std::span<const double> fields, std::span<double> v, int count) const override {
    std::copy(fields.begin(), fields.end(), v.begin());
    scale(v);
    for (int k = 0; k < count; ++k) smooth(v.subspan(k * columns_, columns_));
  }

 private:
  void scale(std::span<double> fields) const {
    for (std::size_t i = 0; i < fields.size(); ++i) fields[i] *= scale_[i % columns_];
  }
  /// x = A^-steps x
  void smooth(std::span<double> x) const {
    std::vector<double> b(x.size());
    for (int s = 0; s < steps_; ++s) {
      std::copy(x.begin(), x.end(), b.begin());
      matrix_.solve(b, x);
    }
  }
  /// Diagonal of A^-2 steps: squared norm of A^-steps e_i, which is the i-th row of A^-steps.
  std::vector<double> exact_variance(const Comm& comm) const {
    std::vector<double> variance(columns_, 0.0), x(columns_);
    const std::int64_t first = comm.exclusive_scan(std::int64_t(columns_)), all = comm.sum(std::int64_t(columns_));
    for (std::int64_t j = 0; j < all; ++j) {
      std::fill(x.begin(), x.end(), 0.0);
      if (j >= first && j < first + std::int64_t(columns_)) x[std::size_t(j - first)] = 1.0;
      smooth(x);
      for (std::size_t i = 0; i < columns_; ++i) variance[i] += x[i] * x[i];  // A^-steps is symmetric
    }
    return variance;
  }
  std::vector<double> sampled_variance(const Grid& grid, int samples) const {
    const Random random(1, Purpose::analysis);
    std::vector<double> variance(columns_, 0.0), x(columns_);
    for (int s = 0; s < samples; ++s) {
      for (std::size_t i = 0; i < columns_; ++i) x[i] = random.normal({0, s, grid.points[i].id, 1});
      smooth(x);
      for (std::size_t i = 0; i < columns_; ++i) variance[i] += x[i] * x[i] / samples;
    }
    return variance;
  }

  int steps_;
  std::size_t columns_;
  std::vector<double> scale_;
  SpdMatrix matrix_;
};

}  // namespace

std::unique_ptr<LocalisationRoot> make_diffusion_root(const Comm& comm, const Grid& grid, double half_width_km,
                                                      const DiffusionOptions& options) {
  // Gaspari-Cohn of half width c is like a Gaussian of length c sqrt(3 / 10); a field of 2 steps has the Daley length
  // sqrt(4 steps - dimensions - 2) l (Weaver & Mirouze 2013, eq. 17).
  const double daley_km = half_width_km * std::sqrt(0.3);
  const double length_km = daley_km / std::sqrt(4.0 * options.steps - options.dimensions - 2.0);
  return std::make_unique<DiffusionRoot>(comm, grid, length_km, options);
}

}  // namespace tilth
