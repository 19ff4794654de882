"""Makes one self-contained page of one or several runs.

Usage: tools/report RUN... [--output FILE] [--title TEXT] [--megabytes N]
RUN is the output folder of tilth osse, assimilate or forecast. The page (RUN/report.html of the first run unless told
otherwise) needs no network and opens from the file system. A panel without data says what would produce it.
"""

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1])]

import collect  # noqa: E402
import page  # noqa: E402
import run_folder  # noqa: E402
from pack import Blobs  # noqa: E402

PAGE_BYTES = 3.5e6  # plotting library, scripts, tables
TRIALS = 3


def arguments():
    parser = argparse.ArgumentParser(prog="tools/report", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="folder of results")
    parser.add_argument("--output", type=Path, metavar="FILE", help="the page (default: report.html in the first RUN)")
    parser.add_argument("--title", help="heading (default: names of the runs)")
    parser.add_argument("--megabytes", type=float, default=14, help="largest size to aim at (default 14); long and fine runs are averaged to fit")
    return parser.parse_args()


def main():
    given = arguments()
    for run in given.runs:
        if not run.is_dir():
            sys.exit(f"tools/report: {run} is not a folder; give the output folder of a run of 'tilth osse' or 'tilth assimilate'")
    if given.megabytes < 5:
        sys.exit(f"tools/report: --megabytes {given.megabytes:g} is too small: the plotting library alone takes 3; give 5 or more")
    try:
        plotly = page.plotly_source()
    except FileNotFoundError as error:
        sys.exit(f"tools/report: {error}")
    runs = [run_folder.RunFolder(path, label) for path, label in zip(given.runs, run_folder.labels(given.runs))]
    output = given.output or given.runs[0] / "report.html"
    output.parent.mkdir(parents=True, exist_ok=True)
    title = given.title or " · ".join(r.label for r in runs)
    share = (given.megabytes * 1e6 - PAGE_BYTES) / len(runs)
    for _ in range(TRIALS):
        blobs = Blobs()
        data = [collect.collect(run, i, blobs, share) for i, run in enumerate(runs)]
        size = page.write(output, title, data, blobs, plotly)
        over = size - given.megabytes * 1e6
        if over <= 0 or share <= 2 * over / len(runs):
            break
        share -= 1.2 * over / len(runs)  # tables of many experiments take more than was kept for them
    for run in data:
        for finding in run["findings"]:
            where = f" ({finding['part']})" if finding["part"] and len(run["ensembles"]) > 2 else ""
            print(f"{run['label']}{where}: {finding['severity']}: {finding['text']}")
    print(f"{output}  ({size / 1e6:.1f} MB)")


if __name__ == "__main__":
    main()
