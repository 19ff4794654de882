#pragma once

#include <functional>
#include <span>
#include <vector>

#include "core/base/aligned.hpp"
#include "model/land_model.hpp"

namespace tilth {

/// What is differentiated by: a physical parameter, or a row at the start, or what moves one of them.
struct DerivativeInput {
  enum class Kind { parameter, state };
  Kind kind = Kind::parameter;
  int index = 0;                   ///< of the parameter, or row of a tile
  int tile = -1;                   ///< of one tile; -1: moved in all tiles together
  std::vector<double> slope = {};  ///< derivative of each tile's parameter or row by the input; empty: 1 in `tile`
};

/// One member of a column: where it starts and the weather it meets.
struct MemberRun {
  const GridPoint* point = nullptr;
  std::span<const double> parameters;  ///< physical: [tile * parameters + parameter]
  std::span<const double> state;       ///< at the start: [tile * rows + row]
  Time begin;
  std::span<const MetDay> weather;       ///< of the days to run
  std::span<const MetSteps> steps = {};  ///< course of these days, or empty
};

/// Rows of the tiles of one member with their derivatives by some inputs, in the memory of members of a `DualModel`.
class DualRows {
 public:
  /// All zero.
  DualRows(int tiles, int rows, int inputs, int directions);
  double value(int tile, int row) const { return *at(tile, row); }
  double derivative(int tile, int row, int input) const { return at(tile, row)[place(input)]; }
  void set_value(int tile, int row, double value);
  void set_derivative(int tile, int row, int input, double d) { at(tile, row)[place(input)] = d; }
  int tiles() const { return tiles_; }
  int rows() const { return rows_; }
  int inputs() const { return inputs_; }
  int members() const { return members_; }
  /// Copies the derivatives of a row by all inputs, one after the other.
  void derivatives(int tile, int row, double* out) const;
  /// Whether all values and derivatives are.
  bool finite() const;
  double* at(int tile, int row) { return data_.data() + (std::size_t(tile) * rows_ + row) * members_; }
  const double* at(int tile, int row) const { return data_.data() + (std::size_t(tile) * rows_ + row) * members_; }

 private:
  int place(int input) const { return (input / directions_ * 2 + 1) * directions_ + input % directions_; }
  int tiles_, rows_, inputs_, directions_, members_;
  AlignedVector<double> data_;
};

/// Told after each model step. What it throws ends the run.
using DerivativesSeen = std::function<void(const StepSpan&, const DualRows&)>;

/// One member on its way through the days, with its derivatives by some inputs.
class DualRun {
 public:
  /// `parameters` and `state` as in `MemberRun`. `dual` and `point` must outlive this.
  DualRun(const DualModel& dual, const GridPoint& point, std::span<const double> parameters,
          std::span<const double> state, std::span<const DerivativeInput> inputs);
  /// One more day; false when the member fails in it.
  bool advance(Time day, const MetDay& weather, const MetSteps* steps, const DerivativesSeen& seen);
  const DualRows& rows() const { return state_; }

 private:
  const DualModel* dual_;
  const GridPoint* point_;
  DualRows parameters_, state_;
  std::vector<const double*> pointers_;
  MetMembers met_;
};

/// Runs the member and returns its rows at the end with their derivatives by `inputs`; values are those of
/// `LandModel::advance` to the bit. Derivatives are those of the discrete step, exact to round-off but at kinks, where
/// they are of the side taken. Throws where the model has no `dual` or the member fails.
DualRows run_with_derivatives(const LandModel& model, const MemberRun& run, std::span<const DerivativeInput> inputs,
                              const DerivativesSeen& seen = {});
DualRows run_with_derivatives(const DualModel& dual, const MemberRun& run, std::span<const DerivativeInput> inputs,
                              const DerivativesSeen& seen = {});

}  // namespace tilth
