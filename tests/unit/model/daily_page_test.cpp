#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "model/daily/daily_traits.hpp"
#include "model/parameter_page.hpp"
#include "support/shared.hpp"

namespace tilth {
namespace {

TEST(DailyPage, TheCommittedTablesAreThoseOfTheDeclarations) {
  const std::filesystem::path page = test::source_folder() / "docs/model/daily_parameters.md";
  const std::string fresh = parameter_page(daily::daily_traits());
  if (std::getenv("TILTH_UPDATE_DOCS")) std::ofstream(page) << fresh;
  std::stringstream committed;
  committed << std::ifstream(page).rdbuf();
  EXPECT_TRUE(committed.str() == fresh) << page
                                        << " is stale: run this test with TILTH_UPDATE_DOCS=1 and commit the page";
}

}  // namespace
}  // namespace tilth
