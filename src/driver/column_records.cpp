#include "driver/column_records.hpp"

#include "core/base/error.hpp"

namespace tilth {

ColumnRecords::ColumnRecords(const Domain& domain, std::span<const std::int32_t> column)
    : domain_(&domain), count_(std::size_t(domain.columns()), 0.0), owned_(column.size()) {
  for (const std::int32_t c : column) count_[std::size_t(c)] += 1.0;
  const BlockExchange& points = *domain.by_point;
  std::vector<double> block(std::size_t(points.block_size()), 0.0), first(count_.size());
  points.to_block(count_, block, 1);
  std::int64_t mine = 0;
  for (const double n : block) mine += std::int64_t(n);
  double before = double(domain.comm->exclusive_scan(mine));
  for (double& n : block) {
    const double here = n;
    n = before;
    before += here;
  }
  points.to_owner(block, first, 1);
  total_ = domain.comm->sum(mine);
  std::vector<std::int64_t> ids;
  for (const std::int32_t c : column) {
    ids.push_back(std::int64_t(first[std::size_t(c)]));
    first[std::size_t(c)] += 1.0;
  }
  exchange_ = std::make_shared<BlockExchange>(*domain.comm, std::move(ids), total_);
}

void ColumnRecords::save(CheckpointWriter& file, const std::string& name, int width, std::vector<double> values) const {
  file.distributed(name + "_count", *domain_->by_point, 1, std::vector<double>(count_));
  if (total_ > 0) file.distributed(name, *exchange_, width, std::move(values), exchange_);
}

std::vector<double> ColumnRecords::load(const CheckpointReader& file, const std::string& name, int width) const {
  std::vector<double> values(owned_ * std::size_t(width)), count(count_.size());
  file.distributed(name + "_count", *domain_->by_point, 1, count);
  together(*domain_->comm, [&] {
    require(count == count_, file.path(), ": ", name,
            ": other numbers of records than the experiment has now; restore observations and options, or start anew "
            "without --resume");
  });
  if (total_ > 0) file.distributed(name, *exchange_, width, values);
  return values;
}

std::vector<std::int32_t> ColumnRecords::columns_in(const Domain& domain, const CheckpointReader& file,
                                                    const std::string& name) {
  std::vector<double> count(std::size_t(domain.columns()));
  file.distributed(name + "_count", *domain.by_point, 1, count);
  std::vector<std::int32_t> columns;
  for (std::size_t c = 0; c < count.size(); ++c) columns.insert(columns.end(), std::size_t(count[c]), std::int32_t(c));
  return columns;
}

}  // namespace tilth
