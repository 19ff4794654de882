#pragma once

#include <memory>
#include <string>
#include <vector>

#include "driver/domain.hpp"
#include "driver/verify/cases.hpp"
#include "io/product_reader.hpp"

namespace tilth {

/// Product files of a part of a run.
struct ProductFiles {
  ProductFiles(const Domain& domain, const std::string& folder);
  ProductReader products;
  std::unique_ptr<ProductReader> members;  ///< null: the run has none
  std::vector<Time> begins;
  /// Number of the record that begins then, -1: none.
  int record_at(Time begin) const;
};

/// Products of the parts of a run against its nature run. One object reads all variables in turn.
class ProductCases final : public CaseReader {
 public:
  /// Scores records from `from` on. `parts`: source and folder. Collective.
  ProductCases(const Domain& domain, const std::string& run,
               const std::vector<std::pair<std::string, std::string>>& parts, Time from);

  /// Adds a source that has only some of the records: forecasts with a lead time. Collective.
  void add_forecasts(const std::string& name, const std::string& folder, double lead_days);

  /// Whether nature run and all parts have it; it is read from now on. Collective.
  bool select(const std::string& variable);

  const std::vector<ForecastSource>& sources() const override { return sources_; }
  const std::vector<Time>& times() const override { return times_; }
  void read(int r, Detail detail, Cases& cases) override;

 private:
  void add_source(const std::string& name, double lead_days);
  void read_source(std::size_t s, int record, Detail detail, const Cases& cases, ForecastCases& out);

  const Domain& domain_;
  std::string variable_;
  ProductReader nature_;
  std::vector<std::unique_ptr<ProductFiles>> files_;
  std::vector<ForecastSource> sources_;
  std::vector<int> records_;  // of the nature run
  std::vector<Time> begins_, times_;
};

}  // namespace tilth
