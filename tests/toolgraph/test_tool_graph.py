"""The tool graph: who can feed whom, by what, and how surely."""

from __future__ import annotations

import orjson
import pytest

from synthtools_stream.toolgraph.likeness import tfidf_likeness
from synthtools_stream.toolgraph.tool_graph import (
    MEAN_DEGREE,
    Graph,
    graph_json,
    nearest_tools,
    part_texts,
    tool_graph,
    tool_text,
)
from tests.toolgraph.toolkit import FIND, FLAG, HARBOUR, MOVE, TYPES, graph_of, tool

CHAIN = [tool(f"T{n}", {f"{'abcdefgh'[n] * 9}_id": ""}, {f"{'abcdefgh'[n + 1] * 9}_id": ""}) for n in range(7)]
"""Each tool gives what the next one takes."""


def edge(graph: Graph, here: str, there: str) -> tuple[str, str, str, str]:
    """Return the kind of an edge, by what it is drawn, and the names of its ends."""
    found = graph.edges[here, there]
    return found["kind"], found["by"], found["gives"], found["takes"]


def test_ids_feed_parameters() -> None:
    """What a tool finds or reveals feeds those who take its id, whatever the two are called."""
    graph = graph_of(HARBOUR)
    assert edge(graph, "FindCalls", "MoveCall") == ("feeds", "id", "results", "port_call_id")
    assert edge(graph, "GetCall", "ReflagVessel") == ("feeds", "id", "call", "vessel_id")
    assert graph.edges["GetCall", "ReflagVessel"]["weight"] == 1.0


def test_what_was_passed_in_feeds_nothing() -> None:
    """A tool that takes an id and repeats it shares the parameter: whoever called it knew the id before."""
    graph = graph_of(HARBOUR)
    assert edge(graph, "GetCall", "MoveCall") == ("shares", "id", "port_call_id", "port_call_id")
    assert graph.edges["GetCall", "MoveCall"]["weight"] < graph.edges["FindCalls", "MoveCall"]["weight"]


def test_words_join_what_has_no_id() -> None:
    """Parameters without ids are joined by what their texts share."""
    assert edge(graph_of(HARBOUR), "FindCalls", "ReflagVessel") == ("shares", "words", "flag", "flag")
    assert all(edge(graph_of(CHAIN), f"T{n}", f"T{n + 1}")[:2] == ("feeds", "words") for n in range(6))


def test_mean_degree_is_target() -> None:
    """Without a threshold the graph has as many edges a tool as it aims at, whatever the wording."""
    alike = [tool(f"T{n}", {"colour": "Colour of it."}, {"tint": "Tint."}) for n in range(11)]
    assert graph_of(alike).number_of_edges() == round(MEAN_DEGREE * 11)
    assert {degree for _, degree in graph_of(alike).out_degree()} == {3}
    assert graph_of(alike[:2]).number_of_edges() == 2


def test_hardly_alike_is_not_alike() -> None:
    """Where too few pairs are alike the graph has fewer edges, not others."""
    strangers = [tool("Weigh", {"crate": "Box."}, {"mass": "Kilograms."}), tool("Sing", {"hymn": "Tune."}, {})]
    assert graph_of(strangers).number_of_edges() == 0


def test_certain_edges_are_more_than_the_target() -> None:
    """Ids are certain: all of their edges stay, however many there are."""
    takers = [tool(f"Use{n}", {"vessel_id": ""}, {}) for n in range(8)]
    givers = [tool(f"Find{n}", {}, {"vessel_id": ""}) for n in range(8)]
    assert graph_of([*givers, *takers]).number_of_edges() == 8 * 8


def test_threshold_is_of_the_cosine() -> None:
    """With a threshold all alike pairs are joined, be they many or none; a shared parameter needs no more."""
    alike = [tool(f"T{n}", {"colour": "Colour."}, {"shade": "Something else."}) for n in range(6)]
    assert graph_of(alike, threshold=0.82).number_of_edges() == 30
    assert graph_of(CHAIN, threshold=0.999).number_of_edges() == 6
    far = tool_graph(alike, [], lambda _one, _other: 0.81, 0.82)
    assert far.number_of_edges() == 0
    assert [*far] == [f"T{n}" for n in range(6)]


def test_order_of_tools_makes_no_difference() -> None:
    """Rows stand in files as they were finished, and the graph is the same."""
    tools = [*HARBOUR, *CHAIN]
    assert graph_json(graph_of(tools)) == graph_json(graph_of(tools[::-1]))


def test_renaming_changes_nothing() -> None:
    """Tools by other names are joined in the same way."""
    renamed = [item.model_copy(update={"tool_name": item.tool_name.replace("T", "Z")}) for item in CHAIN]
    pairs = [(a.replace("T", "Z"), b.replace("T", "Z")) for a, b in graph_of(CHAIN).edges]
    assert pairs == [*graph_of(renamed).edges]


def test_graph_as_json() -> None:
    """Whoever draws it has nodes and edges with all that is known of them, as plain JSON."""
    drawn = graph_json(graph_of(HARBOUR))
    assert orjson.loads(orjson.dumps(drawn)) == drawn
    assert drawn["nodes"] == [{"id": name} for name in ("FindCalls", "GetCall", "MoveCall", "ReflagVessel")]
    edges = drawn["edges"]
    assert isinstance(edges, list)
    assert {
        "source": "FindCalls",
        "target": "MoveCall",
        "weight": 1.0,
        "kind": "feeds",
        "by": "id",
        "gives": "results",
        "takes": "port_call_id",
    } in edges


def test_texts_are_told_once() -> None:
    """An encoder is given each text once, outputs included."""
    texts = part_texts(HARBOUR)
    assert texts[:2] == ["flag: Flag of the ship.", "results: The calls, each with port_call_id, eta."]
    assert len(texts) == len({*texts})


@pytest.mark.parametrize("count", [1, 2, 9])
def test_nearest_tools(count: int) -> None:
    """Those whose texts are most alike come first; there may be fewer than asked for."""
    others = [FLAG, tool("MoveBerth", {}, {}), FIND, tool("MoveCalls", {}, {})]
    likeness = tfidf_likeness([tool_text(each) for each in (MOVE, *others)])
    names = [near.tool_name for near in nearest_tools(MOVE, others, likeness, count)]
    assert names == ["MoveCalls", "MoveBerth", "FindCalls", "ReflagVessel"][:count]


def test_ids_are_fed_by_ids_only() -> None:
    """A tool is joined to those that take the id which it has, and neither to itself nor to those that take another."""
    again = tool("Next", {"vessel_id": ""}, {"next_vessel_id": ""})
    assert {there for _, there in graph_of([again, *HARBOUR], TYPES).edges("Next")} == {"ReflagVessel"}
