"""A tool graph as an SVG text."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree.ElementTree import Element, fromstring

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.report.graph_picture import graph_svg
from synthtools_stream.toolgraph.tool_graph import Graph

SVG = "{http://www.w3.org/2000/svg}"


def joined(*edges: tuple[str, str], kind: str = "feeds", alone: tuple[str, ...] = ()) -> Graph:
    """Return a graph with edges as `tool_graph` makes them."""
    graph: Graph = nx.DiGraph()
    graph.add_nodes_from(alone)
    for here, there in edges:
        graph.add_edge(here, there, weight=1.0, kind=kind, by="id", gives="booking_id", takes="booking")
    return graph


def drawn(graph: Graph, calls: dict[str, int] | None = None, used: dict[tuple[str, str], int] | None = None) -> Element:
    """Return the drawing, read as XML."""
    return fromstring(graph_svg(graph, "Bees", calls, used))


def names_of(svg: Element) -> list[str | None]:
    """Return the names that can be read."""
    return [text.text for text in svg.iter(f"{SVG}text")]


def test_every_tool_and_edge() -> None:
    """Each has its mark, and says in words what it is."""
    svg = drawn(joined(("Find", "Book"), ("Book", "Find"), ("Find", "Cancel")), {"Find": 7}, {("Find", "Book"): 3})
    assert sorted(map(str, names_of(svg))) == ["Book", "Cancel", "Find"]
    assert svg.get("aria-label") == "Bees: 3 tools, 3 edges"
    titles = [title.text for title in svg.iter(f"{SVG}title")]
    assert "Find: called 7 times" in titles
    told = "Find → Book: feeds booking_id as booking (by id, weight 1.0); one right after the other 3 times"
    assert told in titles
    assert [group.get("class") for group in svg.iter(f"{SVG}g")] == [
        *("edge feeds", "edge feeds", "edge feeds used"),
        *sorted_tools(svg),
    ]


def sorted_tools(svg: Element) -> list[str]:
    """Return the classes of the tools in the order in which they lie: those that are called say so."""
    return ["tool called" if name == "Find" else "tool" for name in names_of(svg)]


def test_used_edges_are_heavier() -> None:
    """The more tasks went along one, the heavier, up to a limit."""
    pairs = [("A", "B"), ("B", "C"), ("C", "D")]
    svg = drawn(joined(*pairs), used={("B", "C"): 4, ("C", "D"): 10_000})
    assert [path.get("stroke-width") for path in svg.iter(f"{SVG}path") if path.get("stroke")] == ["1.0", "3.0", "6.0"]


def test_what_passes_nothing_on_is_dashed() -> None:
    """Two tools that take the same thing are joined otherwise than by an answer that one gives."""
    assert "stroke-dasharray" in graph_svg(joined(("A", "B"), kind="shares"), "Bees")
    assert "stroke-dasharray" not in graph_svg(joined(("A", "B")), "Bees")


def test_names_are_no_markup() -> None:
    """A name that a model wrote is text, whatever it holds; nor does a drawing bring style or script of its own."""
    name = '<script>alert(1)</script>"&'
    text = graph_svg(joined((name, "B")), '"><b>')
    assert "<script" not in text
    assert "<b>" not in text
    assert name in names_of(fromstring(text))
    assert not re.search(r"\b(id|style|on\w+|href)=", text)


@pytest.mark.parametrize("alone", [(), ("Only",), ("One", "Other")])
def test_small_graphs(alone: tuple[str, ...]) -> None:
    """None, one and two tools."""
    assert names_of(drawn(joined(alone=alone))) == [*alone]


@given(st.sets(st.tuples(st.integers(0, 14), st.integers(0, 14)).filter(lambda pair: pair[0] != pair[1])))
def test_no_two_names_touch(pairs: set[tuple[int, int]]) -> None:
    """Names on one side are lines of text apart, all lie within the drawing, and the same graph is drawn alike."""
    graph = joined(*((f"Tool{a}", f"Tool{b}") for a, b in pairs))
    svg = drawn(graph)
    left, top, width, height = map(float, str(svg.get("viewBox")).split())
    sides: dict[str, list[float]] = {"start": [], "end": []}
    for text in svg.iter(f"{SVG}text"):
        x, y = float(text.get("x", "")), float(text.get("y", ""))
        assert left < x < left + width
        assert top < y < top + height
        sides[text.get("text-anchor", "")].append(y)
    for heights in sides.values():
        ordered = sorted(heights)
        assert all(lower - upper > 20 for upper, lower in pairwise(ordered))
    assert graph_svg(graph, "") == graph_svg(joined(*sorted((f"Tool{a}", f"Tool{b}") for a, b in pairs)), "")


def test_joined_tools_lie_together() -> None:
    """Two groups that nothing joins are not mixed on the ring."""
    graph = joined(("A1", "B9"), ("B9", "C2"), ("C2", "A1"), ("A2", "B1"), ("B1", "C1"), ("C1", "A2"))
    ring = "".join("x" if name in ("A1", "B9", "C2") else "o" for name in names_of(drawn(graph)))
    assert "xxx" in ring * 2
