#include "assim/field/recentred_rows.hpp"

#include "assim/inflation.hpp"

namespace tilth {

void recentre(double* x, int members, double mean) {
  const double shift = mean - member_mean({x, std::size_t(members)});
  for (int k = 0; k < members; ++k) x[k] += shift;
}

std::vector<FieldRow> RecentredRows::load(int column) {
  std::vector<FieldRow> rows = rows_.load(column);
  if (!touched_[std::size_t(column)]) return rows;
  std::vector<Target>& targets = targets_[column];
  for (const FieldRow& row : rows)
    if (moved_[std::size_t(row.kind)])
      targets.push_back(
          {row.x, member_mean({row.x, std::size_t(members_)}) + G_.increment(fields_, G_.split(column, row))});
  return rows;
}

void RecentredRows::store(int column, bool changed) {
  const auto at = targets_.find(column);
  if (at == targets_.end()) return rows_.store(column, changed);
  for (const Target& target : at->second) recentre(target.x, members_, target.mean);
  targets_.erase(at);
  rows_.store(column, true);
}

}  // namespace tilth
