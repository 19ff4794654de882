#include "core/state/transform.hpp"

#include <cmath>

namespace tilth {

double Transform::to_unconstrained(double x) const {
  switch (kind) {
    case Kind::log:
      return std::log(x - lower);
    case Kind::logit:
      return std::log((x - lower) / (upper - x));
    case Kind::identity:
      break;
  }
  return x;
}

double Transform::to_physical(double z) const {
  switch (kind) {
    case Kind::log:
      return lower + std::exp(z);
    case Kind::logit:
      return lower + (upper - lower) / (1.0 + std::exp(-z));
    case Kind::identity:
      break;
  }
  return z;
}

double Transform::derivative(double x) const {
  switch (kind) {
    case Kind::log:
      return x - lower;
    case Kind::logit:
      return (x - lower) * (upper - x) / (upper - lower);
    case Kind::identity:
      break;
  }
  return 1.0;
}

std::string to_string(Transform::Kind kind) {
  switch (kind) {
    case Transform::Kind::log:
      return "log";
    case Transform::Kind::logit:
      return "logit";
    case Transform::Kind::identity:
      break;
  }
  return "identity";
}

}  // namespace tilth
