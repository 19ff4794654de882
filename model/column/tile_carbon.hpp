#pragma once

#include "model/column/tile_pack.hpp"

namespace tilth::column {

template <class T>
T carbon_storage(const TilePack<T>& d) {
  return ((d.labile + d.leaf) + (d.root + d.wood)) + ((d.litter + d.cwd) + (d.fast + d.slow));
}

inline constexpr double growth_respiration = 0.2;  ///< of the labile carbon used for growth
inline constexpr double resorption = 0.2;          ///< of the carbon of shed leaves

/// Labile carbon released for growth today (g m-2) and its shares.
template <class T>
struct Growth {
  T leaf, root, wood;  ///< labile carbon taken, growth respiration included
  T target;            ///< leaf area aimed at
};

/// Allocation from co-limiting water and light (concept: Friedlingstein et al. 1999); leaves grow towards the target of
/// phenology and what they do not take stays labile.
template <class T>
Growth<T> allocate(const TilePack<T>& d, T labile) {
  Growth<T> g;
  const T water = max(T(0.05), d.stress_memory);
  const T tilt = exp(d.p(par::s_w) * log(water));
  const T a_leaf = d.p(par::allocation_leaf), a_root = d.p(par::allocation_root);
  const T u_leaf = a_leaf * tilt, u_root = a_root / tilt;
  T u_wood = 0.0;
  if (d.site->woody) u_wood = max(T(0.02), 1.0 - a_leaf - a_root) * max(T(0.05), 1.0 - exp(-0.5 * d.lai));
  const T total = 1.0 / (u_leaf + u_root + u_wood);
  g.target = d.phenology * min(d.lai_water, d.p(par::lai_max));
  const T gap = max(T(0.0), g.target - d.lai);
  const T open = gap / max(T(0.1), g.target);  // 1 at bud burst, 0 with a full canopy
  const T warm = d.site->cold_deciduous ? d.phenology : sigmoid((d.growth_temperature - (freezing_k + 3.0)) * 0.7);
  const T rate = d.p(par::k_lab) * warm;
  const T released = labile * rate * mean_survival(rate);
  const T demand = d.p(par::xi) * gap * d.p(par::lma) * (1.0 / (1.0 - growth_respiration));
  // Leaves come first while the canopy is open: up to eleven times their share, at most a third of the store a day.
  g.leaf = min(demand, min(labile * (1.0 / 3.0), released * (u_leaf * total) * (1.0 + 10.0 * open)));
  const T others = released * total * (1.0 - 0.8 * open);
  g.root = u_root * others;
  g.wood = u_wood * others;
  // Beyond the capacity of the store the surplus goes to wood, or to roots without wood; trees that shed their leaves
  // store what a canopy needs, others half of it.
  const double stored = d.site->cold_deciduous && d.site->woody ? 1.0 : 0.5;
  const T capacity = stored * d.p(par::lai_max) * d.p(par::lma);
  const T left = ((labile - g.leaf) - g.root) - g.wood;
  const T surplus = 0.1 * max(T(0.0), left - capacity);
  if (d.site->woody)
    g.wood = g.wood + surplus;
  else
    g.root = g.root + surplus;
  return g;
}

/// Maintenance respiration (g m-2 d-1), limited by production and the labile store.
template <class T>
T maintenance(const TilePack<T>& d) {
  // Basal rates rise where plants live in the cold (Atkin et al. 2008): 10^(-0.00794 (T - 25)) of the growth
  // temperature.
  const T per_day = (1.0 / days_per_year) * exp(-0.018283 * (d.growth_temperature - (freezing_k + 25.0)));
  const T roots = d.p(par::r_r) * d.root * maintenance_response(d.soil_temperature[3] - freezing_k);
  T wood = 0.0;
  if (d.site->woody) wood = d.p(par::r_w) * d.wood * maintenance_response(d.air_t);
  const T wanted = d.leaf_respiration + (roots + wood) * per_day;
  return simd::smooth_min(wanted, d.gpp + 0.1 * d.labile, 0.98);
}

/// Decay rates of the day from temperature and moisture of the upper 0.3 m.
template <class T>
DecayRates<T> decay_rates(const TilePack<T>& d) {
  T temperature = 0.0, liquid = 0.0, total = 0.0;
  for (int k = 0; k < 4; ++k) {
    temperature = temperature + d.soil_temperature[k] * (layer_thickness[k] / 0.3);
    liquid = liquid + d.liquid[k] * (layer_thickness[k] / 0.3);
    total = total + d.soil_moisture[k] * (layer_thickness[k] / 0.3);
  }
  const T warmth = exp(log(d.p(par::q10_h)) * ((temperature - (freezing_k + 15.0)) * 0.1));
  const T wet = moisture_response(liquid / d.theta_s, d.p(par::s_opt)) * (liquid / total);
  const T scale = warmth * wet * (1.0 / days_per_year);
  return {min(T(0.5), d.p(par::k_litter) * scale), min(T(0.5), d.p(par::k_cwd) * scale),
          min(T(0.5), d.p(par::k_soil_fast) * scale), min(T(0.5), d.p(par::k_soil_slow) * scale)};
}

/// Carries the propagator of the slow pools through the day: each pool's unit alone, without input.
template <class T>
void propagate(const TilePack<T>& d, T wood_rate, const DecayRates<T>& k) {
  const auto at = [&](Propagator p) { return d.job->propagator + p * d.job->stride + d.member; };
  const auto unit = [&](Propagator wood, Propagator litter, Propagator cwd, Propagator fast, Propagator slow) {
    const auto read = [&](Propagator p) { return p == propagator_count ? T(0.0) : simd::load<T>(at(p)); };
    const auto write = [&](Propagator p, T x) {
      if (p != propagator_count) simd::store(at(p), x);
    };
    T w = read(wood), l = read(litter), c = read(cwd), f = read(fast), s = read(slow);
    const T loss = decay_pool(w, T(0.0), wood_rate);
    decompose(l, c, f, s, T(0.0), loss, k);
    write(wood, w), write(litter, l), write(cwd, c), write(fast, f), write(slow, s);
  };
  constexpr Propagator none = propagator_count;
  unit(wood_wood, none, wood_cwd, wood_fast, wood_slow);
  unit(none, litter_litter, none, litter_fast, litter_slow);
  unit(none, none, cwd_cwd, cwd_fast, cwd_slow);
  unit(none, none, none, fast_fast, fast_slow);
  unit(none, none, none, none, slow_slow);
}

/// Floors that keep vegetation alive; returns the carbon added, g m-2.
template <class T>
T seed_pools(TilePack<T>& d) {
  constexpr double least = 1e-3;
  T added = 0.0;
  if (d.site->vegetated) {
    added = seed(d.labile, T(0.5)) + seed(d.root, T(0.5)) + seed(d.leaf, 0.005 * d.p(par::lma));
  } else {
    added = seed(d.labile, T(least)) + seed(d.root, T(least)) + seed(d.leaf, T(least));
  }
  for (T* pool : {&d.wood, &d.litter, &d.cwd, &d.fast, &d.slow}) added = added + seed(*pool, T(least));
  return added;
}

/// The carbon of a day: respiration, growth, turnover, decomposition.
template <class T>
void carbon(TilePack<T>& d) {
  constexpr double per_day = 1.0 / days_per_year;
  const T kept = maintenance(d);
  const T labile = d.labile + (d.gpp - kept);
  const Growth<T> g = allocate(d, labile);
  const T grown = (g.leaf + g.root) + g.wood;
  d.autotrophic = kept + growth_respiration * grown;
  // Leaf loss: background, end of season, and leaf area beyond what water sustains.
  T loss = per_day / d.p(par::tau_leaf);
  const T excess = max(T(0.0), d.lai - d.lai_water) / max(T(1e-3), d.lai);
  T inactive = excess;
  if (d.site->cold_deciduous) inactive = min(T(1.0), inactive + (1.0 - d.phenology));
  loss = loss + d.p(par::k_senescence) * inactive;
  const T leaf_loss = decay_pool(d.leaf, (1.0 - growth_respiration) * g.leaf, loss);
  const T root_input = (1.0 - growth_respiration) * g.root, wood_input = (1.0 - growth_respiration) * g.wood;
  const T root_loss = decay_pool(d.root, root_input, per_day / d.p(par::tau_root));
  const T wood_rate = per_day / d.p(par::tau_wood);
  const T wood_loss = decay_pool(d.wood, wood_input, wood_rate);
  d.labile = (labile - grown) + resorption * leaf_loss;
  const T litter_input = (1.0 - resorption) * leaf_loss + root_loss;
  const DecayRates<T> rates = decay_rates(d);
  const Decomposition<T> s = decompose(d.litter, d.cwd, d.fast, d.slow, litter_input, wood_loss, rates);
  d.heterotrophic = s.respired;
  if (d.job->propagator) propagate(d, wood_rate, rates);
  d.seeded = seed_pools(d);
}

}  // namespace tilth::column
