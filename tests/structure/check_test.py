#!/usr/bin/env python3
"""The structure checker finds what it promises to find: small bad projects, each of which must break its rule."""

import tempfile
import unittest
from pathlib import Path

import check
from tree import Tree

ONCE = "#pragma once\n"

# A small project that breaks nothing.
GOOD = {
    "src/core/base/error.hpp": ONCE + "#include <string>\n",
    "src/core/parallel/comm.hpp": ONCE + '#include <mpi.h>\n#include "core/base/error.hpp"\nMPI_Comm handle();\n',
    "src/core/grid/grid.hpp": ONCE + '#include "core/parallel/comm.hpp"\n',
    "src/core/grid/search.cpp": '#include "core/grid/grid.hpp"\n#include <nanoflann.hpp>\n',
    "model/land_model.hpp": ONCE + '#include "core/grid/grid.hpp"\n',
    "model/list.hpp": "X(daily)\n",
    "model/daily.cpp": '#include "model/land_model.hpp"\nconst Plugin<LandModel> daily =\n    plugin<LandModel, Daily>("a");\n',
    "io/file.cpp": "#include <pnetcdf.h>\nMPI_Offset start = 0;  // MPI_Send in a comment\n",
    "src/driver/main.cpp": '#include "model/land_model.hpp"\nint main() { std::cout << "MPI_Send(std::cout)"; }\n',
    "tests/unit/model/daily_test.cpp": '#include "model/land_model.hpp"\n#include <gtest/gtest.h>\n',
    "docs/a.md": "# One page\nSee [b](b.md#second-part) and [above](#one-page).\n",
    "docs/b.md": "# Page\n## Second part\n",
    "docs/changes/first.md": "Added the first thing.\n",
    "jobs/experiments/a.yaml": "time: {start: 2018-01-01}\n",
}

