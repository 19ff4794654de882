#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/random/random.hpp"
#include "driver/domain.hpp"

namespace tilth {

/// A failed member and the one whose state it takes over.
struct Replacement {
  int member = 0, source = 0;
};

/// `ensemble.failures`: which members failed, what replaces them, and how many are too many.
class Failures {
 public:
  /// `Error` for a range of a variable that the model does not have.
  Failures(const Domain& domain, int members, std::uint64_t seed);

  /// Members that the model calls failed, and those with a value that is not finite or outside its range.
  std::vector<int> find(const ColumnView& column, const std::vector<int>& told) const;
  /// What replaces them; `Failure` when there are too many in this column, or none are wanted.
  std::vector<Replacement> replacements(int c, Time day, const std::vector<int>& failed) const;
  /// `Failure` on all ranks when too many failed on this day; `failed`: of this rank's columns. Collective.
  void require_few(Time day, std::int64_t failed) const;

 private:
  struct Range {
    int row = 0, layers = 1;
    double from = 0.0, to = 0.0;
  };
  const Domain* domain_;
  const FailureOptions* options_;
  int members_;
  Random lot_;
  std::vector<Range> ranges_;
};

/// Copies the states of the sources into the failed members, and the last member into the padding.
void replace(const ColumnView& column, const std::vector<Replacement>& replacements);

}  // namespace tilth
