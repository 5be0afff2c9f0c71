"""How a figure is said, in a table of any kind: its value, and how sure that is."""

from __future__ import annotations

from typing import NamedTuple

from synthtools_stream.report.figure_kinds import Count, Mean, Measure, Rate, Score, Share

__all__ = ["FigureText", "figure_text"]


class FigureText(NamedTuple):
    """A figure in words."""

    value: str
    spread: str = ""
    """Between which bounds it lies, 95 %; empty where nobody knows."""
    of: str = ""
    """Of how many; empty where nothing was drawn."""


def figure_text(figure: Measure | None) -> FigureText:
    """Say a figure; a dash where there is none."""
    match figure:
        case None:
            return FigureText("-")
        case Count():
            return FigureText(f"{figure.value:,}")
        case Share() | Rate():
            low, high = figure.interval
            return FigureText(f"{figure.value:.1%}", f"{low:.0%}-{high:.0%}", f"{figure.of:,}")
        case Mean():
            return FigureText(f"{figure.value:,.2f}", f"±{figure.interval[1] - figure.value:,.2f}", f"{figure.n:,}")
        case Score():
            return FigureText(f"{figure.value:,.2f}")
