#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "assim/field/envar_operator.hpp"
#include "assim/field/field_problem.hpp"

namespace tilth {

/// Rows whose anomalies an ensemble method updates while their means move by the increments of a variational analysis.
class RecentredRows final : public FieldRows {
 public:
  /// `moved` [kind] and `touched` [column]: false keeps the bits, as the ensemble method never sees these rows.
  /// Everything must outlive it.
  RecentredRows(FieldRows& rows, const EnvarOperator& G, const EnvarOperator::Fields& fields,
                const std::vector<char>& moved, const std::vector<char>& touched, int members)
      : rows_(rows), G_(G), fields_(fields), moved_(moved), touched_(touched), members_(members) {}
  const std::vector<RowKind>& kinds() const override { return rows_.kinds(); }
  std::vector<FieldRow> load(int column) override;
  void store(int column, bool changed) override;

 private:
  struct Target {
    double* x;
    double mean;
  };
  FieldRows& rows_;
  const EnvarOperator& G_;
  const EnvarOperator::Fields& fields_;
  const std::vector<char>&moved_, &touched_;
  int members_;
  std::mutex mutex_;                            // of targets_
  std::map<int, std::vector<Target>> targets_;  // of the columns that are loaded
};

/// Shifts a row so that its mean is `mean`.
void recentre(double* x, int members, double mean);

}  // namespace tilth
