"""A tool graph as a small drawing: an SVG text that stands in any page as it is.

Tools lie on a ring, in an order that keeps joined ones together; edges bend towards its middle, so that none crosses a
name. A dot grows with its tool's calls, an edge that tasks went along is heavier, and one that passes nothing on
(`shares`) is dashed.

A page colours what it likes by class (`tool-graph`, `edge`, `used`, `shares`, `head`, `tool`, `called`, `name`);
without any style, all is drawn in the colour of the text around it. No ids, no style attributes and no scripts: several
drawings may stand in one page, under the strictest policy. All names are escaped.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from synthtools_stream.toolgraph.tool_graph import Graph

__all__ = ["Gallery", "Picture", "graph_svg"]

_TEXT = 12
"""Pixels of a name's height; all else is measured in them."""
_LETTER = 0.6
"""Of a letter's height is its width, at most on average: names are told in full, and room is made for the longest."""
_LINE = 22
"""Pixels from one name down to the next: the ring's halves are even columns, so that no two names touch."""
_LEAST_RADIUS = 84
"""Pixels: below it a ring of three tools is all arrowheads."""
_BEND = 0.42
"""Of the way out from the middle to a chord lies what its curve is drawn towards: 1 is a straight line."""
_APART = 7
"""Pixels by which the two edges of a pair that feeds each other keep to either side."""
_HEAD = 7
"""Pixels of an arrowhead."""
_HEAVIEST = 6.0
"""Pixels of an edge at most, however often tasks went along it."""
_ROUNDS = 8
"""Passes over all pairs of tools in search of a better order: of a dozen tools the third seldom finds any."""
_WORTH = 1e-9
"""Of a length, below which an exchange is none: sums of weights differ by their order alone."""
_WIDTH = 1.4
"""Of the ring, to its height: edges have more room than in a circle, and pages are wider than high."""


class Picture(NamedTuple):
    """A graph, drawn."""

    title: str
    about: str
    """What it is the graph of, in words."""
    svg: str


class Gallery(NamedTuple):
    """The drawings of a run."""

    pictures: Sequence[Picture] = ()
    of: int = 0
    """Environments that have tasks, drawn or not."""
    why_not: str = ""
    """Why nothing is drawn, where something could be expected."""


def graph_svg(
    graph: Graph,
    title: str,
    calls: Mapping[str, int] | None = None,
    used: Mapping[tuple[str, str], int] | None = None,
) -> str:
    """Draw a graph of `tool_graph`; `calls` says how often tools are called, `used` how often one right after another.

    `title` is what a reader who sees no drawings is told first. Nothing of `used` that is no edge is drawn.
    """
    calls, used = calls or {}, used or {}
    order = _ring_order(graph)
    radius = max(_LEAST_RADIUS, math.ceil(len(order) / 2) * _LINE / 2)
    places = dict(zip(order, _ring(len(order), radius), strict=True))
    said = f"{title}: {len(order)} tools, {graph.number_of_edges()} edges"
    svg = _canvas(places, said)
    for here, there, edge in sorted(graph.edges(data=True), key=lambda item: (used.get(item[:2], 0), item[:2])):
        end = _dot(calls.get(there, 0)) + 2
        _draw_edge(svg, (places[here], places[there]), end, used.get((here, there), 0), _told(here, there, edge, used))
    for name in order:
        _draw_tool(svg, name, places[name], calls.get(name, 0))
    return tostring(svg, encoding="unicode")


def _ring(count: int, radius: float) -> list[complex]:
    """Return places on a ring, from its top with the clock, the right half and then the left one evenly from above."""
    right = math.ceil(count / 2)
    return [*_half(right, radius), *(-place.conjugate() for place in reversed(_half(count - right, radius)))]


def _half(count: int, radius: float) -> list[complex]:
    heights = (radius * ((2 * at + 1) / count - 1) for at in range(count))
    return [complex(_WIDTH * math.sqrt(radius * radius - y * y), y) for y in heights]


def _ring_order(graph: Graph) -> list[str]:
    """Return the tools so that those that much joins are near each other: by exchanges, as long as one helps."""
    order = sorted(graph.nodes)
    at = {name: place for place, name in enumerate(order)}
    joined: dict[str, list[tuple[str, float]]] = {name: [] for name in order}
    for here, there, weight in graph.edges(data="weight", default=1.0):
        joined[here].append((there, weight))
        joined[there].append((here, weight))

    def length(*names: str) -> float:
        gaps = ((abs(at[name] - at[other]), weight) for name in names for other, weight in joined[name])
        return sum(weight * min(gap, len(at) - gap) for gap, weight in gaps)

    for _ in range(_ROUNDS):
        helped = False
        for one, other in combinations(order, 2):
            before = length(one, other)
            at[one], at[other] = at[other], at[one]
            if length(one, other) < before - _WORTH:
                helped = True
            else:
                at[one], at[other] = at[other], at[one]
        if not helped:
            break
    return sorted(order, key=at.__getitem__)


