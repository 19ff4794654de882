#include "assim/calibration/optimise/genetic.hpp"

#include <algorithm>
#include <cmath>

#include "assim/calibration/design/latin_hypercube.hpp"
#include "assim/calibration/draws.hpp"

namespace tilth::calibration {
namespace {

// Which draw of a child: keeps the draws of a generation apart.
enum Draw : std::int64_t { first_entrant, second_entrant, cross, gene_cross, gene_spread, gene_mutates, gene_mutation };

// Spread factor of a child towards a bound at relative distance `room` (Deb & Agrawal 1995, bounded form).
double spread_factor(double room, double index, double u) {
  const double alpha = 2.0 - std::pow(1.0 + 2.0 * room, -(index + 1.0));
  const double power = 1.0 / (index + 1.0);
  if (u <= 1.0 / alpha) return std::pow(u * alpha, power);
  return std::pow(1.0 / (2.0 - u * alpha), power);
}

}  // namespace

std::pair<double, double> crossed(double a, double b, double index, double u) {
  constexpr double same = 1e-14;
  if (std::abs(a - b) < same) return {a, b};
  const double low = std::min(a, b), high = std::max(a, b), gap = high - low;
  const double down = spread_factor(low / gap, index, u), up = spread_factor((1.0 - high) / gap, index, u);
  return {std::clamp(0.5 * (low + high - down * gap), 0.0, 1.0), std::clamp(0.5 * (low + high + up * gap), 0.0, 1.0)};
}

double mutated(double x, double index, double u) {
  const double power = 1.0 / (index + 1.0);
  double step = 0.0;
  if (u < 0.5)
    step = std::pow(2.0 * u + (1.0 - 2.0 * u) * std::pow(1.0 - x, index + 1.0), power) - 1.0;
  else
    step = 1.0 - std::pow(2.0 * (1.0 - u) + 2.0 * (u - 0.5) * std::pow(x, index + 1.0), power);
  return std::clamp(x + step, 0.0, 1.0);
}

Genetic::Genetic(const Box& box, const Vector& start, const GeneticOptions& options) : box_(box), options_(options) {
  check(box_);
  require(options_.population >= 4 && options_.population % 2 == 0 && options_.elite < options_.population,
          "genetic algorithm: population ", options_.population, " with an elite of ", options_.elite,
          "; the population must be even, at least 4 and larger than the elite");
  asked_ = latin_hypercube(options_.population, box_.size(), options_.seed);
  asked_.row(0) = box_.to_unit(start.transpose()).row(0).cwiseMax(0.0).cwiseMin(1.0);
  if (options_.mutation < 0.0) options_.mutation = 1.0 / double(box_.size());
}

bool Genetic::finished() const { return generation_ >= options_.generations || record_.value <= options_.target; }

void Genetic::tell(const Vector& values) {
  if (finished()) return;
  record_.note(ask(), values);
  const Vector cost = worst_where_failed(values);
  Matrix all(parents_.rows() + asked_.rows(), box_.size());
  Vector costs(all.rows());
  // The elite of the last generation competes with the new one.
  const Index kept = parents_.rows() > 0 ? options_.elite : 0;
  for (Index i = 0; i < kept; ++i) {
    all.row(i) = parents_.row(i);
    costs(i) = cost_(i);
  }
  all.middleRows(kept, asked_.rows()) = asked_;
  costs.segment(kept, asked_.rows()) = cost;
  const auto order = ascending(costs.head(kept + asked_.rows()));
  Matrix next(options_.population, box_.size());
  Vector next_cost(options_.population);
  for (Index i = 0; i < options_.population; ++i) {
    next.row(i) = all.row(order[std::size_t(i)]);
    next_cost(i) = costs(order[std::size_t(i)]);
  }
  parents_ = std::move(next);
  cost_ = std::move(next_cost);
  ++generation_;
  breed();
}

Index Genetic::tournament(Index child) const {
  const Draws draws(options_.seed, Stream::genetic);
  const Index a = draws.below(options_.population, generation_, child, first_entrant);
  const Index b = draws.below(options_.population, generation_, child, second_entrant);
  return std::min(a, b);  // parents are sorted by cost
}

void Genetic::breed() {
  const Draws draws(options_.seed, Stream::genetic);
  const Index n = box_.size();
  const auto draw = [&](Index child, Draw what, Index gene = 0) {
    return draws.uniform(generation_, child, what + 16 * (gene + 1));
  };
  for (Index child = 0; child < options_.population; child += 2) {
    Vector a = parents_.row(tournament(child)).transpose(), b = parents_.row(tournament(child + 1)).transpose();
    const bool crosses = draw(child, cross) < options_.crossover;
    for (Index d = 0; crosses && d < n; ++d) {
      if (draw(child, gene_cross, d) < 0.5) continue;
      const bool turned = a(d) > b(d);
      const auto [low, high] = crossed(a(d), b(d), options_.crossover_index, draw(child, gene_spread, d));
      a(d) = turned ? high : low;
      b(d) = turned ? low : high;
    }
    asked_.row(child) = a.transpose();
    asked_.row(child + 1) = b.transpose();
    for (const Index i : {child, child + 1})
      for (Index d = 0; d < n; ++d)
        if (draw(i, gene_mutates, d) < options_.mutation)
          asked_(i, d) = mutated(asked_(i, d), options_.mutation_index, draw(i, gene_mutation, d));
  }
}

}  // namespace tilth::calibration
