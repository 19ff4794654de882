#include "driver/calibrate/scope/callmip_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "io/netcdf.hpp"

namespace tilth {
namespace {

using calibration::Vector;

struct NamedStream {
  explicit NamedStream(const std::string& op) {
    options.name = "stream_" + op;
    Schema schema = Schema::reading(Node::parse("{}", "test"));
    for (const auto& [name, plugin] : observation_operators())
      if (name == op) options.op = {.name = op, .make = plugin->configure(schema)};
    stream.options = &options;
    stream.op = options.op.make();
  }
  ObservationOptions options;
  Stream stream;
};

CallmipFile file_of(bool posterior) {
  CallmipFile file;
  file.phase = "Phase1b";
  file.scenario = "Scen1";
  file.site = "DK-Sor";
  file.lat = 55.5;
  file.lon = 11.6;
  file.posterior = posterior;
  file.begin = time_of(1997, 1, 1);
  file.calibration_period = "1997-01-01/2005-12-31";
  file.parameters = {{"kphio", "mol mol-1", 0.05, 0.01}, {"g1", "kPa0.5", 3.0, 0.5}};
  return file;
}

TEST(CallmipFile, HasTheNameOfTheTemplate) {
  EXPECT_TRUE(file_of(false).name().ends_with("_Phase1b_Scen1_DK-Sor_Cal_Prior.nc"));
  CallmipFile other = file_of(true);
  other.held_out = true;
  EXPECT_TRUE(other.name().ends_with("_Phase1b_Scen1_DK-Sor_Val_Posterior.nc"));
}

// 8.64 g m-2 d-1 are 1e-7 kg m-2 s-1; net ecosystem production is upward exchange with the other sign.
TEST(CallmipFile, ConvertsToCmipNamesUnitsAndSigns) {
  const NamedStream gpp("gpp"), nee("nee"), heat("latent_heat_flux");
  CallmipFile file = file_of(true);
  file.add(gpp.stream, Vector{{8.64, 0.0}}, Vector{{0.864, 0.0}});
  file.add(nee.stream, Vector{{-8.64, NAN}}, Vector{{0.864, NAN}});
  file.add(heat.stream, Vector{{50.0, 60.0}}, Vector{{5.0, 6.0}});
  file.add(heat.stream, Vector{{1.0, 1.0}}, Vector{{1.0, 1.0}});  // a second stream of the operator
  const std::string folder = std::filesystem::temp_directory_path() / "tilth_callmip";
  std::filesystem::create_directories(folder);
  file.write(folder);
  const Comm self = Comm::self();
  const netcdf::File back = netcdf::File::open(self, folder + "/" + file.name());
  const auto values = [&](const char* name) { return back.all(back.variable(name)); };
  EXPECT_NEAR(values("gpp")[0], 1e-7, 1e-19);
  EXPECT_NEAR(values("nep")[0], 1e-7, 1e-19);
  EXPECT_TRUE(std::isnan(values("nep")[1]));
  EXPECT_NEAR(values("nep_post_unc")[0], 1e-8, 1e-20);
  EXPECT_EQ(values("hfls")[1], 60.0);
  EXPECT_EQ(back.units(back.variable("gpp")), "kg m-2 s-1");
  EXPECT_EQ(values("time"), (std::vector<double>{1.0, 2.0}));
  EXPECT_EQ(back.text_attribute(netcdf::global, "Calibration_stage"), "Posterior");
  EXPECT_EQ(back.text_attribute(netcdf::global, "Cal_Val"), "Calibration");
  EXPECT_EQ(back.all_strings(back.variable("parameter_name")), (std::vector<std::string>{"kphio", "g1"}));
  EXPECT_EQ(values("parameter_unc")[1], 0.5);
}

}  // namespace
}  // namespace tilth
