#include "io/units.hpp"

#include <cmath>
#include <memory>

#include <udunits2.h>

#include "core/base/error.hpp"

namespace tilth {

namespace {

struct FreeSystem {
  void operator()(ut_system* s) const { ut_free_system(s); }
};
struct FreeUnit {
  void operator()(ut_unit* u) const { ut_free(u); }
};
struct FreeConverter {
  void operator()(cv_converter* c) const { cv_free(c); }
};
using Unit = std::unique_ptr<ut_unit, FreeUnit>;

ut_system* units_database() {
  static const std::unique_ptr<ut_system, FreeSystem> system = [] {
    ut_set_error_message_handler(ut_ignore);
    return std::unique_ptr<ut_system, FreeSystem>(ut_read_xml(nullptr));
  }();
  require(system != nullptr, "the UDUNITS database cannot be read; install udunits-bin or set UDUNITS2_XML_PATH");
  return system.get();
}

/// How to write a unit that UDUNITS does not know; empty when nothing better is known.
std::string advice(const std::string& unit) {
  if (unit.find("gC") != std::string::npos || unit.find("g C") != std::string::npos ||
      unit.find("kgC") != std::string::npos)
    return "; write mass of carbon without the C, for instance `g m-2 day-1`, and say in a comment that it is carbon";
  if (unit.find("CO2") != std::string::npos)
    return "; write amounts without the substance, for instance `umol m-2 s-1`";
  return "; write it as UDUNITS does, for instance `W m-2`, `kg m-2 s-1`, `degC`, `1`";
}

Unit parsed(const std::string& unit, const std::string& where) {
  require(unit.find('\0') == std::string::npos, where, ": units '", unit.c_str(),
          "' go on behind a zero byte; the file is damaged, or correct its units attribute");
  Unit parsed(ut_parse(units_database(), unit.c_str(), UT_UTF8));
  require(parsed != nullptr, where, ": unknown units '", unit, "'", advice(unit));
  return parsed;
}

bool has_amount(const std::string& unit) { return unit.find("mol") != std::string::npos; }

}  // namespace

UnitConverter::UnitConverter(const std::string& from, const std::string& to, const std::string& where) {
  if (from == to) {
    parsed(from, where);
    return;
  }
  const Unit source = parsed(from, where), target = parsed(to, where);
  const bool possible = ut_are_convertible(source.get(), target.get()) != 0;
  const std::string hint =
      has_amount(from) != has_amount(to)
          ? "; one counts moles and the other does not (1 umol of carbon is 12.0107e-6 g): convert "
            "the file, or for observations set molar_mass in g mol-1 (12.0107 for carbon)"
          : "; correct the units attribute or the variable";
  require(possible, where, ": units '", from, "' cannot be converted to '", to, "'", hint);
  const std::unique_ptr<cv_converter, FreeConverter> convert(ut_get_converter(source.get(), target.get()));
  require(convert != nullptr, where, ": units '", from, "' cannot be converted to '", to, "'");
  offset_ = cv_convert_double(convert.get(), 0.0);
  // Conversions are affine; with an offset the slope is taken far from zero to keep its digits.
  scale_ = offset_ == 0.0 ? cv_convert_double(convert.get(), 1.0)
                          : (cv_convert_double(convert.get(), 1048576.0) - offset_) / 1048576.0;
  require(scale_ > 0.0 && std::isfinite(scale_) && std::isfinite(offset_), where, ": units '", from, "' are ", scale_,
          " '", to, "'; the factor must be positive; correct the units attribute");
}

UnitConverter::UnitConverter(const std::string& from, const std::string& to, double molar_mass,
                             const std::string& where)
    : UnitConverter(molar_mass > 0.0 && has_amount(from) && !has_amount(to)
                        ? UnitConverter("(" + from + ") (g mol-1)", to, where)
                        : UnitConverter(from, to, where)) {
  if (molar_mass > 0.0 && has_amount(from) && !has_amount(to)) scale_ *= molar_mass;
}

}  // namespace tilth
