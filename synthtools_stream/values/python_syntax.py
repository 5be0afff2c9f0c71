"""Python's own parser, by one thread at a time: nothing is ever evaluated."""

from __future__ import annotations

import ast
import threading
import warnings

__all__ = ["parse_expression", "parse_module"]

# CPython 3.11 counts the depth of the tree that it builds once for all threads: two that parse at once break each other
# with a SystemError (python/cpython#106905). What warnings are heard is one for all threads, too.
_TURN = threading.Lock()


def parse_expression(text: str) -> ast.expr:
    """Return the tree of one expression.

    :raises SyntaxError: when it is none.
    :raises ValueError: when it holds characters that no source may hold.
    :raises RecursionError: when it is nested too deep; a `MemoryError` means the same.
    """
    tree = _parsed(text, "eval")
    assert isinstance(tree, ast.Expression)
    return tree.body


def parse_module(source: str) -> ast.Module:
    """Return the tree of a module; raises what `parse_expression` raises."""
    tree = _parsed(source, "exec")
    assert isinstance(tree, ast.Module)
    return tree


def _parsed(text: str, mode: str) -> ast.AST:
    with _TURN:
        if "\\" not in text:
            return ast.parse(text, mode=mode)
        with warnings.catch_warnings():  # a stray backslash is its writer's matter, not a warning of ours
            warnings.simplefilter("ignore")
            return ast.parse(text, mode=mode)
