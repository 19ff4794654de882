"""Variants of the experiment whose runs are compared: other methods and other ways to keep the spread.

Each is a list of assignments (`--set`). All run the same short piece of the experiment: a sixth of the globe, four windows,
no open loop, scores against the nature run (they too must survive a restart).
"""

from dataclasses import dataclass

SHORT = [
    "time.end=2018-04-02", "spinup.warmup=2 days", "ensemble.size=8",
    "grid.generate.west=-15", "grid.generate.east=75", "grid.generate.south=0",
    "verification.open_loop=false", "verification.states=true",
]
# A wide reach for one parameter and state, a narrow one for others, layers that an observation moves less, a stream that may
# not move something, and a link without distance.
RULES = ("analysis.localisation.rules=["
         "{rows: [lma], half_width_km: 3000}, {rows: [soil_moisture], observations: [soil_moisture], level_half_width: 0.5}, "
         "{rows: [soil_moisture], observations: [sif], weight: 0}, {rows: [carbon_leaf], correlation: hard}]")
SPREAD = ["analysis.inflation.rotation=true", "analysis.inflation.additive=0.1"]


@dataclass
class Variant:
    """What differs from the experiment, and what is compared how."""

    settings: list
    tolerance: float = 0.0       # 0: equal bytes; else of numbers, relative to the largest of their variable
    inflates: bool = False       # learns factors on the prior covariance, which restart files must hold


BAYESIAN = ["analysis.inflation.adaptive={method: bayesian, initial_sd: 1}"]
INNOVATIONS = ["analysis.inflation.adaptive={method: innovations, rate: 0.5}"]

VARIANTS = {
    "ensrf": Variant(["analysis.method=ensrf", RULES, *BAYESIAN, *SPREAD], inflates=True),
    "enkf": Variant(["analysis.method=enkf", RULES, *INNOVATIONS, *SPREAD, "observations[0].simulate.bias=0.15"], inflates=True),
    "es_mda": Variant(["analysis.method={es_mda: {steps: 2, update: enkf}}", RULES, *SPREAD]),
    "ienks": Variant(["analysis.method={ienks: {max_passes: 3}}", RULES, "analysis.inflation.rtpp=0.3"]),
    # Quantile-conserving steps of a bounded state and of bounded predictions.
    "bounded": Variant(["analysis.method=ensrf", "control.states=[soil_moisture, carbon_leaf]",
                        "control.rank_histogram=[soil_moisture]", "observations[0].rank_histogram=true"]),
    # Every output there is: daily products in 16 bits, other quantiles; then months, which are longer than the time between
    # restart files.
    "days": Variant(["output.products={every: day, packing: short, quantiles: [0.05, 0.5, 0.95]}", "output.feedback_members=true"]),
    "months": Variant(["output.products={every: month, packing: short}", "output.feedback_members=true", "output.checkpoint_every=2",
                       "time.start=2018-03-22", "time.end=2018-05-05", "time.window=4 days"]),
    "monthly_floats": Variant(["analysis.method={es_mda: {steps: 2}}", "time.start=2018-03-22", "time.end=2018-04-15",
                               "output.products={every: month, variables: [leaf_area_index, evapotranspiration]}"]),
    # Orbits, clouds in patches, correlated errors, stations; a nature run of another weather and other parameters.
    "instruments": Variant(["observations[0].simulate={instrument: modis_ndvi, bias_sd: 0.02, bias_correlation_km: 2000}",
                            "observations[1].simulate={instrument: tropomi_sif, correlation_km: 500}", "observations[1].error={}",
                            "observations[2].simulate={instrument: ascat_soil_moisture}", "observations[2].error={}",
                            "observations[2].superob={}"]),
    "fraternal": Variant(["observations[0]={name: tower, operator: gpp, half_width_km: 900, simulate: {instrument: fluxnet_towers}}",
                          "observations[2].simulate={instrument: gedi_biomass, sampling: {tracks: {composite: 8 days}}}",
                          "observations[2].operator=above_ground_biomass", "observations[2].error={}",
                          "nature.forcing={weather_generator: {seed: 4}}", "nature.parameters={g1: {value: 5}}"]),
    # One minimisation over all ranks: its sums, and so its iterates, are those of this number of ranks.
    "4denvar": Variant(["analysis.method={4denvar: {solver: {tolerance: 1e-12}}}", "observations[2].bias.scope=global"], tolerance=1e-9),
}
