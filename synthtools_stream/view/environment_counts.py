"""What there is of each environment, for the first page: its rows by kind, and what became of its attempts."""

from __future__ import annotations

from dataclasses import replace

from synthtools_stream.view.pages.overview_page import EnvironmentSummary
from synthtools_stream.view.row_index.row_list import RowFilter, RowList
from synthtools_stream.view.shown_kinds import ShownKind

__all__ = ["summaries"]

_MOST = 5000
"""Environments that the first page tells of: more than anybody reads, and still half a second's page."""
_VERDICTS = ("solved", "unsolved")


def summaries(rows: RowList) -> list[EnvironmentSummary]:
    """Return what there is of each environment that any row names; of very many, of those with rows of their own."""
    found: dict[str, EnvironmentSummary] = {}
    for row in rows.page(ShownKind.environments, RowFilter(), 0, _MOST):
        found[row.id] = EnvironmentSummary(row.id, row.cells.get("field", ""), scenario=row.title)
    for one in rows.environments():
        known = found.get(one.environment)
        if known is None:
            if len(found) >= _MOST:
                continue
            known = EnvironmentSummary(one.environment, one.field or "", has_row=False)
        if one.kind is not ShownKind.environments:
            added = {one.kind.value: getattr(known, one.kind.value) + one.rows}
            if one.kind is ShownKind.attempts and one.verdict in _VERDICTS:
                added[one.verdict] = getattr(known, one.verdict) + one.rows
            known = replace(known, **added, field=known.field or one.field or "")
        found[one.environment] = known
    return list(found.values())
