#include "driver/product_means.hpp"

#include <gtest/gtest.h>

#include "core/base/error.hpp"
#include "parallel/driver/small_window.hpp"

namespace tilth {
namespace {

/// Windows of ten days from 25 January to 20 March; the product of every member and column is the day of the year.
struct Months {
  explicit Months(const Comm& comm)
      : run(comm,
            test::four_sites + "time: {start: 2018-01-25, end: 2018-03-20, window: 10 days}\nensemble: {size: 3}\n",
            {"output.products={variables: [leaf_area_index], every: month}"}),
        products(experiment_products(run.domain), run.domain.columns(), 3),
        means(run.domain, 3),
        diagnostics(run.domain) {}

  /// Runs window w; records are (begin, mean, increment) of member 1 of column 0.
  void window(int w) {
    products.clear(product_slices(run.experiment.window_begin(w), run.experiment.window_end(w), "month"));
    fill(0.0);
    diagnostics.keep_forecast(products);
    fill(1.0);  // the analysis adds 1
    for (int s = 0; s < int(products.slices().size()); ++s) {
      if (!means.add(products, s, diagnostics)) continue;
      records.push_back({double(means.begin().seconds), means.mean().row(0, 0)[1], means.increment(0)[0]});
      means.clear();
    }
  }
  void fill(double more) {
    for (int s = 0; s < int(products.slices().size()); ++s) {
      const ProductSlice& span = products.slices()[std::size_t(s)];
      const double middle = 0.5 * double(date_of(span.begin).day_of_year + date_of(span.end + -1).day_of_year);
      for (int c = 0; c < products.columns(); ++c)
        for (int k = 0; k < padded(3); ++k) products.row(c, 0, s)[k] = middle + more;
    }
  }

  test::SmallRun run;
  Products products;
  ProductMeans means;
  Diagnostics diagnostics;
  std::vector<std::vector<double>> records;
};

TEST(ProductMeans, AreOverCalendarMonthsWhateverTheWindows) {
  const Comm comm = Comm::world();
  Months m(comm);
  for (int w = 0; w < int(m.run.experiment.windows()); ++w) m.window(w);
  ASSERT_EQ(m.records.size(), 3u);
  const std::vector<Time> begins{time_of(2018, 1, 25), time_of(2018, 2, 1), time_of(2018, 3, 1)};
  const double middle[] = {28.0, 45.5, 69.0};  // days 25..31, 32..59, 60..78
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(m.records[i][0], double(begins[i].seconds));
    EXPECT_NEAR(m.records[i][1], middle[i] + 1.0, 1e-12);
    EXPECT_NEAR(m.records[i][2], 1.0, 1e-12);
  }
}

TEST(ProductMeans, GoOnFromARestartFileToTheBit) {
  const Comm comm = Comm::world();
  const std::string path = test::scratch_folder(comm) + "/means.nc";
  const auto save = [&](Months& m) {
    CheckpointWriter file(comm, path);
    std::vector<double> buffer;
    m.means.queue(file, buffer);
    file.commit();
  };
  Months whole(comm), first(comm), second(comm);
  for (int w = 0; w < 6; ++w) whole.window(w);
  if (first.products.columns() == 0) return;
  for (int w = 0; w < 2; ++w) first.window(w);
  save(first);
  second.means.restore(CheckpointReader(comm, path), path);
  for (int w = 2; w < 6; ++w) second.window(w);
  ASSERT_EQ(first.records.size() + second.records.size(), whole.records.size());
  EXPECT_EQ(second.records.back(), whole.records.back());
  EXPECT_EQ(second.records[0], whole.records[first.records.size()]);
}

TEST(ProductMeans, RefuseARestartFileWithoutThem) {
  const Comm comm = Comm::world();
  const std::string path = test::scratch_folder(comm) + "/no_means.nc";
  {
    CheckpointWriter file(comm, path);
    file.attribute("windows_done", std::int64_t{1});
    file.replicated("x", {1}, std::vector<double>{1.0});
    file.commit();
  }
  Months m(comm);
  EXPECT_THROW(m.means.restore(CheckpointReader(comm, path), path), Error);
}

}  // namespace
}  // namespace tilth
