#pragma once

#include <string>
#include <vector>

#include "driver/domain.hpp"

namespace tilth {

/// Pairs of observed and modelled values (prior mean of an open loop) of one stream, by this rank's columns and season.
struct ClimatologyPairs {
  std::vector<double> observed, modelled;
};

/// Reads the pairs of a stream from every feedback file of a folder, each to the rank that owns its grid point. Taken
/// are values that were used or only failed the background check, which a bias makes them do; withheld ones are not.
/// [column * seasons + season]. `files`: the files read are appended. `Error` when there is none, when the stream is
/// unknown to them or was already corrected. Collective.
std::vector<ClimatologyPairs> read_pairs(const Domain& domain, int type, const std::string& folder, int seasons,
                                         std::vector<std::string>& files);

/// Distribution of the pairs of all ranks as samples of limited size: `size` quantiles of each from a histogram of 4096
/// bins, the same on every rank and for any rank count. Collective.
ClimatologyPairs pooled(const Comm& comm, const ClimatologyPairs& mine, int size);

}  // namespace tilth
