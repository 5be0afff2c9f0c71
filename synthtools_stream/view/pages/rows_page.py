"""A list of rows: what it is filtered by, what was searched for, and one page of what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from synthtools_stream.view.pages.addresses import list_address, text_fragment
from synthtools_stream.view.pages.page import Facet, ListedRow, Page
from synthtools_stream.view.row_index.search_words import sought_terms

__all__ = ["KINDS", "rows_page"]

KINDS = {
    "environments": "Environments",
    "tools": "Tools",
    "tasks": "Tasks",
    "attempts": "Attempts",
    "rejects": "Rejects",
}
"""What there are rows of, in the order in which they come about, and what they are called."""
_SPEAKERS = {
    "tasks": ("", "user", "assistant", "tool"),
    "attempts": ("", "user", "assistant", "reasoning", "tool", "system"),
}
"""Whose words can be searched, where several speak; the first is anybody's."""


def rows_page(
    kind: str,
    rows: Sequence[ListedRow],
    facets: Sequence[Facet],
    query: Mapping[str, str],
    total: int,
    page: int = 1,
    pages: int = 1,
) -> Page:
    """Return a list's page.

    `query` is the query string as it was read: `q`, `role` and one value for each filter that is set; `total` counts
    the rows that are left by it. Pages are counted from 1.
    """
    terms = sought_terms(query.get("q", ""))
    kept = {name: value for name, value in query.items() if name != "page"}

    def page_address(number: int) -> str:
        return list_address(kind, {**kept, "page": str(number) if number > 1 else ""})

    return Page(
        "rows.html",
        KINDS.get(kind, kind),
        {
            "kind": kind,
            "rows_listed": rows,
            "facets": [facet for facet in facets if facet.values],
            "q": query.get("q", ""),
            "role": query.get("role", ""),
            "terms": terms,
            "fragment": text_fragment(terms),
            "roles": _SPEAKERS.get(kind, ()),
            "kept": {name: value for name, value in kept.items() if name not in ("q", "role") and value},
            "total": total,
            "number": page,
            "pages": pages,
            "previous": page_address(page - 1) if page > 1 else None,
            "following": page_address(page + 1) if page < pages else None,
            "columns": list(dict.fromkeys(name for row in rows for name in row.cells)),
            "has_notes": any(row.note.label or row.note.text for row in rows),
        },
    )
