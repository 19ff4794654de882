#pragma once

#include <span>
#include <vector>

#include "core/base/aligned.hpp"

namespace tilth {

/// Assimilated observations, one after the other, as rows see them: the square-root update of one observation
/// (Whitaker & Hamill 2002, eqs 9-13; the same as the EAKF of Anderson 2001 for a Gaussian observation).
///
/// Of observation i: y' anomalies of its members just before it is assimilated, s their variance, r its error variance,
/// d its departure, alpha = 1 / (1 + sqrt(r / (s + r))). A row x with anomalies x' moves by
/// `weight * x'.y' / ((N - 1) (s + r)) * (d - alpha y'_k)`.
class SerialSteps {
 public:
  SerialSteps(std::size_t count, int members);

  /// Makes the step of observation `i` from its members, the observed value and the error variance.
  void make(std::size_t i, const double* members, double value, double variance);
  bool made(std::size_t i) const { return made_[i] != 0; }
  /// The members it was made from.
  std::span<const double> prior(std::size_t i) const { return {prior_.data() + i * stride_, std::size_t(members_)}; }
  int members() const { return members_; }

  /// A row on its way through the observations: mean and anomalies. No allocation once made.
  class Row {
   public:
    explicit Row(int members) : members_(members), a_(std::size_t(padded(members)), 0.0) {}
    void read(const double* x);
    void regress(const SerialSteps& steps, std::size_t i, double weight);
    void write(double* x) const;

   private:
    int members_;
    double mean_ = 0.0;
    AlignedVector<double> a_;
  };

 private:
  int members_, stride_;
  AlignedVector<double> prior_, Y_;  // [obs][stride], Y_ padded with zeros
  std::vector<double> d_, gain_, alpha_;
  std::vector<char> made_;
};

}  // namespace tilth
