#include "assim/field/recentred_rows.hpp"

#include "assim/inflation.hpp"

namespace tilth {

void recentre(double* x, int members, double mean) {
  const double shift = mean - member_mean({x, std::size_t(members)});
  for (int k = 0; k < members; ++k) x[k] += shift;
}

std::vector<FieldRow> RecentredRows::load(int column) {
  std::vector<FieldRow> rows = rows_.load(column);
  std::erase_if(rows,
                [&](const FieldRow& row) { return !touched_[std::size_t(column)] || !moved_[std::size_t(row.kind)]; });
  for (const FieldRow& row : rows)
    targets_[column].push_back(
        {row.x, member_mean({row.x, std::size_t(members_)}) + G_.increment(fields_, G_.split(column, row))});
  return rows;
}

void RecentredRows::store(int column, bool) {
  const auto at = targets_.find(column);
  if (at == targets_.end()) return rows_.store(column, false);
  for (const Target& target : at->second) recentre(target.x, members_, target.mean);
  targets_.erase(at);
  rows_.store(column, true);
}

}  // namespace tilth
