// Names: template_output_file/CLASSIC.v2_Phase1b_Scen1_DK-Sor_Cal_Prior.nc of github.com/callmip-org/Phase1 and its
// protocol, sections 6.2 and 7.
#include "driver/calibrate/scope/callmip_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include "core/base/error.hpp"
#include "io/netcdf.hpp"

namespace tilth {
namespace {

using calibration::Vector;

constexpr double fill = 1e38;                            // of the template
constexpr double kg_s = 1e-3 / double(seconds_per_day);  // kg m-2 s-1 in g m-2 d-1

// What CMIP calls the prediction of an operator, and the factor to its units.
struct CmipName {
  const char *op, *name, *standard_name, *units;
  double factor;
};
constexpr std::array<CmipName, 10> cmip_names{{
    {"gpp", "gpp", "gross_primary_productivity_of_biomass_expressed_as_carbon", "kg m-2 s-1", kg_s},
    {"nee", "nep", "surface_net_downward_mass_flux_of_carbon_dioxide_expressed_as_carbon_due_to_all_land_processes",
     "kg m-2 s-1", -kg_s},
    {"reco", "reco", "", "kg m-2 s-1", kg_s},
    {"latent_heat_flux", "hfls", "surface_upward_latent_heat_flux", "W m-2", 1.0},
    {"sensible_heat_flux", "hfss", "surface_upward_sensible_heat_flux", "W m-2", 1.0},
    {"lai", "lai", "leaf_area_index", "1", 1.0},
    {"fapar", "fapar", "", "1", 1.0},
    {"land_surface_temperature", "ts", "surface_temperature", "K", 1.0},
    {"snow_water_equivalent", "snw", "surface_snow_amount", "kg m-2", 1.0},
    {"terrestrial_water_storage", "mrtws", "land_water_amount", "kg m-2", 1.0},
}};

void put_texts(netcdf::File& file, const std::vector<CallmipFile::Variable>& variables, std::vector<int>& ids,
               std::span<const int> dimensions) {
  for (const CallmipFile::Variable& v : variables) {
    const int id = file.define_variable(v.name, netcdf::Type::double_, dimensions);
    file.put_attribute(id, "long_name", v.long_name);
    if (!v.standard_name.empty()) file.put_attribute(id, "standard_name", v.standard_name);
    file.put_attribute(id, "units", v.units);
    file.put_attribute(id, "cell_methods", std::string(v.mean ? "time: mean" : "time: point"));
    if (!v.comment.empty()) file.put_attribute(id, "comment", v.comment);
    file.put_attribute(id, "coordinates", std::string("latitude longitude"));
    const double missing[] = {fill};
    file.put_attribute(id, "_FillValue", netcdf::Type::double_, missing);
    ids.push_back(id);
  }
}

int coordinate(netcdf::File& file, const std::string& name, const std::string& standard_name, const std::string& units,
               int dimension) {
  const int id = file.define_variable(name, netcdf::Type::double_, std::array{dimension});
  file.put_attribute(id, "standard_name", standard_name);
  file.put_attribute(id, "units", units);
  return id;
}

void put_all(netcdf::File& file, int id, std::initializer_list<std::int64_t> count, std::vector<double> values) {
  for (double& v : values)
    if (!std::isfinite(v)) v = fill;
  const std::vector<std::int64_t> counts(count), start(count.size(), 0);
  file.put(id, start, counts, values);
}

void put_attributes(netcdf::File& file, const CallmipFile& f) {
  file.put_attributes({{"Conventions", std::string("CF-1.10")},
                       {"title", "daily simulations at " + f.site},
                       {"Model", std::string("Tilth")},
                       {"Model_version", std::string(TILTH_VERSION)},
                       {"CalLMIP_Phase", f.phase},
                       {"Calibration_Scenario", f.scenario},
                       {"Calibration_stage", std::string(f.posterior ? "Posterior" : "Prior")},
                       {"Cal_Val", std::string(f.held_out ? "Validation" : "Calibration")},
                       {"site", f.site},
                       {"calibration_period", f.calibration_period},
                       {"validation_period", f.validation_period}});
  if (f.posterior) file.put_attribute(netcdf::global, "posterior_members", std::int64_t(f.members));
}

// Ids of what describes the parameters.
struct ParameterIds {
  int name = -1, units = -1, value = -1, uncertainty = -1;
};
constexpr std::int64_t letters = 40;

ParameterIds define_parameters(netcdf::File& file, std::size_t count) {
  const std::array text{file.define_dimension("parameter", std::int64_t(count)),
                        file.define_dimension("letters", letters)};
  const std::span<const int> numbers(text.data(), 1);
  ParameterIds ids{file.define_variable("parameter_name", netcdf::Type::character, text),
                   file.define_variable("parameter_units", netcdf::Type::character, text),
                   file.define_variable("parameter_value", netcdf::Type::double_, numbers),
                   file.define_variable("parameter_unc", netcdf::Type::double_, numbers)};
  file.put_attribute(ids.value, "long_name", std::string("value of the dominant plant functional type"));
  file.put_attribute(ids.uncertainty, "long_name", std::string("standard deviation of the value"));
  return ids;
}

void put_words(netcdf::File& file, int id, const std::vector<std::string>& words) {
  std::vector<char> text(words.size() * std::size_t(letters), ' ');
  for (std::size_t i = 0; i < words.size(); ++i)
    std::copy_n(words[i].begin(), std::min<std::size_t>(words[i].size(), letters),
                text.begin() + std::ptrdiff_t(i) * letters);
  file.put_text(id, std::array<std::int64_t, 2>{0, 0}, std::array<std::int64_t, 2>{std::int64_t(words.size()), letters},
                text);
}

void put_parameters(netcdf::File& file, const ParameterIds& ids, const std::vector<CallmipParameter>& all) {
  std::vector<std::string> names, units;
  std::vector<double> values, uncertainties;
  for (const CallmipParameter& p : all) {
    names.push_back(p.name);
    units.push_back(p.units);
    values.push_back(p.value);
    uncertainties.push_back(p.uncertainty);
  }
  put_words(file, ids.name, names);
  put_words(file, ids.units, units);
  const auto n = std::int64_t(all.size());
  put_all(file, ids.value, {n}, values);
  put_all(file, ids.uncertainty, {n}, uncertainties);
}

}  // namespace

void CallmipFile::add(const Stream& stream, const Vector& values, const Vector& uncertainty) {
  const OperatorTraits& traits = stream.op->traits();
  const auto known =
      std::ranges::find_if(cmip_names, [&](const CmipName& n) { return stream.options->op.name == n.op; });
  const bool cmip = known != cmip_names.end();
  Variable v{cmip ? known->name : stream.options->name, traits.quantity, cmip ? known->standard_name : "",
             cmip ? known->units : traits.units, values};
  const double factor = cmip ? known->factor : 1.0;
  v.values *= factor;
  add(std::move(v), std::abs(factor) * uncertainty);
}

void CallmipFile::add(const ModelOutput& output, const Vector& values, const Vector& uncertainty) {
  add({output.name, output.long_name, output.standard_name, output.units, values, output.comment, output.mean},
      uncertainty);
}

void CallmipFile::add(Variable v, const Vector& uncertainty) {
  if (std::ranges::any_of(variables, [&](const Variable& other) { return other.name == v.name; })) return;
  variables.push_back(v);
  if (uncertainty.size() == 0) return;
  v.long_name = "posterior uncertainty (standard deviation) of " + v.name;
  v.standard_name.clear();
  v.comment.clear();
  v.name += "_post_unc";
  v.values = uncertainty;
  variables.push_back(std::move(v));
}

std::string CallmipFile::name() const {
  return std::string("Tilth.") + TILTH_VERSION + "_" + phase + "_" + scenario + "_" + site +
         (held_out ? "_Val_" : "_Cal_") + (posterior ? "Posterior" : "Prior") + ".nc";
}

void CallmipFile::write(const std::string& folder) const {
  const Comm self = Comm::self();
  const std::string path = folder + "/" + name();
  netcdf::File file = netcdf::File::create(self, path + ".tmp");
  put_attributes(file, *this);
  const std::int64_t days = variables.empty() ? 0 : variables.front().values.size();
  const int time = file.define_dimension("time", days), lat_ = file.define_dimension("lat", 1),
            lon_ = file.define_dimension("lon", 1), two = file.define_dimension("bnds", 2);
  const int time_id = coordinate(file, "time", "time", "days since " + format_time(begin) + " 00:00:00", time);
  file.put_attribute(time_id, "calendar", std::string("standard"));
  file.put_attribute(time_id, "bounds", std::string("time_bnds"));
  const int bounds = file.define_variable("time_bnds", netcdf::Type::double_, std::array{time, two});
  const int lat_id = coordinate(file, "latitude", "latitude", "degrees_north", lat_);
  const int lon_id = coordinate(file, "longitude", "longitude", "degrees_east", lon_);
  std::vector<int> ids;
  put_texts(file, variables, ids, std::array{time, lat_, lon_});
  const ParameterIds parameter_ids = define_parameters(file, parameters.size());
  file.end_definitions();
  std::vector<double> ends, both;
  for (std::int64_t d = 0; d < days; ++d) {
    ends.push_back(double(d + 1));  // the template numbers the first day 1
    both.insert(both.end(), {double(d), double(d + 1)});
  }
  put_all(file, time_id, {days}, ends);
  put_all(file, bounds, {days, 2}, both);
  put_all(file, lat_id, {1}, {lat});
  put_all(file, lon_id, {1}, {lon});
  for (std::size_t v = 0; v < ids.size(); ++v)
    put_all(file, ids[v], {days, 1, 1}, {variables[v].values.begin(), variables[v].values.end()});
  put_parameters(file, parameter_ids, parameters);
  file.close();
  std::filesystem::rename(path + ".tmp", path);
}

}  // namespace tilth
