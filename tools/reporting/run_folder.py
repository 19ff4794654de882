"""What a folder of results holds: its parts, its record, and what they are called in the report."""

import json
from pathlib import Path

import yaml

BAND = 23.5  # latitude of the tropics


class RunFolder:
    """A run as `tilth osse`, `tilth assimilate` or `tilth forecast` left it, complete or not."""

    def __init__(self, path, label=None):
        self.path = Path(path)
        self.record = read_json(self.path / "run.json") or {}
        try:
            self.options = yaml.safe_load(self.record.get("configuration", "")) or {}
        except yaml.YAMLError:
            self.options = {}
        self.label = label or self.path.resolve().name

    def ensembles(self):
        """Name -> folder of every ensemble: the open loop first, then the analysis or the experiments of a set."""
        found = {n: self.path / n for n in ("open_loop", "analysis") if is_part(self.path / n)}
        folder = self.path / "experiments"
        order = list(self.options.get("experiments") or {})
        if folder.is_dir():
            names = sorted((p.name for p in folder.iterdir() if is_part(p)), key=lambda n: (order.index(n) if n in order else len(order), n))
            found |= {n: folder / n for n in names}
        if not found and is_part(self.path):
            found["run"] = self.path  # one part handed over by itself, a folder of an experiment for instance
        return found

    def nature(self):
        return self.path / "nature"

    def streams(self):
        """Name -> options of every stream of the experiment."""
        return {s["name"]: s for s in self.options.get("observations") or [] if isinstance(s, dict) and "name" in s}

    def regions(self):
        """Name -> (west, east, south, north), as `tilth verify` has them."""
        out = {"global": (-180, 180, -90, 90), "northern": (-180, 180, BAND, 90), "tropics": (-180, 180, -BAND, BAND),
               "southern": (-180, 180, -90, -BAND)}
        for name, box in ((self.options.get("verification") or {}).get("regions") or {}).items():
            if isinstance(box, dict):
                out[name] = tuple(float(box.get(k, d)) for k, d in (("west", -180), ("east", 180), ("south", -90), ("north", 90)))
        return out


def is_part(folder):
    return any((folder / f).exists() for f in ("products.nc", "diagnostics.nc", "parameters.nc", "feedback"))


def read_json(path):
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None


def labels(paths):
    """Short names of folders that tell them apart."""
    paths = [Path(p).resolve() for p in paths]
    for depth in range(1, 6):
        names = ["/".join(p.parts[-depth:]) for p in paths]
        if len(set(names)) == len(names):
            return names
    return [f"{n} ({i})" for i, n in enumerate(names, 1)]
