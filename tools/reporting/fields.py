"""Products of the parts of a run, packed for maps and series, within the size that the page may have."""

import numpy as np

import plot_common as common
from grid import Places, Times

MAPS = {"local_observations": "Local observations", "prior_inflation": "Prior inflation", "members_replaced": "Members replaced"}
STATISTICS = {"mean": 16, "sd": 8, "increment": 16, "q05": 8, "q95": 8}  # statistic -> bits
# (quantiles?, records per mean, cells per side of a block) from what shows most to what is smallest.
LADDER = [(True, 1, 1), (False, 1, 1), (False, 2, 1), (False, 4, 1), (False, 4, 2), (False, 8, 2), (False, 8, 4), (False, 16, 4), (False, 16, 8)]
LEAST_BYTES = {8: 0.35, 16: 0.8}  # a packed number takes at least this much of the page
SHARE = 0.75                      # of the budget is for products, the rest for observations


def first_step(values, fields, budget):
    """Step of the ladder to begin with: those before are too large by the least size of a number."""
    for index, (quantiles, group, block) in enumerate(LADDER):
        bits = [b for s, b in STATISTICS.items() if quantiles or s not in ("q05", "q95")]
        if sum(LEAST_BYTES[b] for b in bits) * values * fields / group / block**2 < budget:
            return index
    return len(LADDER) - 1


def variables(parts, nature, windows):
    """Description of every product: name, title, units; maps of the analysis come last."""
    out = []
    for name in common.product_names(nature, *parts.values()):
        if name in MAPS:
            continue
        units = next((d[v].attrs.get("units", "") for d in (nature, *parts.values()) if d is not None for v in (name, f"{name}_mean") if v in d), "")
        title = common.title_of(name.removeprefix("parameter_")) + (" (parameter)" if name.startswith("parameter_") else "")
        out.append({"name": name, "title": title, "units": units, "kind": "product", "fields": {}})
    for name, title in MAPS.items():
        if any(d is not None and name in d for d in (*parts.values(), *windows.values())):
            units = {"local_observations": "observations", "prior_inflation": "1", "members_replaced": "member days"}[name]
            out.append({"name": name, "title": title, "units": units, "kind": "map", "fields": {}})
    return out


class Fields:
    """Packs what the maps and series of one run need."""

    def __init__(self, run_id, nature, parts, windows, blobs, budget):
        self.id, self.blobs = run_id, blobs
        self.nature, self.parts, self.windows = nature, parts, windows
        given = [d for d in (nature, *parts.values()) if d is not None and d.sizes.get("time", 0) and "lat" in d.variables]
        example = max(given, key=lambda d: d.sizes["time"], default=None)
        self.empty = example is None
        if self.empty:
            return
        values, before = example.sizes["time"] * len(Places(example).cells), set(blobs.texts)
        for step in LADDER[first_step(values, len(variables(parts, nature, windows)) * len(parts), SHARE * budget):]:
            blobs.keep(before)
            size = blobs.bytes()
            self.pack_all(example, *step)
            if blobs.bytes() - size < SHARE * budget:
                break

    def pack_all(self, example, quantiles, group, block):
        self.quantiles, self.places, self.times = quantiles, Places(example, block), Times(example, group)
        self.variables = variables(self.parts, self.nature, self.windows)
        for number, variable in enumerate(self.variables):
            self.pack(number, variable)

    def same_shape(self, values):
        return values.shape == (len(self.times.end), len(self.places.cells))

    def add(self, key, array, bits, square=False):
        values = self.times.thin(self.places.take(array), square)
        if len(values) < len(self.times.end):  # a run that is not finished has fewer records
            values = np.vstack([values, np.full((len(self.times.end) - len(values), values.shape[1]), np.nan)])
        return self.blobs.add(key, values, bits) if self.same_shape(values) else None

    def pack(self, number, variable):
        name = variable["name"]
        if self.nature is not None and name in self.nature:
            variable["fields"]["nature"] = {"mean": self.add(f"{self.id}.{number}.n", self.nature[name], 16)}
        for index, (part, data) in enumerate(self.parts.items()):
            if data is None:
                continue
            if variable["kind"] == "map":
                data = data if name in data else self.windows.get(part)
                if data is not None and name in data and data.sizes["time"] <= len(self.times.end) * self.times.group:
                    variable["fields"][part] = {"mean": self.add(f"{self.id}.{number}.{index}", data[name], 16)}
                continue
            found = {}
            for statistic, bits in STATISTICS.items():
                if f"{name}_{statistic}" in data and (self.quantiles or statistic not in ("q05", "q95")):
                    found[statistic] = self.add(f"{self.id}.{number}.{index}.{statistic}", data[f"{name}_{statistic}"], bits, statistic == "sd")
            if part == "open_loop":
                found.pop("increment", None)
            if any(found.values()):
                variable["fields"][part] = found

    def describe(self):
        if self.empty:
            return {}
        return {"places": self.places.describe(), "times": self.times.describe(), "variables": self.variables,
                "block": self.places.block, "quantiles": self.quantiles}
