"""A list of rows: what it is filtered by, what was searched for, and one page of what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from synthtools_stream.view.pages.addresses import list_address
from synthtools_stream.view.pages.page import Facet, ListedRow, Page

__all__ = ["KINDS", "SEARCHED_ROLES", "rows_page"]

KINDS = {
    "environments": "Environments",
    "tools": "Tools",
    "tasks": "Tasks",
    "attempts": "Attempts",
    "rejects": "Rejects",
}
"""What there are rows of, in the order in which they come about, and what they are called."""
SEARCHED_ROLES = ("", "system", "user", "assistant", "tool", "reasoning")
"""Whose words an attempt's text can be searched for; the first is everybody's."""


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
            "roles": SEARCHED_ROLES if kind == "attempts" else (),
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
