"""Rules about C++ sources: layers, homes of libraries, cycles, raw MPI, output, registries."""

import posixpath
import re

import layers

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def box_of(path):
    """The box a file belongs to, or None."""
    for box, folder in layers.FOLDERS.items():
        if path.startswith(folder + "/"):
            return box
    return None


def includes(tree, path):
    """(line number, header, whether in quotes) of a file."""
    for number, line in enumerate(tree.code(path), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(2), match.group(1) == '"'


def resolve(tree, path, header):
    """Path of a project header named in an include, or None."""
    known = set(tree.files)
    bases = ["", "src/", "tests/"]
    if header.endswith(".inc") or path.startswith("tests/"):
        bases.append(posixpath.dirname(path) + "/")
    for base in bases:
        if base + header in known:
            return base + header
    return None


def layer_rule(tree):
    """Includes go downwards only, and name the header from the root of the sources."""
    for path in tree.sources():
        box = box_of(path)
        if box is None:
            yield path, 1, "lies in no folder of the layer table (tests/structure/layers.py)"
            continue
        for number, header, quoted in includes(tree, path):
            target = resolve(tree, path, header)
            if target is None:
                if quoted:
                    yield path, number, f'"{header}" does not exist below src/, tests/ or the root of the project'
                continue
            below = box_of(target)
            if below != box and below not in layers.BELOW[box]:
                yield path, number, f"{box} must not include {header} of {below}; allowed: {', '.join(layers.BELOW[box])}"


def home_rule(tree):
    """A third-party header is included only in its library's home."""
    for path in tree.sources():
        for number, header, quoted in includes(tree, path):
            if quoted or resolve(tree, path, header) or re.fullmatch(r"[a-z_0-9]+", header):
                continue
            homes = next((h for pattern, h in layers.HOMES.items() if re.fullmatch(pattern, header)), None)
            if homes is None:
                yield path, number, f"<{header}> has no home in tests/structure/layers.py"
            elif not any(re.fullmatch(home, path) for home in homes):
                yield path, number, f"<{header}> outside its home ({' '.join(homes)})"


def cycle_rule(tree):
    """No header reaches itself."""
    edges = {p: [t for _, h, _ in includes(tree, p) if (t := resolve(tree, p, h))] for p in tree.sources()}
    state = {}

    def visit(path, trail):
        state[path] = "open"
        for target in edges.get(path, ()):
            if state.get(target) == "open":
                yield path, 1, "includes in a circle: " + " -> ".join(trail[trail.index(target):] + [target])
            elif target not in state:
                yield from visit(target, trail + [target])
        state[path] = "done"

    for path in edges:
        if path not in state:
            yield from visit(path, [path])


def mpi_rule(tree):
    """Raw MPI stays in src/core/parallel; handles that other libraries' interfaces need are allowed at their homes."""
    for path in tree.sources():
        if path.startswith(("src/core/parallel/", "tests/")):
            continue
        handles_allowed = any(re.fullmatch(home, path) for home in layers.MPI_HANDLE_HOMES)
        for number, line in enumerate(tree.code(path), 1):
            for name in re.findall(r"\bP?MPI_\w+", line):
                if not (handles_allowed and re.fullmatch(layers.MPI_HANDLES, name)):
                    yield path, number, f"raw {name} outside src/core/parallel; use core/parallel/comm.hpp"


def output_rule(tree):
    """Only the driver speaks to the user's terminal."""
    for path in tree.sources():
        if path.startswith(("src/driver/", "tests/")):
            continue
        for number, line in enumerate(tree.code(path), 1):
            found = re.search(r"std::(cout|clog)\b|\bprintf\(|\bputs\(", line)
            if found:
                yield path, number, f"{found.group()} outside src/driver; return a report or throw an error"


def header_rule(tree):
    """Headers start with #pragma once and open no namespace for their readers."""
    for path in tree.sources():
        if not path.endswith(".hpp"):
            continue
        code = [line for line in tree.code(path) if line.strip()]
        if path.endswith("list.hpp") and not any("namespace" in line for line in code):
            continue  # a list of X(name), included as often as needed
        if not code or code[0].strip() != "#pragma once":
            yield path, 1, "a header starts with #pragma once"
        inner = False  # inside a namespace of ours below tilth, where names of another such namespace do not leak out
        for number, line in enumerate(tree.code(path), 1):
            inner = inner or line.startswith("namespace tilth::")
            if re.match(r"using namespace\b", line) and not (inner and line.startswith("using namespace tilth::")):
                yield path, number, "'using namespace' in a header"


def registry_rule(tree):
    """Every name of a list.hpp is a plugin defined below its folder, and every such plugin is listed."""
    defined = {}
    for path in tree.sources():
        if not path.endswith(".cpp") or path.startswith("tests/"):
            continue
        for match in re.finditer(r"\bPlugin<\s*\w+\s*>\s+(?:\w+::)?(\w+)\s*[={]", "\n".join(tree.code(path))):
            defined.setdefault(match.group(1), []).append(path)
    listed = set()
    for path in (p for p in tree.sources() if posixpath.basename(p) == "list.hpp"):
        folder = posixpath.dirname(path) + "/"
        for number, line in enumerate(tree.code(path), 1):
            for name in re.findall(r'\bX\(\s*(\w+)\s*(?:,\s*"[^"]*"\s*)?\)', line):
                if line.lstrip().startswith("#"):
                    continue  # the macro itself
                listed.add(name)
                if not any(home.startswith(folder) for home in defined.get(name, [])):
                    yield path, number, f"X({name}): no 'const Plugin<...> {name} = ...' in a .cpp below {folder}"
    for name, homes in defined.items():
        if name not in listed:
            yield homes[0], 1, f"plugin {name} is in no list.hpp: it cannot be chosen"


RULES = [layer_rule, home_rule, cycle_rule, mpi_rule, output_rule, header_rule, registry_rule]
