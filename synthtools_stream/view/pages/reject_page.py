"""An item that a stage rejected: why, and the evidence."""

from __future__ import annotations

from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.view.pages.page import Page
from synthtools_stream.view.pages.tool_page import ProbeView, probe_view

__all__ = ["reject_page"]


def reject_page(row: JsonObject) -> Page:
    """Return the page of a row of `rejected.jsonl`, its columns opened."""
    evidence = row.get("evidence")
    item = _text(row.get("id"))
    return Page(
        "reject.html",
        f"Rejected: {item}",
        {
            "id_of_item": item,
            "stage": _text(row.get("stage")),
            "outcome": _text(row.get("outcome")),
            "reason": _text(row.get("reason")),
            "detail": _text(row.get("detail")),
            "probe": _probe(evidence),
            "evidence": evidence,
            "counts": _counts(evidence),
        },
    )


def _probe(evidence: Json) -> ProbeView | None:
    probe = evidence.get("probe") if isinstance(evidence, dict) else None
    return probe_view(probe) if isinstance(probe, dict) else None


def _counts(evidence: Json) -> list[tuple[str, int]]:
    """Return the numbers of the evidence, by name."""
    if not isinstance(evidence, dict):
        return []
    found = [(name, value) for name, value in evidence.items() if isinstance(value, int)]
    return [(name, value) for name, value in found if not isinstance(value, bool)]


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
