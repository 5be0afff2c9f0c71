"""A JSON value as markup: indented where it is long, on one line where it is short, with ids at places linked to."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator

from markupsafe import Markup

from synthtools_stream.values.json_depth import deeper_than
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.view.pages.addresses import anchor
from synthtools_stream.view.pages.visible_text import visible

__all__ = ["inline_json", "json_markup"]

_LEVELS = 60
"""Containers one inside the other that are written: far beyond honest rows, well within Python's recursion."""
_LINE_CHARS = 76
"""Characters up to which a container of plain values stands on one line: a line that is read without scrolling."""


def json_markup(value: Json, *, prefix: str = "", places: Collection[str] = ()) -> Markup:
    """Return `value` as a block; what stands at a pointer in `places` has the id `anchor(prefix, pointer)`."""
    return Markup(f'<div class="json" dir="ltr">{inline_json(value, prefix=prefix, places=places)}</div>')


def inline_json(value: Json, *, prefix: str = "", places: Collection[str] = ()) -> Markup:
    """Return `value` without the block around it."""
    if not isinstance(value, (dict, list)) and not places:  # most cells of a table
        return Markup(_scalar(value))
    if deeper_than(value, _LEVELS):
        return Markup('<span class="none">nested too deep to be shown: see the row as JSON</span>')
    return Markup("".join(_Writer(prefix, frozenset(places)).written(value, "", "")))


class _Writer:
    """Writes markup piece by piece; every text of a value is escaped where it is taken up."""

    def __init__(self, prefix: str, places: frozenset[str]) -> None:
        self._prefix = prefix
        self._places = places

    def written(self, value: Json, pointer: str, indent: str) -> Iterator[str]:
        linked = pointer in self._places
        if linked:
            yield f'<span class="place" id="{anchor(self._prefix, pointer)}">'
        if isinstance(value, dict) and value:
            items = [(f"{pointer}/{_token(key)}", _key(key), item) for key, item in value.items()]
            yield from self._container("{}", items, indent)
        elif isinstance(value, list) and value:
            parts = [(f"{pointer}/{index}", "", item) for index, item in enumerate(value)]
            yield from self._container("[]", parts, indent)
        else:
            yield _scalar(value)
        if linked:
            yield "</span>"

    def _container(self, brackets: str, items: list[tuple[str, str, Json]], indent: str) -> Iterator[str]:
        short = _is_short(items)
        inner = indent + "  "
        between = ", " if short else ",\n" + inner
        yield brackets[0] if short else f"{brackets[0]}\n{inner}"
        for number, (pointer, key, item) in enumerate(items):
            yield between + key if number else key
            yield from self.written(item, pointer, inner)
        yield brackets[1] if short else f"\n{indent}{brackets[1]}"


def _is_short(items: list[tuple[str, str, Json]]) -> bool:
    """Say whether a container fits on one line: few values, none of them a container that holds something."""
    room = _LINE_CHARS
    for pointer, _, item in items:
        if isinstance(item, (dict, list)) and item:
            return False
        room -= 2 + len(pointer) - pointer.rfind("/") + (len(item) if isinstance(item, str) else 6)
        if room < 0:
            return False
    return True


def _token(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _key(key: str) -> str:
    return f'<span class="j-key">{visible(_quoted(key))}</span>: '


def _scalar(value: Json) -> str:
    if isinstance(value, str):
        return f'<span class="j-text">{_text(value)}</span>'
    if value is None or isinstance(value, bool):
        return f'<span class="j-word">{json.dumps(value)}</span>'
    if isinstance(value, (dict, list)):
        return "{}" if isinstance(value, dict) else "[]"
    return f'<span class="j-number">{_number(value)}</span>'


def _number(value: float) -> str:
    try:
        return json.dumps(value)
    except ValueError:  # an integer of more digits than Python writes
        return hex(value) if isinstance(value, int) else str(value)


def _text(text: str) -> str:
    """Return a text as JSON writes it; one of several lines is shown as these lines."""
    if "\n" in text:
        return f'<span class="j-lines" dir="auto">{visible(text)}</span>'
    return visible(_quoted(text))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
