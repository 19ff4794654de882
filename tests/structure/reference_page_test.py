#!/usr/bin/env python3
"""The reference page of the options is what the program prints. Usage: reference_page_test.py TILTH PAGE"""

import difflib
import subprocess
import sys
from pathlib import Path

program, page = sys.argv[1:3]
printed = subprocess.run([program, "describe", "config"], check=True, capture_output=True, text=True).stdout
written = Path(page).read_text(encoding="utf-8") if Path(page).exists() else ""
if printed != written:
    difference = difflib.unified_diff(written.splitlines(), printed.splitlines(), page, "tilth describe config", lineterm="", n=1)
    print("\n".join(list(difference)[:60]))
    sys.exit(f"{page} is stale; renew it: {program} describe config > {page}")
print(f"{page} is fresh")
