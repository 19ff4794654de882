#pragma once

#include <string>

namespace tilth {

/// Converts values between UDUNITS units: `to = scale * from + offset`.
class UnitConverter {
 public:
  /// @param where what is converted, e.g. `met.nc: variable 'Tair'`; it starts every message.
  /// Throws `Error` naming both units when one is unknown or they cannot be converted; for carbon units such as `gC
  /// m-2` the message says how to write them.
  UnitConverter(const std::string& from, const std::string& to, const std::string& where);
  /// The same; where `from` counts moles and `to` does not, a mole has `molar_mass` g (0: cannot be converted).
  UnitConverter(const std::string& from, const std::string& to, double molar_mass, const std::string& where);
  double operator()(double value) const { return scale_ * value + offset_; }
  /// Converts a difference or a standard deviation (no offset).
  double difference(double value) const { return scale_ * value; }
  bool identity() const { return scale_ == 1.0 && offset_ == 0.0; }

 private:
  double scale_ = 1.0, offset_ = 0.0;
};

}  // namespace tilth
