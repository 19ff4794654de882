#pragma once

#include <optional>

#include "assim/field/field_problem.hpp"
#include "assim/field/serial_steps.hpp"
#include "core/grid/bounding_caps.hpp"
#include "core/obs/halo.hpp"

namespace tilth {

/// The observations that matter to this rank, assimilated one by one in the order of their ids.
///
/// An observation depends only on those before it within reach (LocalisationRules::between), so every rank assimilates
/// those it owns as soon as the ones they depend on are known, and sends their members to the ranks near them. What an
/// observation sees is the same sequence for any decomposition: so are the bits.
class SerialSequence {
 public:
  /// Exchanges the observations and assimilates them all. `truncated`: see SerialSteps. Collective.
  SerialSequence(const FieldProblem& problem, bool truncated);

  const ObsTable& table() const { return table_; }  ///< by id; hx as it was before the analysis
  const ObsSearch& search() const { return search_; }
  const SerialSteps& steps() const { return steps_; }

 private:
  /// An own observation that is not yet assimilated; `row` holds what the ones before `next` made of it.
  struct Waiting {
    std::size_t obs = 0;
    std::int32_t next = 0;
    std::optional<SerialSteps::Row> row;
  };
  void make(std::size_t i, const double* members);
  void advance();
  bool advance(Waiting& own);
  void exchange(const Comm& comm);

  const LocalisationRules& rules_;
  std::vector<double> radius_km_;  // per type: how far its observations are sent
  ObsTable table_;
  ObsSearch search_;
  std::optional<BoundingCaps> own_caps_;  // where the problem has none
  const BoundingCaps* caps_;
  SerialSteps steps_;
  std::vector<Waiting> waiting_;
  std::vector<std::size_t> fresh_;  // assimilated since the last exchange
  std::vector<std::int32_t> near_;
};

}  // namespace tilth
