"""How the tools of a `tools.jsonl` are played, counted without reading its rows."""

from __future__ import annotations

from pathlib import Path

from synthtools_stream.storage.datasets.line_file import has_lines, open_lines

__all__ = ["played_tools"]

_COLUMN, _EMPTY = b'"program":"', b'"program":""'
"""How a row tells a tool's program, and how it tells that there is none; rows of earlier versions do neither."""


def played_tools(path: Path) -> dict[str, int]:
    """Return how many tools of the file are `coded` and how many `simulated`; of no file, none."""
    if not has_lines(path):
        return {"coded": 0, "simulated": 0}
    with open_lines(path) as file:
        coded = [_COLUMN in line and _EMPTY not in line for line in file]
    return {"coded": sum(coded), "simulated": len(coded) - sum(coded)}
