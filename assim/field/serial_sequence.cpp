#include "assim/field/serial_sequence.hpp"

#include <algorithm>
#include <bit>

#include "assim/field/interaction_radius.hpp"
#include "assim/field/localisation_rules.hpp"
#include "core/base/error.hpp"
#include "core/base/sphere.hpp"
#include "core/parallel/exchange.hpp"

namespace tilth {
namespace {

bool has_rank_histograms(const FieldProblem& p) {
  const auto& kinds = p.rows.kinds();
  if (std::any_of(kinds.begin(), kinds.end(), [](const RowKind& k) { return k.rank_histogram; })) return true;
  for (int t = 0; t < p.localisation.types(); ++t)
    if (p.localisation.type(t).rank_histogram) return true;
  return false;
}

Marginal marginal_of(const ObsKind& type) {
  if (!type.rank_histogram) return {};
  return {Marginal::Kind::bnrh, {type.lower, type.upper}};
}

}  // namespace

SerialSequence::SerialSequence(const FieldProblem& p, bool truncated)
    : rules_(p.localisation),
      radius_km_(interaction_radius(p)),
      table_(exchange_halo(p.comm, p.grid, p.obs, radius_km_, p.caps)),
      search_(table_),
      caps_(p.caps ? p.caps : &own_caps_.emplace(p.comm, p.grid.points)),
      steps_(table_.size(), table_.members, has_rank_histograms(p), truncated) {
  for (std::size_t i = 0; i < p.obs.size(); ++i) {
    if (p.obs.flag[i] != qc_used) continue;
    const auto at = std::lower_bound(table_.id.begin(), table_.id.end(), p.obs.id[i]);
    waiting_.push_back({std::size_t(at - table_.id.begin()), 0, {}});
  }
  std::sort(waiting_.begin(), waiting_.end(), [](const Waiting& a, const Waiting& b) { return a.obs < b.obs; });
  for (std::int64_t left = p.comm.sum(std::int64_t(waiting_.size())); left > 0;) {
    advance();
    exchange(p.comm);
    const std::int64_t now = p.comm.sum(std::int64_t(waiting_.size()));
    ensure(now < left, "serial analysis: ", now, " observations wait for others that no rank has");
    left = now;
  }
}

void SerialSequence::make(std::size_t i, const double* members) {
  steps_.make(i, {{members, std::size_t(table_.members)},
                  table_.value[i],
                  table_.error_sd[i] * table_.error_sd[i],
                  marginal_of(rules_.type(table_.type[i]))});
}

void SerialSequence::advance() {
  std::erase_if(waiting_, [&](Waiting& own) { return advance(own); });
}

/// Applies the observations before `own` in their order; true: all were known and it is assimilated.
bool SerialSequence::advance(Waiting& own) {
  const std::size_t i = own.obs;
  if (own.row && !steps_.made(std::size_t(own.next))) return false;  // still waits for the same one
  if (!own.row) {
    own.row.emplace(steps_);
    own.row->read(table_.predictions(i), marginal_of(rules_.type(table_.type[i])));
  }
  search_.within(table_.lon[i], table_.lat[i], rules_.between_reach_km(table_.type[i]), near_);
  bool moved = own.next > 0;
  for (auto j = std::lower_bound(near_.begin(), near_.end(), own.next); j != near_.end() && std::size_t(*j) < i; ++j) {
    const double km = great_circle_km(table_.lon[i], table_.lat[i], table_.lon[*j], table_.lat[*j]);
    const double weight = rules_.between(table_.type[i], table_.type[*j], km, table_.level[i], table_.level[*j]);
    if (weight == 0.0) continue;
    own.next = *j;
    if (!steps_.made(std::size_t(*j))) return false;
    own.row->regress(std::size_t(*j), weight);
    own.next = *j + 1;
    moved = true;
  }
  AlignedVector<double> members(table_.predictions(i), table_.predictions(i) + table_.stride());
  if (moved) own.row->write(members.data());
  make(i, members.data());
  fresh_.push_back(i);
  return true;
}

/// Sends what was assimilated to the ranks near it, and makes the steps of what others assimilated. Collective.
void SerialSequence::exchange(const Comm& comm) {
  const std::size_t N = std::size_t(table_.members);
  std::vector<std::vector<double>> out(std::size_t(comm.size()));  // records: id, members
  std::vector<int> ranks;
  for (const std::size_t i : fresh_) {
    caps_->ranks_within(unit_vector(table_.lon[i], table_.lat[i]), radius_km_[std::size_t(table_.type[i])], ranks);
    for (const int r : ranks) {
      if (r == comm.rank()) continue;
      auto& record = out[std::size_t(r)];
      record.push_back(std::bit_cast<double>(table_.id[i]));
      record.insert(record.end(), steps_.prior(i).begin(), steps_.prior(i).end());
    }
  }
  fresh_.clear();
  for (const auto& list : all_to_all(comm, out))
    for (std::size_t at = 0; at + N < list.size(); at += N + 1) {
      const auto id = std::bit_cast<std::int64_t>(list[at]);
      const auto place = std::lower_bound(table_.id.begin(), table_.id.end(), id);
      if (place == table_.id.end() || *place != id) continue;  // the rank's caps are larger than its reach
      const auto i = std::size_t(place - table_.id.begin());
      make(i, list.data() + at + 1);
    }
}

}  // namespace tilth
