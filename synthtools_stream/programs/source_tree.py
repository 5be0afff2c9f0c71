"""A program's text read by Python's own parser: never run, only looked at.

What a program may import is decided here. The sandbox itself would let it import more, and some of that keeps values
from one call to the next.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from synthtools_stream.programs.program import Fault, FaultKind
from synthtools_stream.roles.program_roles import MAX_SOURCE
from synthtools_stream.values.python_syntax import parse_module

__all__ = ["IMPORTABLE", "keeps_nothing", "parsed", "source_fault"]

IMPORTABLE = (
    *("__future__", "bisect", "collections", "copy", "dataclasses", "datetime", "decimal", "functools"),
    *("itertools", "json", "math", "re", "typing", "unicodedata"),
)
"""Modules that compute and nothing else. `decimal` has a context, which is set back before every call."""
_SOURCES = 1024
"""Sources of which it is remembered what was seen: the tools of some tens of environments."""

_FIXED = (ast.Constant, ast.Tuple, ast.UnaryOp, ast.unaryop, ast.expr_context)
"""What a value is made of that nothing can change."""


def parsed(source: str) -> ast.Module | Fault:
    """Return the tree of a program, or why it has none."""
    if len(source) > MAX_SOURCE:
        return Fault(FaultKind.unreadable, f"it has {len(source)} characters, {MAX_SOURCE} at most")
    try:
        source.encode()
        return parse_module(source)
    except UnicodeEncodeError:
        return Fault(FaultKind.unreadable, "it holds characters that are none (lone surrogates)")
    except SyntaxError as error:
        return Fault(FaultKind.unreadable, f"line {error.lineno}: {error.msg}" if error.lineno else error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return Fault(FaultKind.unreadable, str(error) or "it is nested too deep")


@lru_cache(maxsize=_SOURCES)
def source_fault(source: str) -> Fault | None:
    """Say what is wrong with a program's text before it goes to the sandbox; None where nothing is."""
    tree = parsed(source)
    if isinstance(tree, Fault):
        return tree
    if "import" not in source:  # most programs import nothing, and walking a tree takes as long as parsing it
        return None
    strange = next((name for name in _imported(tree) if name not in IMPORTABLE), None)
    if strange is None:
        return None
    allowed = ", ".join(name for name in IMPORTABLE if name != "__future__")
    return Fault(FaultKind.unreadable, f"it imports {strange[:60]}; only {allowed} may be imported")


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "").partition(".")[0]


@lru_cache(maxsize=_SOURCES)
def keeps_nothing(source: str) -> bool:
    """Say whether a program surely has nothing that outlasts a call, so that one that is loaded may be called again.

    It may have imports, functions without decorators, and constants. The sandbox's functions and modules hold no
    attributes, so only its globals and its functions' defaults could keep anything.
    """
    tree = parsed(source)
    if isinstance(tree, Fault) or any(isinstance(node, ast.Global) for node in ast.walk(tree)):
        return False
    return all(_is_fixed(statement) for statement in tree.body)


def _is_fixed(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.FunctionDef):
        defaults = [*statement.args.defaults, *statement.args.kw_defaults]
        return not statement.decorator_list and all(one is None or _is_constant(one) for one in defaults)
    if isinstance(statement, ast.Assign):
        return _is_constant(statement.value) and all(isinstance(target, ast.Name) for target in statement.targets)
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _is_constant(value: ast.expr) -> bool:
    return all(isinstance(node, _FIXED) for node in ast.walk(value))
