"""The query string of a list: filters, search, page; read, and written into the addresses of its neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from synthtools_stream.errors import UsageError
from synthtools_stream.view.pages.addresses import list_address
from synthtools_stream.view.row_index.filter_columns import FILTERS
from synthtools_stream.view.row_index.row_list import RowFilter
from synthtools_stream.view.row_index.spoken_text import ROLES
from synthtools_stream.view.shown_kinds import ShownKind

__all__ = ["ListRequest", "read_list_request"]

_OTHERS = ("label", "q", "role", "page")
_MOST_CHARS = 1000
"""Characters of a value: what is longer is no filter."""


@dataclass(frozen=True)
class ListRequest:
    """A list that somebody asks for."""

    kind: ShownKind
    wanted: RowFilter
    page: int = 1
    """From 1."""

    @property
    def query(self) -> dict[str, str]:
        """Return the query string, without the page."""
        wanted = self.wanted
        found = {**wanted.chosen, "label": wanted.label, "q": wanted.words, "role": wanted.role}
        return {name: value for name, value in found.items() if value}

    def toggled(self, name: str, value: str) -> str:
        """Return the address of the same list with one value chosen, or no longer chosen where it is."""
        query = {**self.query, name: value}
        if self.query.get(name) == value:
            del query[name]
        return list_address(self.kind, query)

    def on_page(self, page: int) -> ListRequest:
        """Return another page of the same list."""
        return replace(self, page=page)


def read_list_request(kind: ShownKind, query: Iterable[tuple[str, str]]) -> ListRequest:
    """Read a query string.

    :raises UsageError: with the first thing that is wrong with it.
    """
    values: dict[str, str] = {}
    for name, value in query:
        if name not in (*FILTERS, *_OTHERS):
            raise UsageError(f"there is no filter {name[:80]!r}; there are {', '.join((*FILTERS, *_OTHERS))}")
        if name in values:
            raise UsageError(f"{name} is given twice; a filter has one value")
        if len(value) > _MOST_CHARS:
            raise UsageError(f"the value of {name} is longer than {_MOST_CHARS} characters")
        values[name] = value
    role = values.get("role", "")
    if role and role not in ROLES:
        raise UsageError(f"nobody is called {role[:80]!r}; role is one of {', '.join(ROLES)}")
    chosen = {name: value for name, value in values.items() if name in FILTERS and value}
    wanted = RowFilter(chosen, values.get("label", ""), values.get("q", ""), role)
    return ListRequest(kind, wanted, _page(values))


def _page(values: Mapping[str, str]) -> int:
    text = values.get("page") or "1"
    if not (text.isascii() and text.isdigit() and int(text[:10]) > 0 and len(text) < 10):
        raise UsageError(f"page {text[:20]!r} is no page; pages are counted from 1")
    return int(text)
