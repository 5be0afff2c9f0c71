"""Stands in for libraries of gigabytes that a trainer imports at its head and reads no rows with: `torch` and the like.

What is imported from them is there, and does nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock

__all__ = ["stand_in"]


def stand_in(names: Collection[str]) -> None:
    """Let these libraries, and all their modules, be imported from now on."""
    sys.meta_path.insert(0, _StandIns(frozenset(names)))


class _AnyType(type):
    """The type of classes that have every attribute."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return MagicMock(name=name)


class _Module(ModuleType):
    """A module that has every name: classes, which may be inherited from, and everything else."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = _AnyType(name, (), {}) if name[:1].isupper() and not name.isupper() else MagicMock(name=name)
        setattr(self, name, found)
        return found


class _StandIns(MetaPathFinder, Loader):
    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find every module of these libraries."""
        return ModuleSpec(fullname, self, is_package=True) if fullname.partition(".")[0] in self._names else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make a module that has every name."""
        return _Module(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Run nothing."""
