#pragma once

#include "core/obs/obs_table.hpp"

namespace tilth {

/// Turns the used observations (flag 0) of stream `type` into ones with independent errors of unit variance, when
/// their errors at one place (grid point and level) are an AR(1) sequence with e-folding time `time_s`:
///
///   z_t = (y_t / sd_t - phi y_(t-1) / sd_(t-1)) / sqrt(1 - phi^2),   phi = exp(-dt / time_s),   z_1 = y_1 / sd_1,
///
/// on value and predictions alike, so departures and anomalies follow. Exact for any spacing in time (the sequence is
/// Markov): z = L^-1 y with L L' the full covariance. Rows keep id, place, type and flag: a taper that is the same
/// along a sequence commutes with it. The first observation of a table is not tied to an earlier table's.
///
/// @throws Error for two used observations of a place at the same time.
void whiten_sequences(ObsTable& table, int type, double time_s);

/// Whether `whiten_sequences` would refuse: ids of two used observations of a place with the same time; -1, -1: none.
std::pair<std::int64_t, std::int64_t> coincident_observations(const ObsTable& table, int type);

}  // namespace tilth
