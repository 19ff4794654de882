#pragma once

#include <vector>

namespace tilth {

/// x^-1/2 on [1, kappa] as a sum of weight / (x + shift), all shifts and weights positive, to about 1e-14.
struct InverseRoot {
  std::vector<double> shift, weight;
};

/// The sum for the smallest tabulated kappa (steps of sqrt 2) that is not below `kappa`. @pre kappa >= 1
///
/// Trapezoidal rule in the elliptic variable for 1/sqrt(x) = 2/pi integral dt / (x + t^2) (Hale, Higham & Trefethen
/// 2008, method 3; Zolotarev).
const InverseRoot& inverse_root(double kappa);

}  // namespace tilth
