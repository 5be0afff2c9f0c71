"""The first page: what there is, field by field, and the ways in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from synthtools_stream.view.pages.page import Facet, Page

__all__ = ["EnvironmentSummary", "overview_page"]


@dataclass(frozen=True)
class EnvironmentSummary:
    """What there is of one environment."""

    id: str
    field: str
    subfield: str = ""
    scenario: str = ""
    has_row: bool = True
    """False where tasks or attempts name it, and it has no row."""
    tools: int = 0
    tasks: int = 0
    attempts: int = 0
    solved: int = 0
    unsolved: int = 0
    rejects: int = 0


def overview_page(
    environments: Sequence[EnvironmentSummary], facets: Sequence[tuple[str, Facet]] = (), more: int = 0
) -> Page:
    """Return the first page; `facets` are ways into lists, each with the kind of its rows.

    There are so many `more` environments, of which only lists tell.
    """
    ordered = sorted(environments, key=lambda one: (one.field, one.id))
    fields = [(field, list(group)) for field, group in groupby(ordered, key=lambda one: one.field)]
    ways = [pair for pair in facets if pair[1].values]
    return Page("overview.html", "Overview", {"fields": fields, "facets": ways, "more": more})
