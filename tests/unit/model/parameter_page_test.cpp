#include "model/parameter_page.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "model/daily/daily_traits.hpp"
#include "model/hourly/hourly_traits.hpp"
#include "support/shared.hpp"

namespace tilth {
namespace {

void expect_fresh(const std::string& name, const ModelTraits& traits) {
  const std::filesystem::path page = test::source_folder() / "docs/model" / name;
  const std::string fresh = parameter_page(traits);
  if (std::getenv("TILTH_UPDATE_DOCS")) std::ofstream(page) << fresh;
  std::stringstream committed;
  committed << std::ifstream(page).rdbuf();
  EXPECT_TRUE(committed.str() == fresh) << page
                                        << " is stale: run this test with TILTH_UPDATE_DOCS=1 and commit the page";
}

TEST(ParameterPage, TheCommittedTablesOfTheDailyTierAreThoseOfItsDeclarations) {
  expect_fresh("daily_parameters.md", daily::daily_traits());
}

TEST(ParameterPage, TheCommittedTablesOfTheHourlyTierAreThoseOfItsDeclarations) {
  expect_fresh("hourly_parameters.md", hourly::hourly_traits(3600));
}

}  // namespace
}  // namespace tilth
