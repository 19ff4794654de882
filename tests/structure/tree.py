"""Reading of a source tree: which files there are, their lines, the code without comments and strings."""

import re
import subprocess
from pathlib import Path

TEXT = {".cpp", ".hpp", ".h", ".inc", ".py", ".md", ".yaml", ".yml", ".json", ".cmake", ".txt", ".sh", ".csv", ""}
SKIPPED = ("build", "runs", ".git", "__pycache__")


class Tree:
    """The text files of a project folder, by path relative to it."""

    def __init__(self, root):
        self.root = Path(root).resolve()
        self.files = sorted(p for p in self._listed() if Path(p).suffix in TEXT and (self.root / p).is_file())

    def _listed(self):
        command = ["git", "-C", str(self.root), "ls-files", "--cached", "--others", "--exclude-standard"]
        if (self.root / ".git").exists():
            try:
                return set(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines())
            except (OSError, subprocess.CalledProcessError):
                pass  # no git here, or a tree that belongs to someone else: every file counts
        found = (p.relative_to(self.root) for p in self.root.rglob("*") if p.is_file())
        return {p.as_posix() for p in found if not p.parts[0].startswith(SKIPPED) and "__pycache__" not in p.parts}

    def text(self, path):
        return (self.root / path).read_text(encoding="utf-8")

    def lines(self, path):
        return self.text(path).splitlines()

    def sources(self):
        """C++ files."""
        return [p for p in self.files if p.endswith((".cpp", ".hpp", ".inc"))]

    def code(self, path):
        """Lines of a C++ file with comments and the contents of strings blanked; line numbers stay."""
        pattern = r'//[^\n]*|/\*.*?\*/|R"\((?:.*?)\)"|"(?:\\.|[^"\\\n])*"'

        def blank(match):
            if re.match(r'#\s*include\s*$', line_before(match)):
                return match.group()
            return '""' + "\n" * match.group().count("\n") if match.group()[0] in '"R' else "\n" * match.group().count("\n")

        def line_before(match):
            return match.string[match.string.rfind("\n", 0, match.start()) + 1 : match.start()]

        return re.sub(pattern, blank, self.text(path), flags=re.S).splitlines()
