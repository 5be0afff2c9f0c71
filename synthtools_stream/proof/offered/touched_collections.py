"""Which collections a program looks at and writes to, as far as its text says so.

Read are the plain ways: `state["bookings"]`, `state.get("bookings")`, `create("notices", …)`, and a change written out
as a dict. A program that goes about it otherwise, such as by a loop over names, is known by the names that it mentions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from synthtools_stream.programs.program import Fault
from synthtools_stream.programs.source_tree import shared_tree

__all__ = ["Touched", "touched_collections"]

_SOURCES = 1024
"""Sources whose reading is remembered: the tools of some tens of environments."""
_CHANGES = frozenset({"create", "update", "delete"})
"""Helpers of the prelude that make a change; the collection comes first."""
_STATE = "state"


class Touched(NamedTuple):
    """Names of collections."""

    looked_at: frozenset[str]
    written: frozenset[str]
    plainly: bool
    """Every look and every write is in a plain form: there are no others."""


@lru_cache(maxsize=_SOURCES)
def touched_collections(source: str, collections: frozenset[str]) -> Touched | None:
    """Return which of some collections a program touches; None where it cannot be read."""
    tree = shared_tree(source)
    if isinstance(tree, Fault):
        return None
    reader = _Reader()
    reader.visit(tree)
    if reader.plainly:
        return Touched(frozenset(reader.looked_at), frozenset(reader.written), plainly=True)
    mentioned = collections.intersection(_texts(tree))
    return Touched(mentioned, mentioned, plainly=False)


def _texts(tree: ast.AST) -> Iterator[str]:
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


class _Reader(ast.NodeVisitor):
    """Gathers what stands in a plain form, and notices what does not."""

    def __init__(self) -> None:
        self.looked_at: set[str] = set()
        self.written: set[str] = set()
        self.plainly = True

    def visit_Name(self, node: ast.Name) -> None:
        """Whatever else is done with the state, or with a helper by its bare name, hides what it touches."""
        if node.id == _STATE or node.id in _CHANGES:
            self.plainly = False

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Read `state["bookings"]`."""
        if _is_state(node.value):
            self._note(self.looked_at, node.slice)
            self.visit(node.slice)
        else:
            self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        """Read `"bookings" in state`."""
        for part in (node.left, *node.comparators):
            if not _is_state(part):
                self.visit(part)

    def visit_Call(self, node: ast.Call) -> None:
        """Read `state.get("bookings")` and `create("notices", …)`."""
        made = node.func
        if isinstance(made, ast.Attribute) and made.attr == "get" and _is_state(made.value):
            self._note(self.looked_at, node.args[0] if node.args else None)
        elif isinstance(made, ast.Name) and made.id in _CHANGES:
            self._note(self.written, node.args[0] if node.args else None)
        else:
            self.visit(made)
        for part in (*node.args, *node.keywords):
            self.visit(part)

    def visit_Dict(self, node: ast.Dict) -> None:
        """Read a change that is written out."""
        keys = [key.value if isinstance(key, ast.Constant) else None for key in node.keys]
        if "op" in keys and "attributes" in keys:
            self._note(self.written, node.values[keys.index("collection")] if "collection" in keys else None)
        self.generic_visit(node)

    def _note(self, names: set[str], part: ast.expr | None) -> None:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            names.add(part.value)
        else:
            self.plainly = False


def _is_state(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == _STATE
