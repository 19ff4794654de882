#pragma once

#include <string>
#include <vector>

#include "driver/instrument/simulate_options.hpp"

namespace tilth {

/// A known instrument: what it observes and how, with the source of its numbers.
struct Instrument {
  std::string name, about;
  std::vector<std::string> operators;  ///< that it fits
  std::string quantity;                ///< part of the operator's quantity that must be there too; empty: any
  std::string remedy;                  ///< how to set the operator where the quantity is another
  std::string source;
  SimulateOptions options;
};

/// All of them, in the order they are shown.
const std::vector<Instrument>& instruments();
/// By name; null for "none".
const Instrument* find_instrument(const std::string& name);

/// `Error`, beginning with `where`, when an instrument does not fit an operator of this name and quantity.
void require_fit(const std::string& where, const std::string& instrument, const std::string& op,
                 const std::string& quantity);

/// One row per instrument, as a Markdown table.
std::string instrument_table();

}  // namespace tilth
