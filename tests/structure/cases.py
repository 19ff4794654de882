"""Cases of bad input: options changed in a copy of a good file, and the list of what each case came to."""

import copy

REMOVE = object()  # as a value: takes the key away


def changed(tree, options):
    """A copy of `tree` with each `a.b.0.c` of `options` set or removed."""
    out = copy.deepcopy(tree)
    for path, value in options.items():
        *parents, last = path.split(".")
        place = out
        for key in parents:
            place = place[int(key)] if isinstance(place, list) else place.setdefault(key, {})
        if value is REMOVE:
            del place[last]
        else:
            place[last] = value
    return out


def chosen(cases, words):
    """The cases that have one of the words in their name; all without words."""
    return [case for case in cases if not words or any(word in case.name for word in words)]


def report(cases, faults):
    """Prints what is wrong with each case, a list that `faults(case)` returns; the exit status."""
    bad = 0
    for case in cases:
        found = faults(case)
        bad += bool(found)
        print(("FAILED  " if found else "ok      ") + case.name)
        for line in found:
            print("        " + line.replace("\n", "\n        "))
    print(f"{len(cases)} cases, {bad} failed")
    return 1 if bad else 0
