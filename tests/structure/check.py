#!/usr/bin/env python3
"""Checks the structure of the project: layers, homes of libraries, registries, sizes, texts. Exit status 1 on a finding.

Usage: check.py [ROOT] [--warnings]
"""

import sys
from pathlib import Path

import rules_code
import rules_text
from tree import Tree

RULES = rules_code.RULES + rules_text.RULES


def findings(tree, rules=RULES):
    """(rule, path, line, message) of everything that breaks a rule."""
    return [(rule.__name__, *finding) for rule in rules for finding in rule(tree)]


def main(arguments):
    warn = "--warnings" in arguments
    folders = [a for a in arguments if not a.startswith("--")]
    tree = Tree(folders[0] if folders else Path(__file__).parents[2])
    if warn:
        for _, path, line, message in findings(tree, rules_text.WARNINGS):
            print(f"{path}:{line}: warning: {message}")
    found = findings(tree)
    for rule, path, line, message in found:
        print(f"{path}:{line}: {rule}: {message}")
    print(f"{len(tree.files)} files, {len(RULES)} rules, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
