#pragma once

#include <string>

#include "core/parallel/comm.hpp"
#include "io/observation_file.hpp"

namespace tilth::test {

/// A small experiment that uses most sections; valid.
std::string experiment_sample();

/// Writes a valid point file with levels, errors, bounds and a missing value. Collective.
void write_point_sample(const Comm& comm, const std::string& path);
/// Writes a valid station series along an unlimited time, CDF-5, as sites have them. Collective.
void write_station_sample(const Comm& comm, const std::string& path);
/// Writes a valid restart file with all kinds of content. Collective.
void write_restart_sample(const Comm& comm, const std::string& path);

/// How the samples are read.
ObservationFileOptions point_options(const std::string& path);
ObservationFileOptions station_options(const std::string& path);
inline constexpr const char* point_units = "m3 m-3";
inline constexpr const char* station_units = "g m-2 day-1";

/// Everything that was read, as text: equal texts, equal meaning.
std::string as_text(const ObservationSeries& series);
/// Everything in a restart file, as text. Collective; throws what the reader throws.
std::string restart_as_text(const Comm& comm, const std::string& path);

}  // namespace tilth::test
