"""The house keeps its rules, and each rule catches what breaks it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.project import house_rules
from tests.project.house import House, read_house
from tests.project.house_rules import RULES, Rule

ROOT = Path(__file__).resolve().parents[2]
PAGE = '"""A room.\n\nBelongs here: this.\n\nDoes not: that.\n\nMay import: {}.\n"""\n'
NOTHING = PAGE.format("nothing of ours")
CLEAN = {
    "pyproject.toml": '[project]\nname = "house"\ndependencies = ["orjson>=3", "pydantic"]\n',
    "docs/design.md": "# Design\n\n## The map\n\n```\nqueues/ flow\nstages/ what\nsynthtools_stream/\n  one/ first\n"
    "  two/ second\n```\n",
    "queues/__init__.py": NOTHING,
    "stages/__init__.py": NOTHING,
    "synthtools_stream/__init__.py": '"""The public API."""\n',
    "synthtools_stream/errors.py": "import orjson\n",
    "synthtools_stream/one/__init__.py": NOTHING + "from synthtools_stream.one.stone import rock\n",
    "synthtools_stream/one/stone.py": "import pydantic\n\nrock = 1\n",
    "synthtools_stream/two/__init__.py": PAGE.format("`one`, `errors`"),
    "synthtools_stream/two/user.py": "from synthtools_stream.one import rock\nimport synthtools_stream.errors\n",
    "synthtools_stream/two/reader.py": "from synthtools_stream.one import rock\n",
    "tests/one/test_stone_weight.py": "",
    "tests/two/test_two.py": "",
    "tests/test_errors.py": "",
    "tests/e2e/test_anything.py": "",
}
"""A small house that keeps every rule; each test spoils one thing."""


@cache
def this_house() -> House:
    """Read this checkout, once."""
    return read_house(ROOT)


def built(root: Path, changes: dict[str, str]) -> House:
    """Build the clean house below `root` with some files written otherwise, and read it."""
    for name, text in {**CLEAN, **changes}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return read_house(root)


@pytest.fixture(autouse=True)
def no_exceptions(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """A planted house has no exceptions of ours."""
    if "tmp_path" in request.fixturenames:
        monkeypatch.setattr(house_rules, "KEPT_APART", {})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_this_house_keeps_its_rules(rule: Rule) -> None:
    """Nothing in this checkout breaks the rule."""
    assert rule(this_house()) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_clean_house_is_not_accused(rule: Rule, tmp_path: Path) -> None:
    """A house that keeps the rule hears nothing."""
    assert rule(built(tmp_path, {})) == []


PLANTED = {
    "a loose module": ("loose_modules", {"synthtools_stream/helper.py": ""}, "helper.py: lies loose"),
    "a name twice": ("repeated_basenames", {"synthtools_stream/two/stone.py": ""}, "stone.py occurs 2 times"),
    "a name twice across tops": ("repeated_basenames", {"queues/user.py": ""}, "user.py occurs 2 times"),
    "a stranded module": (
        "stranded_modules",
        {"synthtools_stream/two/reader.py": ""},
        "one/stone.py: only synthtools_stream.two.user imports it",
    ),
    "stranded, imported in a function": (
        "stranded_modules",
        {
            "synthtools_stream/two/reader.py": "",
            "synthtools_stream/two/user.py": "def f():\n    from synthtools_stream.one.stone import rock\n",
        },
        "move it to synthtools_stream.two",
    ),
    "a page without its list": (
        "folder_pages",
        {"synthtools_stream/one/__init__.py": '"""A room.\n\nBelongs here: all.\n\nDoes not: nothing.\n"""\n'},
        "one/__init__.py: its docstring has no paragraph `May import:`",
    ),
    "an untold import": (
        "folder_pages",
        {"synthtools_stream/two/__init__.py": PAGE.format("`one`")},
        "imports `errors`, which its page does not say",
    ),
    "a told import that is none": (
        "folder_pages",
        {"queues/__init__.py": PAGE.format("`errors`")},
        "its page says `errors`, which nothing imports",
    ),
    "a neighbour's room": (
        "folder_pages",
        {
            "synthtools_stream/one/inner/__init__.py": NOTHING,
            "synthtools_stream/one/inner/deep.py": "from synthtools_stream.one.stone import rock\n",
        },
        "inner/__init__.py: imports `one`",
    ),
    "a deed for a name": ("gerund_names", {"synthtools_stream/two/helping.py": ""}, "helping.py: a name in -ing"),
    "a long file": ("long_files", {"tests/two/test_two.py": "x = 1\n" * 401}, "test_two.py: 401 lines"),
    "an unexplained limit": (
        "unexplained_limits",
        {"queues/flow.py": "MOST = 3 << 2\nx = 1\n"},
        "flow.py:1: MOST steers",
    ),
    "an unexplained private limit": ("unexplained_limits", {"queues/flow.py": "_MOST: int = 3\n"}, "_MOST steers"),
    "raised in prose": (
        "raises_told_apart",
        {"queues/flow.py": 'def f() -> None:\n    """Do; raises ValueError where it cannot."""\n'},
        "flow.py:1: f says",
    ),
    "an unused dependency": (
        "unused_dependencies",
        {"pyproject.toml": '[project]\nname = "house"\ndependencies = ["orjson", "pydantic", "tenacity[x]>=9"]\n'},
        "tenacity is declared and never imported",
    ),
    "an unused extra": (
        "unused_dependencies",
        {
            "pyproject.toml": '[project]\nname = "house"\ndependencies = ["orjson", "pydantic"]\n'
            '[project.optional-dependencies]\nbig = ["ray"]\ndev = ["ruff"]\n'
        },
        "ray is declared",
    ),
    "an undeclared import": (
        "undeclared_imports",
        {"queues/flow.py": 'import importlib\n\nimportlib.import_module("yarl.url")\n'},
        "queues/flow.py: imports yarl",
    ),
    "a test of no folder": (
        "misplaced_tests",
        {"tests/three/test_x.py": ""},
        "no folder of the source is called three",
    ),
    "a test of no module": ("misplaced_tests", {"tests/one/test_rocks.py": ""}, "has no module of that name"),
    "a folder not on the map": (
        "map_tells_all",
        {"synthtools_stream/three/__init__.py": NOTHING},
        "does not tell of three/",
    ),
    "a map of what is gone": (
        "map_tells_all",
        {"docs/design.md": CLEAN["docs/design.md"].replace("two/", "four/")},
        "tells of four/",
    ),
    "a pointer to nothing": (
        "pointed_files",
        {"docs/design.md": CLEAN["docs/design.md"] + "| who | `one/stone`, `two/gone` |\n"},
        "points to two/gone",
    ),
    "no map": ("map_tells_all", {"docs/design.md": "# Design\n"}, "there is no map"),
}


@pytest.mark.parametrize(("name", "changes", "told"), PLANTED.values(), ids=PLANTED)
def test_planted_violation_is_caught(name: str, changes: dict[str, str], told: str, tmp_path: Path) -> None:
    """Each kind of violation, planted into a clean house, is named by its rule."""
    rule = next(rule for rule in RULES if rule.__name__ == name)
    found = rule(built(tmp_path, changes))
    assert any(told in line for line in found), found


def test_needless_exception_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception that nothing needs any more is a violation itself."""
    monkeypatch.setattr(house_rules, "KEPT_APART", {"synthtools_stream.one.stone": "because"})
    assert "needs no exception" in house_rules.stranded_modules(built(tmp_path, {}))[0]


def test_faces_strand_nothing(tmp_path: Path) -> None:
    """What only a command uses stays in its layer."""
    changes = {
        "synthtools_stream/two/reader.py": "",
        "synthtools_stream/two/user.py": "",
        "synthtools_stream/cli/__init__.py": PAGE.format("`one`"),
        "synthtools_stream/cli/run.py": "from synthtools_stream.one import rock\n",
    }
    assert house_rules.stranded_modules(built(tmp_path, changes)) == []
