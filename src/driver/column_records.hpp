#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/parallel/block_exchange.hpp"
#include "driver/domain.hpp"
#include "io/checkpoint.hpp"

namespace tilth {

/// Records of which a column holds any number, e.g. its observations, numbered over all ranks point by point, so that a
/// restart file holds them alike for any number of ranks.
class ColumnRecords {
 public:
  /// `column[i]`: local column of this rank's record i, in any order; the records of one column follow each other in an
  /// order that ranks do not decide. Collective.
  ColumnRecords(const Domain& domain, std::span<const std::int32_t> column);

  /// Records of all ranks.
  std::int64_t total() const { return total_; }
  std::size_t owned() const { return owned_; }
  /// Queues how many records each column holds (`name`_count) and `width` values of each record. Collective.
  void save(CheckpointWriter& file, const std::string& name, int width, std::vector<double> values) const;
  /// The values of this rank's records, in the order given to the constructor. Collective.
  std::vector<double> load(const CheckpointReader& file, const std::string& name, int width) const;
  /// The column of each record that a file holds for this rank, column after column. Collective.
  static std::vector<std::int32_t> columns_in(const Domain& domain, const CheckpointReader& file,
                                              const std::string& name);

 private:
  const Domain* domain_;
  std::vector<double> count_;  // per column
  std::int64_t total_ = 0;
  std::size_t owned_ = 0;
  std::shared_ptr<const BlockExchange> exchange_;
};

}  // namespace tilth
