#pragma once

#include <sstream>
#include <stdexcept>
#include <string>

namespace tilth {

/// Bad input, configuration or environment: exit status 2. The text names the thing, the value and the remedy.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Numerical or runtime failure of a valid run: exit status 3. Checkpoints already written stay good.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// `parts` streamed one after the other into a string; doubles with 12 significant digits.
template <class... Parts>
std::string text(const Parts&... parts) {
  std::ostringstream out;
  out.precision(12);
  (out << ... << parts);
  return out.str();
}

/// Throws `Error` with the streamed parts unless `ok`.
template <class... Parts>
void require(bool ok, const Parts&... parts) {
  if (!ok) throw Error(text(parts...));
}

/// Throws `Failure` with the streamed parts unless `ok`.
template <class... Parts>
void ensure(bool ok, const Parts&... parts) {
  if (!ok) throw Failure(text(parts...));
}

}  // namespace tilth
