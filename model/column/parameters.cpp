#include "model/column/definitions.hpp"
#include "model/column/variables.hpp"

namespace tilth::column {

namespace {

using Table = std::vector<ParameterDefinition>;

// Values per PFT in the order            BAR ENT  ENB  DNB  EBT  EBM  DBT  DBS  SHR  TUN  GR3  GR4  CR3  CR4
Table leaf_parameters() {
  return {
      define("kphio", "mol mol-1", "kphio: quantum yield of photosynthesis at 20 C (C3)", same(0.0498), 0.02, 0.10,
             0.20, L, "Stocker et al. 2020"),
      define("rd_fraction", "1", "rd_f: leaf respiration over carboxylation capacity at 25 C",
             {.015, .015, .015, .015, .015, .015, .015, .015, .015, .015, .015, .025, .015, .025}, 0.004, 0.04, 0.25, L,
             "Atkin et al. 2015; Collatz et al. 1991, 1992"),
      define("kn_slope", "1", "kn_1: slope of non-photochemical quenching", same(6.2473), 2.0, 12.0, 0.20, L,
             "van der Tol et al. 2014; Lee et al. 2015"),
      define("g1", "kPa0.5", "g1: slope of stomatal conductance",
             {3.0, 2.35, 2.35, 2.35, 4.12, 4.12, 4.45, 4.45, 4.70, 2.22, 5.25, 1.62, 5.79, 1.62}, 0.8, 9.0, 0.25, L,
             "Lin et al. 2015; De Kauwe et al. 2015"),
      define("lma", "g m-2", "LMA: leaf carbon per leaf area",
             {50, 110, 120, 55, 55, 75, 42, 33, 60, 50, 25, 25, 24, 26}, 10.0, 250.0, 0.25, L, "Kattge et al. 2011"),
      define("clumping", "1", "Omega: clumping of leaves, 1 for random",
             {.85, .62, .62, .68, .70, .72, .75, .75, .80, .85, .85, .85, .88, .88}, 0.4, 1.0, 0.5, G,
             "Chen et al. 2005"),
      define("chi_l", "1", "chi_L: leaf orientation, -1 vertical, 0 spherical, 1 horizontal",
             {-.3, .01, .01, .01, .10, .10, .10, .25, .01, .10, -.3, -.3, -.3, -.3}, -0.4, 0.6, 0.15, N,
             "Oleson et al. 2013"),
      define("leaf_reflectance_vis", "1", "rho_V: leaf reflectance, 400-700 nm",
             {.10, .07, .07, .07, .10, .10, .10, .10, .08, .10, .11, .11, .11, .11}, 0.03, 0.2, 0.2, L,
             "Dorman & Sellers 1989"),
      define("leaf_reflectance_nir", "1", "rho_N: leaf reflectance, 700-2500 nm",
             {.45, .35, .35, .35, .45, .45, .45, .45, .42, .45, .50, .50, .50, .50}, 0.2, 0.65, 0.10, L,
             "Dorman & Sellers 1989"),
      define("leaf_transmittance_vis", "1", "tau_V: leaf transmittance, 400-700 nm",
             {.05, .05, .05, .05, .05, .05, .05, .05, .05, .05, .07, .07, .07, .07}, 0.01, 0.2, 0.0, L,
             "Dorman & Sellers 1989"),
      define("leaf_transmittance_nir", "1", "tau_N: leaf transmittance, 700-2500 nm",
             {.25, .10, .10, .10, .25, .25, .25, .25, .20, .25, .28, .28, .28, .28}, 0.05, 0.34, 0.0, L,
             "Dorman & Sellers 1989"),
      define("soil_reflectance_scale", "1", "s_soil: scale of the soil background reflectance", same(1.0), 0.4, 2.0,
             0.2, L, "this model"),
      define("ndvi_gain", "1", "g_N: gain from modelled to sensor NDVI", same(1.0), 0.8, 1.2, 0.05, N, "this model"),
      define("ndvi_offset", "1", "o_N: offset from modelled to sensor NDVI", same(0.0), -0.15, 0.15, 0.03, N,
             "this model"),
      define("sif_scale", "nm-1", "s_SIF: fraction of emitted photons per nm at 740 nm", same(0.010), 0.003, 0.03, 0.30,
             L, "this model")};
}

Table water_parameters() {
  return {
      define("psi_50", "MPa", "|psi_50|: soil water potential at half stress, sign reversed",
             {1.3, 1.8, 1.6, 1.6, 1.2, 1.6, 1.4, 1.3, 2.5, 1.3, 1.2, 1.4, 1.0, 1.0}, 0.1, 6.0, 0.35, L,
             "Choat et al. 2012"),
      define("a_psi", "1", "a_psi: steepness of the stress in ln(psi)", same(3.0), 1.0, 8.0, 0.3, L, "this model"),
      define("beta_r", "cm-1", "beta_r: root distribution, share above depth d is 1 - beta_r^d",
             {.961, .976, .943, .943, .962, .964, .961, .966, .964, .914, .943, .972, .961, .961}, 0.88, 0.992, 0.4, G,
             "Jackson et al. 1996"),
      define("d_max", "m", "d_max: largest rooting depth",
             {1.0, 2.0, 1.2, 1.2, 3.5, 2.5, 3.0, 2.0, 2.5, 0.6, 1.2, 1.5, 1.3, 1.4}, 0.3, 4.0, 0.3, L,
             "Schenk & Jackson 2002"),
      define("c_r0", "g m-2", "C_r0: root carbon at 63 % of the largest rooting depth", same(100.0), 20.0, 600.0, 0.5,
             L, "Trautmann et al. 2022 (concept)"),
      define("f_ks", "1", "f_Ks: scale of the saturated conductivity", same(1.0), 0.03, 30.0, 0.8, L,
             "Cosby et al. 1984 (spread)"),
      define("f_b", "1", "f_b: scale of the retention exponent", same(1.0), 0.6, 1.6, 0.15, L, "Cosby et al. 1984"),
      define("d_theta_s", "1", "d_th: shift of the porosity", same(0.0), -0.1, 0.1, 0.03, N, "Cosby et al. 1984"),
      define("f_psi", "1", "f_psi: scale of the entry potential", same(1.0), 0.2, 5.0, 0.4, L, "Cosby et al. 1984"),
      define("infiltration_exponent", "1", "b_i: shape of the saturated fraction", same(0.2), 0.01, 1.5, 0.6, L,
             "Dumenil & Todini 1992"),
      define("soil_evaporation_resistance", "1", "r_s0: ln(resistance in s m-1) of dry soil to evaporation", same(8.2),
             6.0, 10.0, 0.5, N, "Sellers et al. 1992"),
      define("canopy_storage", "kg m-2", "w_max: water storage per leaf area", same(0.2), 0.05, 0.6, 0.3, L,
             "Dickinson et al. 1986"),
      define("z0_ratio", "1", "z0f: roughness length over canopy height", same(0.08), 0.03, 0.15, 0.2, L,
             "Raupach 1994"),
      define("canopy_height", "m", "h_c: canopy height",
             {0.1, 20, 14, 14, 30, 22, 15, 20, 1.5, 0.3, 0.4, 0.6, 0.8, 1.8}, 0.05, 45.0, 0.2, L, "Simard et al. 2011"),
      define("soil_conductivity_scale", "1", "f_k: scale of the thermal conductivity of soil", same(1.0), 0.4, 2.5,
             0.25, L, "Johansen 1975"),
      define("snow_threshold", "degC", "T_s50: wet-bulb temperature with half rain, half snow", same(1.0), -1.0, 3.0,
             0.5, N, "Wang et al. 2019"),
      define("m_scf", "1", "m_scf: exponent of density in the snow cover fraction", same(1.6), 0.6, 4.0, 0.3, L,
             "Niu & Yang 2007"),
      define("albedo_decay", "d-1", "a_rate: decay of the albedo of dry snow", same(0.008), 0.002, 0.03, 0.4, L,
             "Verseghy 1991"),
      define("a_min", "1", "a_min: visible albedo of old snow", same(0.6), 0.4, 0.75, 0.4, G, "Douville et al. 1995")};
}

Table growth_parameters() {
  return {
      define("lai_max", "1", "LAI_max: largest leaf area index",
             {0.3, 5, 4, 4, 6, 5.5, 4.5, 5.5, 2.5, 1.8, 3.5, 3.5, 4.5, 4.5}, 0.3, 9.0, 0.2, L, "Knorr et al. 2010"),
      define("t_phi", "degC", "T_phi: temperature of leaf-on (cold-deciduous types)",
             {5, 5, 5, 6, 5, 5, 5, 9, 5, 2, 4, 12, 6, 12}, -5.0, 22.0, 2.0, N, "Knorr et al. 2010"),
      define("t_r", "K", "T_r: spread of the leaf-on temperature", same(2.0), 0.3, 6.0, 0.3, L, "Knorr et al. 2010"),
      define("t_c", "h", "t_c: day length of leaf-on (cold-deciduous types)",
             {8, 8, 8, 10.5, 8, 8, 8, 10.5, 8, 10, 8, 8, 9, 10}, 7.0, 15.0, 0.7, N, "Knorr et al. 2010"),
      define("xi", "d-1", "xi: leaf growth rate", same(0.07), 0.01, 0.3, 0.3, L, "Knorr et al. 2010"),
      define("k_senescence", "d-1", "k_Lsen: leaf loss outside the active season", same(0.07), 0.01, 0.3, 0.3, L,
             "Knorr et al. 2010"),
      define("tau_w", "d", "tau_W: time over which leaf area meets the water supply",
             {50, 100, 100, 100, 150, 100, 40, 80, 50, 60, 30, 30, 25, 25}, 5.0, 300.0, 0.4, L, "Knorr et al. 2010"),
      define("tau_leaf", "yr", "tau_leaf: background life of leaves",
             {1, 4, 6, .5, 1.4, 1.6, .6, .5, 1.2, .7, .6, .5, .5, .5}, 0.2, 10.0, 0.3, L, "Wright et al. 2004"),
      define("tau_root", "yr", "tau_root: life of fine roots", {1, 1.6, 2, 1.8, 1, 1.2, 1, 1.3, 1.4, 3, 1, .8, .7, .7},
             0.3, 5.0, 0.4, L, "Gill & Jackson 2000"),
      define("tau_wood", "yr", "tau_wood: turnover time of wood (woody types)",
             {30, 60, 70, 70, 40, 50, 30, 50, 15, 15, 30, 30, 30, 30}, 3.0, 250.0, 0.4, L, "Bloom et al. 2016"),
      define("allocation_leaf", "1", "a_l: weight of leaves in growth; wood takes 1 - a_l - a_r",
             {.4, .25, .25, .30, .34, .30, .32, .30, .35, .35, .45, .45, .65, .65}, 0.05, 0.90, 0.4, G,
             "Litton et al. 2007"),
      define("allocation_root", "1", "a_r: weight of fine roots in growth",
             {.4, .30, .35, .35, .26, .30, .33, .30, .40, .50, .55, .55, .35, .35}, 0.05, 0.90, 0.4, G,
             "Litton et al. 2007"),
      define("s_w", "1", "s_W: exponent of water in the allocation", same(0.5), 0.0, 2.0, 0.2, N,
             "Friedlingstein et al. 1999 (concept)"),
      define("r_w", "yr-1", "r_w: maintenance respiration of wood at 25 C (woody types)",
             {.01, .010, .010, .012, .016, .014, .020, .014, .04, .04, .01, .01, .01, .01}, 1e-3, 0.2, 0.5, L,
             "Ryan 1991"),
      define("r_r", "yr-1", "r_r: maintenance respiration of fine roots at 25 C", same(1.2), 0.2, 4.0, 0.4, L,
             "Ryan 1991"),
      define("k_lab", "d-1", "k_lab: release of labile carbon", same(0.033), 0.005, 0.2, 0.4, L,
             "Bloom & Williams 2015")};
}

Table decay_parameters() {
  return {define("q10_h", "1", "Q10_h: temperature response of decomposition per 10 K", same(1.8), 1.1, 3.2, 0.2, L,
                 "Mahecha et al. 2010"),
          define("s_opt", "1", "s_opt: saturation of the fastest decomposition", same(0.65), 0.3, 0.95, 0.4, G,
                 "Moyano et al. 2013"),
          define("k_litter", "yr-1", "k_lit: decay of litter at 15 C", same(1.8), 0.3, 8.0, 0.4, L,
                 "Bloom & Williams 2015"),
          define("k_cwd", "yr-1", "k_cwd: decay of coarse woody debris at 15 C", same(0.07), 0.01, 0.5, 0.4, L,
                 "Bloom & Williams 2015"),
          define("k_soil_fast", "yr-1", "k_s1: decay of fast soil carbon at 15 C", same(0.083), 0.01, 1.0, 0.5, L,
                 "Bloom & Williams 2015"),
          define("k_soil_slow", "yr-1", "k_s2: decay of slow soil carbon at 15 C", same(0.0025), 2e-4, 0.02, 0.5, L,
                 "Bloom & Williams 2015"),
          define("eta_wood", "1", "eta_w: wood after spin-up over its equilibrium", same(1.0), 0.05, 5.0, 0.5, L,
                 "Carvalhais et al. 2008"),
          define("eta_soil_fast", "1", "eta_s1: fast soil carbon after spin-up over its equilibrium", same(1.0), 0.05,
                 5.0, 0.5, L, "Carvalhais et al. 2008"),
          define("eta_soil_slow", "1", "eta_s2: slow soil carbon after spin-up over its equilibrium", same(1.0), 0.05,
                 5.0, 0.5, L, "Carvalhais et al. 2008")};
}

}  // namespace

std::vector<ParameterDefinition> column_parameters() {
  Table all;
  for (const Table& part : {leaf_parameters(), water_parameters(), growth_parameters(), decay_parameters()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace tilth::column
