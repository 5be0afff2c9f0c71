"""What there is of each environment, for the first page: its rows by kind, and what became of its attempts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from synthtools_stream.view.pages.overview_page import EnvironmentSummary
from synthtools_stream.view.row_index.row_list import RowFilter, RowList
from synthtools_stream.view.shown_kinds import ShownKind

__all__ = ["Summaries", "summaries"]

_MOST = 1000
"""Environments that the first page tells of: more than anybody reads, and a page that is made at once."""


class Summaries(NamedTuple):
    """What there is of the first environments."""

    told: Sequence[EnvironmentSummary]
    more: int
    """Environments that are not among them."""


def summaries(rows: RowList) -> Summaries:
    """Return what there is of each environment that any row names."""
    own = {row.id: row.title for row in rows.page(ShownKind.environments, RowFilter(), 0, _MOST)}
    told = [
        EnvironmentSummary(
            id=one.id,
            field=one.field,
            scenario=own.get(one.id, ""),
            has_row=one.id in own or rows.row(ShownKind.environments, one.id) is not None,
            tools=one.tools,
            tasks=one.tasks,
            attempts=one.attempts,
            solved=one.solved,
            unsolved=one.unsolved,
            rejects=one.rejects,
        )
        for one in rows.environments(_MOST)
    ]
    return Summaries(told, rows.count_environments() - len(told))
