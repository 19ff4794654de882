#pragma once

#include <span>
#include <vector>

#include "model/derivatives.hpp"

namespace tilth {

/// Largest error of a derivative that counts as agreement: round-off and truncation of the differences.
inline constexpr double derivative_tolerance = 1e-5;

/// What differences say of a derivative.
enum class Agreement {
  agrees,
  bound,   ///< differs, but the input is 0 or on its bound (no water, no snow), where slopes may hold for less than a
           ///< step
  kink,    ///< the two sides differ, and the derivative is that of one of them
  jump,    ///< the result jumps beside the input, so that a difference measures no slope
  differs  ///< the derivative is wrong
};

/// The derivative of a row at the end by an input, on dual numbers and by differences of runs in double.
struct DerivativeComparison {
  DerivativeInput input;
  int tile = 0, row = 0;
  double dual = 0.0;
  double difference = 0.0;          ///< central, or one-sided where the input lies on a bound
  double below = 0.0, above = 0.0;  ///< differences of either side, nearest the input
  double error = 0.0;               ///< |dual - difference| over |dual| + 1e-3 |value / input|
  Agreement agreement = Agreement::agrees;
};

/// For each input the row (among `rows`, of any tile) where dual and difference agree least; a disagreement comes
/// before a kink, a kink before agreement.
///
/// Differences take steps of 1e-5, 1e-6 and 1e-7 of the input, extrapolated; the best counts, for a limit that some
/// process reaches within a wide step is no error of the derivative.
/// @pre `rows` is not empty. Throws where the values of the dual run are not those of the run in double.
std::vector<DerivativeComparison> compare_derivatives(const LandModel& model, const MemberRun& run,
                                                      std::span<const DerivativeInput> inputs,
                                                      std::span<const int> rows);

}  // namespace tilth
