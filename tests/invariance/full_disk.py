#!/usr/bin/env python3
"""A disk that fills up, a folder that cannot be written: a clear word, a good last checkpoint, and the same bytes after --resume.

Usage: full_disk.py TILTH EXPERIMENT.yaml [--shares 0.2 0.5 0.9]
Fills small file systems in memory; skipped where mounting is not permitted.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from run import TIMEOUT_S, command_line, report
from survive import SETTINGS
from variants import Variant

BAD_INPUT, FAILURE, SKIPPED = 2, 3, 77


class Mounted:
    """A file system in memory of a given size."""

    def __init__(self, folder, size):
        self.folder = folder
        folder.mkdir()
        self.good = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)], capture_output=True).returncode == 0

    def change(self, options):
        subprocess.run(["mount", "-o", "remount," + options, str(self.folder)], check=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.good:
            subprocess.run(["umount", "-l", str(self.folder)], check=False)


def attempt(arguments, ranks, output, *more):
    done = subprocess.run(command_line(arguments, ranks, output, *more), capture_output=True, text=True, timeout=TIMEOUT_S)
    words = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("tilth: ")]
    return done.returncode, " ".join(words)


def expect(what, found, wanted, words, needed):
    good = found in wanted and all(word in words for word in needed)
    print(f"{what}: status {found}, '{words}'" + ("" if good else f"; expected {wanted} and the words {needed}"), flush=True)
    return good


def fills_up(arguments, folder, whole, share):
    """Whether a disk with room for a share of the run stops it cleanly, and the rest of the room lets it end."""
    size = int(sum(p.stat().st_size for p in whole.rglob("*") if p.is_file()) * share)
    with Mounted(folder / f"disk{share}", size) as disk:
        if not disk.good:
            return None
        output = disk.folder / "run"
        status, words = attempt(arguments, 2, output)
        good = expect(f"{share:.0%} of the room", status, [FAILURE, BAD_INPUT] if share < 0.3 else [FAILURE], words, [str(output)])
        disk.change("size=50%")
        resumed, words = attempt(arguments, 3, output, "--resume")
        return good and expect("with room again", resumed, [0], words, []) and not report(whole, output, 0.0)


def cannot_be_written(arguments, folder, whole):
    """Whether a folder that is a file and a file system without permission are refused before anything else."""
    file = folder / "file"
    file.write_text("in the way")
    good = expect("a file in place of the folder", *attempt(arguments, 2, file)[:1], [BAD_INPUT], attempt(arguments, 2, file)[1], [str(file)])
    with Mounted(folder / "read_only", "100m") as disk:
        output = disk.folder / "run"
        status, words = attempt(arguments, 2, output, "--set", "time.end=2018-03-17")
        good = expect("a shorter run", status, [0], words, []) and good
        disk.change("ro")
        status, words = attempt(arguments, 2, output, "--resume")
        good = expect("without permission", status, [BAD_INPUT, FAILURE], words, [str(disk.folder)]) and good
        disk.change("rw")
        status, words = attempt(arguments, 1, output, "--resume")
        return expect("with permission", status, [0], words, []) and good


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=lambda p: str(Path(p).resolve()))
    parser.add_argument("experiment", type=lambda p: str(Path(p).resolve()))
    parser.add_argument("--shares", type=float, nargs="+", default=[0.2, 0.5, 0.9])
    arguments = parser.parse_args()
    arguments.command, arguments.variant = "osse", Variant(SETTINGS)
    with tempfile.TemporaryDirectory(prefix="tilth-full-disk-") as name:
        folder = Path(name)
        with Mounted(folder / "trial", "1m") as trial:
            if not trial.good:
                print("skipped: mounting a file system in memory is not permitted")
                return SKIPPED
        whole = folder / "whole"
        status, words = attempt(arguments, 2, whole)
        good = expect("room enough", status, [0], words, [])
        for share in arguments.shares:
            good = bool(fills_up(arguments, folder, whole, share)) and good
        good = cannot_be_written(arguments, folder, whole) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
