#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "core/config/schema.hpp"

namespace tilth {

/// One experiment of `experiments:`: what it assimilates and what else differs from the file.
struct SetMember {
  std::vector<std::string> without, only;                ///< names of streams; at most one of the two
  std::vector<std::pair<std::string, std::string>> set;  ///< options and their values as YAML
  void describe(Schema& s);
};

/// `experiments:` in file order; the first one is the control.
using SetOptions = std::vector<std::pair<std::string, SetMember>>;

/// `impact:` what the observations of an analysis did to the forecast error, without denying any.
struct ImpactOptions {
  bool on = false;  ///< the section is given
  bool efso = true, shared_parameters = true;
  std::int64_t lead = 4, every = 4, from_window = 0;
  std::string reference = "best", norm = "open_loop";
  std::vector<std::string> experiments, variables;
  void describe(Schema& s);
};

}  // namespace tilth
