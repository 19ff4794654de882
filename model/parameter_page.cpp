#include "model/parameter_page.hpp"

#include <algorithm>
#include <sstream>

namespace tilth {

namespace {

std::string number(double x) {
  std::ostringstream out;
  out.precision(6);
  out << x;
  return out.str();
}

/// One number when all types agree, else the values in the order of the types.
std::string values(const ParameterDefinition& p) {
  if (std::all_of(p.value.begin(), p.value.end(), [&](double v) { return v == p.value[0]; })) return number(p.value[0]);
  std::string all;
  for (const double v : p.value) all += (all.empty() ? "" : " ") + number(v);
  return all;
}

void variables(const ModelTraits& traits, std::ostream& out) {
  out << "## Variables\n\n| Name | Layers | Units | Bounds | Analysed as | Meaning | CF standard name |\n"
      << "|---|---|---|---|---|---|---|\n";
  for (const Variable& v : traits.layout.variables()) {
    const bool state = v.kind == Variable::Kind::prognostic;
    out << "| `" << v.name << "` | " << v.layers << " | " << v.units << " | " << number(v.lower) << " .. "
        << number(v.upper) << " | " << (state ? to_string(v.transform.kind) : "diagnostic") << " | " << v.long_name
        << " | " << (v.standard_name.empty() ? "" : "`" + v.standard_name + "`") << " |\n";
  }
}

void parameters(const ModelTraits& traits, std::ostream& out) {
  out << "\n## Parameters\n\nDefaults are one number, or one per type in the order";
  for (const std::string& name : pft_names) out << ' ' << name;
  out << ". The prior standard deviation is in the transformed space; 0 is fixed.\n\n"
      << "| Name | Units | Default | Bounds | Transform | Prior sd | Meaning | Source "
         "|\n|---|---|---|---|---|---|---|---|\n";
  for (const ParameterDefinition& p : traits.parameters)
    out << "| `" << p.name << "` | " << p.units << " | " << values(p) << " | " << number(p.lower) << " .. "
        << number(p.upper) << " | " << to_string(p.transform.kind) << " | " << number(p.prior_sd) << " | " << p.about
        << " | " << p.source << " |\n";
}

}  // namespace

std::string parameter_page(const ModelTraits& traits) {
  std::ostringstream out;
  out << "# Model `" << traits.name << "`: variables and parameters\n\n"
      << "Generated from the declarations; do not edit. The test that finds it stale says how to renew it.\n\n";
  variables(traits, out);
  parameters(traits, out);
  return out.str();
}

}  // namespace tilth