# What is added to the good project, the rule it must break, a part of the message.
BAD = [
    ({"src/core/base/x.hpp": ONCE + '#include "core/grid/grid.hpp"\n'}, "layer_rule", "base must not include"),
    ({"src/core/config/x.hpp": ONCE + '#include "core/parallel/comm.hpp"\n'}, "layer_rule", "config must not include"),
    ({"io/x.hpp": ONCE + '#include "model/land_model.hpp"\n'}, "layer_rule", "io must not include"),
    ({"model/x.cpp": '#include "driver/x.hpp"\n', "src/driver/x.hpp": ONCE}, "layer_rule", "model must not include"),
    ({"model/x.cpp": '#include "land_model.hpp"\n'}, "layer_rule", "does not exist"),
    ({"model/x.cpp": '#  include  "tests/support/x.hpp"\n', "tests/support/x.hpp": ONCE}, "layer_rule", "of tests"),
    ({"stray/x.cpp": "int x;\n"}, "layer_rule", "no folder of the layer table"),
    ({"model/x.cpp": "#include <mpi.h>\n"}, "home_rule", "<mpi.h> outside its home"),
    ({"src/core/grid/x.hpp": ONCE + "#include <nanoflann.hpp>\n"}, "home_rule", "<nanoflann.hpp> outside its home"),
    ({"model/x.hpp": ONCE + "#include <Eigen/Dense>\n"}, "home_rule", "<Eigen/Dense> outside its home"),
    ({"src/core/grid/grid_x.cpp": "#include <petscmat.h>\n"}, "home_rule", "<petscmat.h> outside its home"),
    ({"src/driver/x.cpp": "#include <boost/format.hpp>\n"}, "home_rule", "has no home"),
    ({"model/a.hpp": ONCE + '#include "model/b.hpp"\n', "model/b.hpp": ONCE + '#include "model/a.hpp"\n'}, "cycle_rule",
     "model/a.hpp -> model/b.hpp -> model/a.hpp"),
    ({"src/core/state/x.cpp": "MPI_Comm comm;\n"}, "mpi_rule", "raw MPI_Comm"),
    ({"io/x.cpp": "MPI_Bcast(a, 1, MPI_INT, 0, comm);\n"}, "mpi_rule", "raw MPI_Bcast"),
    ({"assim/x.cpp": "void f() { std::cout << 1; }\n"}, "output_rule", "std::cout"),
    ({"model/x.hpp": "struct X {};\n"}, "header_rule", "#pragma once"),
    ({"model/x.hpp": ONCE + "using namespace std;\n"}, "header_rule", "using namespace"),
    ({"model/x.hpp": ONCE + "namespace tilth::x {\nusing namespace std;\n"}, "header_rule", "using namespace"),
    ({"model/x.hpp": ONCE + "using namespace tilth::x;\n"}, "header_rule", "using namespace"),
    ({"model/list.hpp": "X(daily)\nX(hourly)\n"}, "registry_rule", "X(hourly)"),
    ({"model/x.cpp": "const Plugin<LandModel> lost = plugin();\n"}, "registry_rule", "plugin lost is in no list.hpp"),
    ({"model/x.cpp": "int x;\n" * 301}, "size_rule", "301 lines, at most 300"),
    ({"tools/x": "echo\n" * 301}, "size_rule", "301 lines"),
    ({"tests/structure/large_files.txt": "model/daily.cpp 400 a table of published constants\n"}, "size_rule", "take it off"),
    ({"tests/structure/large_files.txt": "model/gone.cpp 400 a table of published constants\n"}, "size_rule", "not exist"),
    ({"tests/structure/large_files.txt": "model/x.cpp 400 long\n", "model/x.cpp": "int x;\n" * 350}, "size_rule", "say why"),
    ({"tests/structure/large_files.txt": "model/x.cpp 310 a table of published constants\n", "model/x.cpp": "int x;\n" * 350},
     "size_rule", "allows 310"),
    ({"model/x.cpp": "void f() {\n" + "  g();\n" * 90 + "}\n"}, "function_rule", "function of 92 lines"),
    ({"docs/c.md": "a \n"}, "blank_rule", "trailing blanks"),
    ({"model/x.cpp": "int x;"}, "blank_rule", "line feed"),
    ({"tools/x": "if a\n\tb\n"}, "blank_rule", "a tab"),
    ({"model/x.cpp": "// TODO: finish\n"}, "word_rule", "TODO"),
    ({"docs/c.md": "This is not yet implemented.\n"}, "word_rule", "unfinished"),
    ({"jobs/experiments/b.yaml": "a: /home/someone/data.nc\n"}, "word_rule", "one machine"),
    ({"docs/c.md": "[gone](gone.md)\n"}, "link_rule", "no such file"),
    ({"docs/c.md": "[gone](b.md#third)\n"}, "link_rule", "no such heading"),
    ({"docs/changes/x.md": "A new thing.\n"}, "change_rule", "starts with"),
    ({"jobs/experiments/b.yaml": "a: [1\n"}, "experiment_rule", "not readable"),
    ({"jobs/experiments/b.yaml": "a: 1\na: 2\n"}, "experiment_rule", "twice"),
]


def messages(files):
    """Findings of a project of these files."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            target = Path(folder) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        return check.findings(Tree(folder))


class Checker(unittest.TestCase):
    def test_finds_nothing_in_a_good_project(self):
        self.assertEqual(messages(GOOD), [])

    def test_finds_each_bad_example(self):
        for files, rule, part in BAD:
            if rule == "experiment_rule" and not has_yaml():
                continue
            with self.subTest(rule=rule, files=list(files)):
                found = messages({**GOOD, **files})
                hits = [m for m in found if m[0] == rule and part in m[3]]
                self.assertTrue(hits, f"expected '{part}' from {rule}; found {found}")
                self.assertEqual({m[0] for m in found}, {rule}, "the example breaks other rules too")

    def test_every_rule_has_a_bad_example(self):
        self.assertEqual({rule for _, rule, _ in BAD}, {rule.__name__ for rule in check.RULES})

    def test_a_justified_large_file_passes(self):
        large = {"tests/structure/large_files.txt": "model/x.cpp 400 a table of published constants\n",
                 "model/x.cpp": "int x;\n" * 350}
        self.assertEqual(messages({**GOOD, **large}), [])

    def test_line_numbers_survive_comments(self):
        found = messages({**GOOD, "model/x.cpp": "/* a\nb */\n// c\n#include <mpi.h>\n"})
        self.assertEqual([(m[1], m[2]) for m in found], [("model/x.cpp", 4)])


def has_yaml():
    try:
        import yaml  # noqa: F401
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    unittest.main()