def _canvas(places: Mapping[str, complex], said: str) -> Element:
    """Return an empty drawing with room for all names."""
    ends = [place.real + _away(place) * (len(name) * _TEXT * _LETTER + 2 * _TEXT) for name, place in places.items()]
    heights = [place.imag for place in places.values()]
    left, right = min(ends, default=0.0), max(ends, default=0.0)
    top, bottom = min(heights, default=0.0) - 1.5 * _TEXT, max(heights, default=0.0) + 1.5 * _TEXT
    left, right = min(left, -_TEXT), max(right, _TEXT)
    box = f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"
    svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "tool-graph", "viewBox": box, "role": "img"})
    svg.attrib |= {"width": f"{right - left:.0f}", "height": f"{bottom - top:.0f}", "font-size": str(_TEXT)}
    svg.attrib |= {"aria-label": said, "fill": "currentColor", "font-family": "system-ui, sans-serif"}
    return svg


def _draw_edge(svg: Element, ends: tuple[complex, complex], gap: float, count: int, told: str) -> None:
    """Draw from one place to another, ending `gap` pixels before it."""
    here, there = ends
    way = there - here
    bent = (here + there) / 2 * _BEND + way / abs(way) * 1j * _APART
    direction = (there - bent) / abs(there - bent)
    tip = there - direction * gap
    base = tip - direction * _HEAD
    kind = "shares" if " shares " in told else "feeds"
    edge = SubElement(svg, "g", {"class": f"edge {kind}{' used' if count else ''}"})
    SubElement(edge, "title").text = told
    line = SubElement(edge, "path", {"d": f"M{_xy(here)} Q{_xy(bent)} {_xy(base)}", "fill": "none"})
    line.attrib |= {"stroke": "currentColor", "stroke-width": f"{min(_HEAVIEST, 1 + math.sqrt(count)):.1f}"}
    line.set("stroke-opacity", "0.85" if count else "0.28")
    if kind == "shares":
        line.set("stroke-dasharray", "4 3")
    wing = direction * 1j * _HEAD / 2
    head = f"M{_xy(tip)} L{_xy(base + wing)} L{_xy(base - wing)} Z"
    SubElement(edge, "path", {"class": "head", "d": head, "fill-opacity": "0.85" if count else "0.4"})


def _draw_tool(svg: Element, name: str, place: complex, calls: int) -> None:
    size = _dot(calls)
    tool = SubElement(svg, "g", {"class": f"tool{' called' if calls else ''}"})
    SubElement(tool, "title").text = f"{name}: called {calls:,} times"
    dot = {"cx": f"{place.real:.1f}", "cy": f"{place.imag:.1f}", "r": f"{size:.1f}"}
    SubElement(tool, "circle", dot | ({} if calls else {"fill-opacity": "0.45"}))
    away = _away(place)
    at = {"x": f"{place.real + away * (size + 6):.1f}", "y": f"{place.imag + _TEXT / 3:.1f}"}
    SubElement(tool, "text", at | {"class": "name", "text-anchor": "start" if away > 0 else "end"}).text = name


def _away(place: complex) -> int:
    """Return on which side of a dot its name stands: outside the ring."""
    return 1 if place.real >= 0 else -1


def _dot(calls: int) -> float:
    """Return a dot's radius in pixels: its area grows with the calls, up to a limit."""
    return min(9.0, 3.5 + math.sqrt(calls) * 0.8)


def _told(here: str, there: str, edge: Mapping[str, object], used: Mapping[tuple[str, str], int]) -> str:
    """Say in words what an edge is: what is passed on or taken by both, why it is believed, how often it was gone."""
    does = "feeds" if edge.get("kind") == "feeds" else "shares"
    count = used.get((here, there), 0)
    how = f"by {edge.get('by')}, weight {edge.get('weight')}"
    gone = f"; one right after the other {count:,} times" if count else ""
    return f"{here} → {there}: {does} {edge.get('gives')} as {edge.get('takes')} ({how}){gone}"


def _xy(place: complex) -> str:
    return f"{place.real:.1f},{place.imag:.1f}"
