#pragma once

namespace tilth::physics {

// Constants of MODEL 2.4, SI units.
inline constexpr double stefan_boltzmann = 5.670374419e-8;  ///< W m-2 K-4
inline constexpr double gas_constant = 8.314462618;         ///< J mol-1 K-1
inline constexpr double gravity = 9.80665;                  ///< m s-2
inline constexpr double von_karman = 0.4;
inline constexpr double air_heat_capacity = 1004.64;    ///< J kg-1 K-1
inline constexpr double dry_air_gas_constant = 287.05;  ///< J kg-1 K-1
inline constexpr double epsilon_water = 0.62198;        ///< molar mass of water over that of dry air
inline constexpr double fusion_heat = 3.337e5;          ///< J kg-1
inline constexpr double water_density = 1000.0;         ///< kg m-3
inline constexpr double ice_density = 917.0;            ///< kg m-3
inline constexpr double water_heat_capacity = 4188.0;   ///< J kg-1 K-1
inline constexpr double ice_heat_capacity = 2117.0;     ///< J kg-1 K-1
inline constexpr double freezing_k = 273.15;            ///< K
inline constexpr double seconds_per_day_d = 86400.0;
inline constexpr double days_per_year = 365.25;
inline constexpr double carbon_molar_mass = 12.0107;  ///< g mol-1
inline constexpr double par_fraction = 0.48;          ///< of shortwave radiation
inline constexpr double par_mol_per_j = 4.57e-6;      ///< mol J-1 of PAR

}  // namespace tilth::physics
