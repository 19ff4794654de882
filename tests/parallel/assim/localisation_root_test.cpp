#include "assim/field/localisation_root.hpp"

#include <gtest/gtest.h>

#include "assim/field/envar_operator.hpp"
#include "assim/field/localisation_rules.hpp"
#include "assim/localisation.hpp"
#include "core/parallel/reproducible_sum.hpp"
#include "support/ring.hpp"

namespace tilth::test {
namespace {

constexpr int n = 50;

class LocalisationRoots : public ::testing::Test {
 protected:
  std::vector<double> draws(std::size_t count, std::int64_t id) const {
    std::vector<double> x(count);
    for (std::size_t i = 0; i < count; ++i)
      x[i] = Random(1, Purpose::test).normal({comm.rank(), std::int64_t(i), id, 0});
    return x;
  }
  double product(const std::vector<double>& a, const std::vector<double>& b) const {
    std::vector<double> addends;
    for (std::size_t i = 0; i < a.size(); ++i) addends.push_back(a[i] * b[i]);
    return reproducible_sum(comm, addends);
  }
  /// Row `id` of C = U U', by global column; gathered.
  std::vector<double> row(const LocalisationRoot& root, int id) const {
    const auto& points = ring.grid().points;
    std::vector<double> unit(points.size(), 0.0), v(root.modes()), c(points.size()), out(n, 0.0);
    for (std::size_t i = 0; i < points.size(); ++i) unit[i] = points[i].id == id;
    root.adjoint(unit, v, 1);
    root.apply(v, c, 1);
    std::vector<double> pairs;
    for (std::size_t i = 0; i < points.size(); ++i) pairs.insert(pairs.end(), {double(points[i].id), c[i]});
    pairs = comm.all_gather(std::span<const double>(pairs));
    for (std::size_t i = 0; i < pairs.size(); i += 2) out[std::size_t(pairs[i])] = pairs[i + 1];
    return out;
  }
  void expect_adjoint(const LocalisationRoot& root) const {
    const std::size_t columns = ring.grid().points.size();
    const std::vector<double> v = draws(3 * root.modes(), 1), f = draws(3 * columns, 2);
    std::vector<double> Uv(3 * columns), Uf(3 * root.modes());
    root.apply(v, Uv, 3);
    root.adjoint(f, Uf, 3);
    EXPECT_NEAR(product(Uv, f), product(v, Uf), 1e-9);
  }
  DiffusionOptions line() const {
    DiffusionOptions options;
    options.dimensions = 1;
    options.neighbour_km = ring.km(1.2);
    return options;
  }
  const Comm comm = Comm::world();
  const Ring ring{comm, n, normal_matrix(n, 6, 1), "one by one"};
};

TEST_F(LocalisationRoots, OfGaspariCohnIsExact) {
  const auto root = make_gaspari_cohn_root(comm, ring.grid(), ring.km(5.0));
  expect_adjoint(*root);
  const std::vector<double> c = row(*root, 7);
  for (int i = 0; i < n; ++i)
    EXPECT_NEAR(c[std::size_t(i)], gaspari_cohn(std::min(std::abs(i - 7), n - std::abs(i - 7)), 5.0), 1e-12);
}

TEST_F(LocalisationRoots, OfOneForAllIsOne) {
  const auto root = make_unlocalised_root(comm, ring.grid());
  expect_adjoint(*root);
  for (const double c : row(*root, 7)) EXPECT_EQ(c, 1.0);
}

TEST_F(LocalisationRoots, OfDiffusionHasAUnitDiagonalAndTheShapeOfItsTaper) {
  for (const int samples : {0, 200}) {
    DiffusionOptions options = line();
    options.samples = samples;
    options.steps = 5;
    const auto root = make_diffusion_root(comm, ring.grid(), ring.km(8.0), options);
    expect_adjoint(*root);
    for (const int id : {0, 7, 30}) {
      const std::vector<double> c = row(*root, id);
      EXPECT_NEAR(c[std::size_t(id)], 1.0, samples == 0 ? 1e-9 : 5.0 * std::sqrt(2.0 / samples));
      if (samples > 0) continue;
      for (int i = 0; i < n; ++i) {
        const int apart = std::min(std::abs(i - id), n - std::abs(i - id));
        EXPECT_NEAR(c[std::size_t(i)], gaspari_cohn(apart, 8.0), 0.04) << apart;  // both are like one Gaussian
      }
    }
  }
}

TEST_F(LocalisationRoots, AreTheSameOnAnyNumberOfRanks) {
  const Comm self = Comm::self();
  const Ring whole(self, n, normal_matrix(n, 6, 1));
  const auto alone = make_diffusion_root(self, whole.grid(), ring.km(8.0), line());
  std::vector<double> unit(n, 0.0), v(n), expected(n);
  unit[7] = 1.0;
  alone->adjoint(unit, v, 1);
  alone->apply(v, expected, 1);
  const std::vector<double> c = row(*make_diffusion_root(comm, ring.grid(), ring.km(8.0), line()), 7);
  for (int i = 0; i < n; ++i) EXPECT_NEAR(c[std::size_t(i)], expected[std::size_t(i)], 1e-10);
}

TEST_F(LocalisationRoots, RefuseWhatTheyCannotFactorise) {
  EXPECT_THROW(make_gaspari_cohn_root(comm, ring.grid(), ring.km(40.0)), Error);  // wider than the ring: indefinite
}

TEST(EnvarOperator, HasItsAdjoint) {
  const Comm comm = Comm::world();
  const Matrix E = normal_matrix(2 * n, 6, 1), shared = normal_matrix(2, 6, 2);
  Rows rows(shared);
  Ring ring(comm, n, E, "one by one");
  std::vector<RingObs> obs;
  for (int i = 0; i < 30; ++i) obs.push_back({i * 1.6, 0.0, 0.5, normal_matrix(6, 1, 60 + i), i % 2});
  ring.observe(obs);
  const LocalisationRules rules({}, ring.kinds(), {{"first", ring.km(5.0), NAN}, {"second", ring.km(5.0), NAN}},
                                "test");
  const FieldProblem problem{comm,
                             ring.grid(),
                             ring.obs(),
                             rules,
                             ring,
                             {},
                             nullptr,
                             {{"p", rows.all(), std::vector<double>(ring.grid().points.size(), 0.7),
                               std::vector<double>(ring.obs().size(), 0.9)}}};
  const auto root = make_gaspari_cohn_root(comm, ring.grid(), ring.km(5.0));
  const EnvarOperator G(problem, *root, root.get(), {0.9, 0.4, {{"x1", 2.0, {"second"}}}});
  std::vector<double> v(G.size()), hx(G.observations()), Gv(hx.size()), Gh(v.size()), left, right;
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = std::sin(double(i) + comm.rank());
  for (std::size_t i = 0; i < hx.size(); ++i) hx[i] = std::cos(2.0 * double(i) + comm.rank());
  G.forward(v, Gv);
  G.adjoint(hx, Gh);
  for (std::size_t i = 0; i < v.size(); ++i) right.push_back(v[i] * Gh[i]);
  for (std::size_t i = 0; i < hx.size(); ++i) left.push_back(hx[i] * Gv[i]);
  const double value = reproducible_sum(comm, left);
  EXPECT_GT(std::abs(value), 0.1);
  EXPECT_NEAR(value, reproducible_sum(comm, right), 1e-11);
}

}  // namespace
}  // namespace tilth::test
