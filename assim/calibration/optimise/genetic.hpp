#pragma once

#include "assim/calibration/archive.hpp"
#include "assim/calibration/box.hpp"
#include "assim/calibration/search.hpp"

namespace tilth::calibration {

struct GeneticOptions {
  Index population = 40;  ///< even
  int generations = 100;
  double crossover = 0.9;         ///< probability that a pair is crossed
  double crossover_index = 15.0;  ///< of simulated binary crossover: larger keeps children near their parents
  double mutation = -1.0;         ///< probability per parameter; negative: 1 / number of parameters
  double mutation_index = 20.0;   ///< of polynomial mutation: larger keeps closer
  Index elite = 2;                ///< the best that survive as they are
  double target = -INFINITY;
  std::uint64_t seed = 1;
};

/// Real-coded genetic algorithm: binary tournaments, simulated binary crossover (Deb & Agrawal 1995) and polynomial
/// mutation (Deb & Goyal 1996), both bounded. The first population is a Latin hypercube that holds the start.
class Genetic final : public Search {
 public:
  Genetic(const Box& box, const Vector& start, const GeneticOptions& options = {});

  Matrix ask() const override { return box_.from_unit(asked_); }
  void tell(const Vector& values) override;
  bool finished() const override;
  std::vector<double> numbers() const override { return numbers_of(*this); }
  void restore(std::span<const double> numbers) override { restore_from(numbers, *this); }
  const Record& record() const { return record_; }

  template <class A>
  void fields(A& archive) {
    archive(asked_, parents_, cost_, generation_, record_);
  }

 private:
  void breed();
  Index tournament(Index child) const;

  Box box_;
  GeneticOptions options_;
  Matrix asked_, parents_;  // in the unit cube
  Vector cost_;             // of the parents
  int generation_ = 0;
  Record record_;
};

/// Two children of two numbers in [0, 1] by simulated binary crossover; u uniform in (0, 1).
std::pair<double, double> crossed(double a, double b, double index, double u);
/// A number in [0, 1] near x by polynomial mutation; u uniform in (0, 1).
double mutated(double x, double index, double u);

}  // namespace tilth::calibration
