#pragma once

#include "driver/calibrate/methods/calibration_method.hpp"

namespace tilth {

/// What starts the column of a feature in a file of sets: at the times of the observations, unlike a metric of
/// `tilth sensitivity` of that name.
inline const std::string feature_column = "feature_";

/// Sets of a problem from a file that `write_sets` made: z, and results by name where `results` names any; J is one of
/// them where the file has it. @throws Error for missing columns and sets outside of the box
SetTable read_sets(const std::string& path, const SearchSetting& setting, const std::vector<std::string>& results);

/// J and features of runs as a table.
SetTable set_table(std::string name, const calibration::Matrix& z, std::span<const SetResult> results,
                   const std::vector<ObservedFeature>& features);

}  // namespace tilth
