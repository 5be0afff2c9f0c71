"""Python as text: values as literals, and long lines folded at their brackets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from synthtools_stream.values.jsontypes import Json

__all__ = ["Code", "Group", "folded", "indented", "literal", "mapping", "wrapped"]

_WIDTH = 100
"""Characters of a line, where there is a bracket to fold it at."""


@dataclass(frozen=True)
class Group:
    """What stands between two brackets, on one line or an item a line."""

    opening: str
    """The opening bracket and all before it."""
    items: Sequence[Code]
    closing: str
    separator: str = ","

    def __str__(self) -> str:
        """Return it on one line."""
        return f"{self.opening}{f'{self.separator} '.join(map(str, self.items))}{self.closing}"


Code: TypeAlias = str | Group
"""An expression or a statement."""


def literal(value: Json) -> str:
    """Return a value as Python writes it, texts in double quotes."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        return str(mapping((name, literal(held)) for name, held in value.items()))
    return repr(value)


def mapping(entries: Iterable[tuple[str, Code]], opening: str = "{", closing: str = "}") -> Group:
    """Return `{key: expression}`; an entry without a key stands as it is."""
    return Group(opening, [wrapped(f"{literal(key)}: " if key else "", code) for key, code in entries], closing)


def wrapped(before: str, code: Code, behind: str = "") -> Code:
    """Return code with something before and behind it."""
    if isinstance(code, str):
        return before + code + behind
    return Group(before + code.opening, code.items, code.closing + behind, code.separator)


def folded(code: Code, room: int = _WIDTH) -> list[str]:
    """Return the lines of a statement: one, where there is room for it."""
    if isinstance(code, str) or len(str(code)) <= room:
        return [str(code)]
    inner: list[str] = []
    for item in code.items:
        held = folded(item, room - 4)
        inner += [*held[:-1], held[-1] + code.separator]
    return [code.opening, *indented(inner), code.closing]


def indented(lines: Iterable[str]) -> list[str]:
    """Return the lines of a block."""
    return [f"    {line}" for line in lines]
