"""A package of verifiers'; `bin/exports` lets `vf-validate` and `vf-eval` play it."""

from __future__ import annotations

import ast
import importlib.util
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from tests.export.exported import corpus, export, task

TASKS = [task(f"freight_spec_00{number}_seq02") for number in range(2)]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return the folder of the package."""
    export(corpus(tmp_path / "run", TASKS, []), "verifiers", tmp_path / "out", split="train=0.5,test=0.5")
    return tmp_path / "out" / "synthtools_tasks"


def worlds(package: Path) -> ModuleType:
    """Import the module that holds all but verifiers' own words."""
    spec = importlib.util.spec_from_file_location("shipped_worlds", package / "worlds.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


async def test_gold_solves_and_nothing_does_not(package: Path) -> None:
    """Played again from the calls alone, as often as asked for."""
    shipped = worlds(package)
    (held,) = shipped.all_tasks("train")
    found = shipped.task_of("train", held.id)
    calls, closing = shipped.gold(found)
    assert await shipped.is_solved(found, calls, closing)
    assert not await shipped.is_solved(found, [], "")
    assert not await shipped.is_solved(found, calls[:-1], "")


def test_part_that_is_not_there(package: Path) -> None:
    """The parts are named."""
    with pytest.raises(ValueError, match="there is test, train"):
        worlds(package).task_of("dev", "x")


def test_shipped_sources(package: Path) -> None:
    """They are Python, and what they take of ours is there."""
    taken = 0
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("synthtools_stream"):
                module = import_module(node.module or "")
                assert all(hasattr(module, name.name) for name in node.names), f"{path}: {node.module}"
                taken += len(node.names)
    assert taken
    assert "@" not in (package.parent / "pyproject.toml").read_text()
    assert (package / "__init__.py").read_text().endswith('__all__ = ["WorldTasks"]\n')
