"""Rules about every text file: size, blanks, words, links of the documentation, notes of changes, experiments."""

import posixpath
import re

MOST_LINES = 300
MANY_LINES = 200
MOST_FUNCTION_LINES = 80
MANY_FUNCTION_LINES = 40
LARGE_FILES = "tests/structure/large_files.txt"
RULE_FILES = "tests/structure/"


def programs(tree):
    """Files that people maintain as code."""
    suffixes = (".cpp", ".hpp", ".inc", ".py", ".cmake", ".sh", "CMakeLists.txt")
    return [p for p in tree.files if p.endswith(suffixes) or (p.startswith(("tools/", ".ci/")) and "." not in posixpath.basename(p))]


def allowed_large(tree):
    """path -> (most lines, reason, line number) of the list of justified large files."""
    if LARGE_FILES not in tree.files:
        return {}
    entries = {}
    for number, line in enumerate(tree.lines(LARGE_FILES), 1):
        if line.strip() and not line.startswith("#"):
            path, most, reason = (line.split(None, 2) + ["", ""])[:3]
            entries[path] = (most, reason, number)
    return entries


def size_rule(tree):
    """Files stay small; an exception is listed with its reason, and leaves the list when it has shrunk."""
    allowed = allowed_large(tree)
    for path in programs(tree):
        count = len(tree.lines(path))
        if path in allowed:
            most, _, number = allowed[path]
            if count <= MOST_LINES:
                yield LARGE_FILES, number, f"{path} has {count} lines: take it off the list"
            elif not most.isdigit() or count > int(most):
                yield path, count, f"{count} lines, {LARGE_FILES} allows {most}: split it by subject"
        elif count > MOST_LINES:
            yield path, count, f"{count} lines, at most {MOST_LINES}: split it by subject, or justify it in {LARGE_FILES}"
    for path, (_, reason, number) in allowed.items():
        if path not in tree.files:
            yield LARGE_FILES, number, f"{path} does not exist"
        elif len(reason.split()) < 4:
            yield LARGE_FILES, number, f"{path}: say why it may be large"


def size_warnings(tree):
    allowed = allowed_large(tree)
    for path in programs(tree):
        count = len(tree.lines(path))
        if MANY_LINES < count <= MOST_LINES and path not in allowed:
            yield path, count, f"{count} lines; aim for {MANY_LINES}"


def functions(tree, path):
    """(first line, number of lines) of every function written at the left margin."""
    start = None
    for number, line in enumerate(tree.code(path), 1):
        if re.match(r"[A-Za-z_\[~:<>]", line) and not re.match(r"(namespace|struct|class|enum|union|extern|public|private)\b", line):
            start = start if start is not None else number
            if line.rstrip().endswith((";", "}")):
                start = None
        elif line.startswith("}"):
            if start is not None and not line.startswith("};"):
                yield start, number - start + 1
            start = None


def function_rule(tree):
    """No function is longer than a table or a numerical kernel may be."""
    for path in tree.sources():
        for start, count in functions(tree, path):
            if count > MOST_FUNCTION_LINES and not path.startswith("tests/"):
                yield path, start, f"function of {count} lines, at most {MOST_FUNCTION_LINES}: split it"


def function_warnings(tree):
    for path in tree.sources():
        for start, count in functions(tree, path):
            if MANY_FUNCTION_LINES < count <= MOST_FUNCTION_LINES and not path.startswith("tests/"):
                yield path, start, f"function of {count} lines; aim for 20, {MANY_FUNCTION_LINES} without a reason"


def blank_rule(tree):
    """No trailing blanks, no tabs in code, one line feed at the end."""
    for path in tree.files:
        if posixpath.basename(path) == "LICENSE" or path.endswith(".csv"):
            continue
        text = tree.text(path)
        for number, line in enumerate(text.split("\n"), 1):
            if line != line.rstrip():
                yield path, number, "trailing blanks or a carriage return"
            if "\t" in line and path in programs(tree):
                yield path, number, "a tab"
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            yield path, text.count("\n"), "ends without a line feed or with an empty line"


WORDS = [
    (r"\b(TODO|FIXME|XXX|HACK)\b(?!\s*\(#\d+\))", "a mark without an issue number"),
    (r"\b(not (yet )?implemented|placeholder|for now|simplified version)\b", "sounds unfinished: finish it or say what the limit is"),
    (r"(?<![\w.])/(work|tmp/build|home/\w+|root)/", "a path of one machine"),
    (r"(?i)\b(chatgpt|copilot|claude|language model|ai[- ](generated|assisted))\b", "the project speaks of itself alone"),
    (r"(?i)@(author|date)\b|\bcreated (by|on)\b", "no author, date or history in files"),
]


def word_rule(tree):
    """No unfinished marks, no paths of one machine, no talk about who wrote it."""
    for path in tree.files:
        if path.startswith(RULE_FILES) or posixpath.basename(path) == "LICENSE":
            continue
        for number, line in enumerate(tree.lines(path), 1):
            for pattern, why in WORDS:
                found = re.search(pattern, line)
                if found:
                    yield path, number, f"'{found.group()}': {why}"


def anchors(tree, path):
    """Names of the headings of a Markdown page as its readers make them."""
    headings = re.findall(r"^#+\s+(.*)$", re.sub(r"```.*?```", "", tree.text(path), flags=re.S), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", h.strip().lower()).replace(" ", "-") for h in headings}


def link_rule(tree):
    """Links inside the documentation lead somewhere."""
    for path in (p for p in tree.files if p.endswith(".md")):
        for number, line in enumerate(tree.lines(path), 1):
            for target in re.findall(r"\]\(([^)\s]+)\)", line):
                if re.match(r"[a-z]+:", target):
                    continue
                file, _, anchor = target.partition("#")
                full = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
                if not (tree.root / full).exists():
                    yield path, number, f"link to {target}: no such file"
                elif anchor and full.endswith(".md") and anchor not in anchors(tree, full):
                    yield path, number, f"link to {target}: no such heading"


def change_rule(tree):
    """A note of a change is a line that starts with Added, Changed, Fixed or Removed."""
    for path in (p for p in tree.files if p.startswith("docs/changes/") and p.endswith(".md")):
        for number, line in enumerate(tree.lines(path), 1):
            if not re.match(r"(Added|Changed|Fixed|Removed) \S", line):
                yield path, number, "each line starts with Added, Changed, Fixed or Removed"


def experiment_rule(tree):
    """Experiment files are YAML mappings without duplicate keys."""
    try:
        import yaml
    except ImportError:
        return  # the program itself checks them too

    class Strict(yaml.SafeLoader):
        pass

    def mapping(loader, node):
        keys = [loader.construct_object(key) for key, _ in node.value]
        repeated = [key for key in keys if keys.count(key) > 1]
        if repeated:
            raise yaml.YAMLError(f"key '{repeated[0]}' twice, line {node.start_mark.line + 1}")
        return loader.construct_mapping(node, deep=True)

    Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
    for path in (p for p in tree.files if p.endswith((".yaml", ".yml"))):
        try:
            content = yaml.load(tree.text(path), Loader=Strict)
        except yaml.YAMLError as error:
            yield path, 1, "not readable as YAML: " + " ".join(str(error).split())
            continue
        if path.startswith("jobs/experiments/") and not isinstance(content, dict):
            yield path, 1, "an experiment is a mapping of sections"


RULES = [size_rule, function_rule, blank_rule, word_rule, link_rule, change_rule, experiment_rule]
WARNINGS = [size_warnings, function_warnings]
