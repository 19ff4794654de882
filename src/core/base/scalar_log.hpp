#pragma once

namespace tilth {

/// Natural logarithm from + - * / alone, so that its bits are the same on every CPU; error below 1 ulp.
///
/// Zero gives -infinity, a negative argument NaN; infinity and NaN are passed on.
double scalar_log(double x);

}  // namespace tilth
