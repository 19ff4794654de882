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
  std::vector<Target> targets;
  for (const FieldRow& row : rows)
    targets.push_back(
        {row.x, member_mean({row.x, std::size_t(members_)}) + G_.increment(fields_, G_.split(column, row))});
  const std::lock_guard lock(mutex_);
  if (!targets.empty()) targets_[column] = std::move(targets);
  return rows;
}

void RecentredRows::store(int column, bool) {
  std::unique_lock lock(mutex_);
  const auto own = targets_.extract(column);
  lock.unlock();
  if (own.empty()) return rows_.store(column, false);
  for (const Target& target : own.mapped()) recentre(target.x, members_, target.mean);
  rows_.store(column, true);
}

}  // namespace tilth
