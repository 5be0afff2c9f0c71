"""A program's text is looked at before it goes to the sandbox, and a warning in it is nobody's news."""

from __future__ import annotations

import ast
import warnings

import pytest

from synthtools_stream.programs.program import Fault
from synthtools_stream.programs.source_tree import IMPORTABLE, keeps_nothing, parsed, source_fault
from synthtools_stream.roles.program_roles import MAX_SOURCE
from tests.programs.coded_freight import PROGRAMS
from tests.programs.hostile_programs import body, returning


@pytest.mark.parametrize("name", PROGRAMS)
def test_sound_program_passes(name: str) -> None:
    """An honest program has a tree and no fault."""
    assert isinstance(parsed(PROGRAMS[name]), ast.Module)
    assert source_fault(PROGRAMS[name]) is None


@pytest.mark.parametrize(
    ("source", "detail"),
    [
        (returning("1", "import os"), "it imports os; only bisect, collections"),
        (returning("1", "import os.path as path"), "it imports os;"),
        (returning("1", "from random import choice"), "it imports random;"),
        (returning("1", "from .program import Fault"), "it imports .program;"),
        (returning("1", "if False:\n    import sys"), "it imports sys;"),
        ("def call(:\n", "line 1: invalid syntax"),
        ("x = 1\0", "source code string cannot contain null bytes"),
        ("x = '\ud800'", "it holds characters that are none (lone surrogates)"),
        ("#" * (MAX_SOURCE + 1), f"it has {MAX_SOURCE + 1} characters, {MAX_SOURCE} at most"),
    ],
)
def test_fault_is_named_in_one_line(source: str, detail: str) -> None:
    """What cannot be read, or imports what it may not, is told so that its writer can mend it."""
    fault = source_fault(source)
    assert isinstance(fault, Fault)
    assert fault.detail.startswith(detail)
    assert "\n" not in fault.detail


@pytest.mark.parametrize("depth", [100, 1000, 5000, 15_000])
def test_nesting_ends_in_a_fault_or_a_tree(depth: int) -> None:
    """However deep a text is nested, the parser of our own process lives on."""
    for opening, closing in (("(", ")"), ("[", "]"), ("-", ""), ("not ", ""), ("1+", ""), ("x.", ""), ("f(", ")")):
        found = parsed(f"x = {opening * min(depth, MAX_SOURCE // 5)}1{closing * min(depth, MAX_SOURCE // 5)}")
        assert isinstance(found, ast.Module | Fault)


def test_warning_in_a_program_is_not_ours() -> None:
    r"""A `"\d"` in a pattern warns nobody at the terminal."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert isinstance(parsed('x = "\\d"'), ast.Module)


def test_what_may_be_imported_is_there() -> None:
    """Every module that a program may import is one of Python's own."""
    for name in IMPORTABLE:
        assert source_fault(returning("1", f"import {name}")) is None or name == "__future__"


@pytest.mark.parametrize("name", PROGRAMS)
def test_honest_program_keeps_nothing(name: str) -> None:
    """Functions, imports and constants are all that most programs have."""
    assert keeps_nothing(PROGRAMS[name])
    before = (
        "import math\nfrom datetime import date\nMOST = (1, -2, ('a', None))\ndef half(x, by=2):\n    return x / by"
    )
    assert keeps_nothing(body("return ok({'x': half(now)})", before=before))


@pytest.mark.parametrize("before", [
    "kept = []",
    "kept = {'a': 1}",
    "kept = iter((1, 2))",
    "def f(x, kept=[]):\n    return kept",
    "def f(x, *, kept={}):\n    return kept",
    "@lru_cache\ndef f(x):\n    return x",
    "class Kept:\n    pass",
    "def f():\n    global kept\n    kept = 1",
    "for kept in (1, 2):\n    pass",
    "kept: list = []",
    "(kept := [])",
    "call(",
])  # fmt: skip
def test_what_might_keep_something_is_not_trusted(before: str) -> None:
    """A global, a default or a decorator might: such a program is compiled anew for every call."""
    assert not keeps_nothing(returning("1", before))
    assert not keeps_nothing("x = " + "1+" * 3000 + "1")
