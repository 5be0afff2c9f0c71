"""Sequencing: rules enforced in code, whatever the planner says."""

from __future__ import annotations

from typing import Literal

import pytest

from stages.sequencing.sequence_selection import Sequencing
from stages.sequencing.walk_strategies import ROUNDS
from stages.sequencing.wanted_shapes import Distribution
from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.embeddings.encoder import TfidfEncoder
from synthtools_stream.errors import Rejection, TransportError
from synthtools_stream.records import Tool, ToolSequence
from synthtools_stream.toolgraph.task_links import PATTERNS
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.stages.stagekit import GET, MOVE, TOOLS, WEIGH, Stable, shown, tool_pool

MORE = [*TOOLS, GET.model_copy(update={"tool_name": "ListStalls"}), MOVE.model_copy(update={"tool_name": "SwapStalls"})]


def accept(request: ChatRequest) -> JsonObject:
    """Take every walk as it is."""
    return {"reasoning": "", "accept": True, "sequence": shown(request, "walk")}


def planned(*sequence: str) -> JsonObject:
    """Return a planner's sequence."""
    return {"reasoning": "", "accept": True, "sequence": [*sequence]}


async def made(
    stable: Stable,
    count: int = 4,
    longest: int = 4,
    tools: list[Tool] | None = None,
    strategy: Literal["graph", "llm", "random"] = "graph",
    seed: int = 0,
    failed: int = 0,
) -> list[ToolSequence]:
    """Sequence one environment."""
    pool = tool_pool(tools or MORE, failed)
    lengths = dict.fromkeys(range(max(2, longest // 2), longest + 1), 1.0)
    shapes = Distribution(lengths, dict.fromkeys(PATTERNS, 1.0))
    stage = Sequencing(strategy, count, shapes, TfidfEncoder(), seed)
    return list(await stage.process(pool, stable.context(pool.id)))


@pytest.mark.parametrize("strategy", ["graph", "random"])
async def test_walks_become_sequences(strategy: Literal["graph", "random"]) -> None:
    """Accepted walks become numbered sequences with their tools in order of first use."""
    sequences = await made(Stable(planner=accept), strategy=strategy)
    assert [sequence.id for sequence in sequences] == [f"horses_spec_000_seq{number:02d}" for number in range(4)]
    for sequence in sequences:
        assert 2 <= len(sequence.order) <= 4
        assert [tool.tool_name for tool in sequence.tools] == list(dict.fromkeys(sequence.order))
        assert sequence.strategy == strategy
    assert len({tuple(sequence.order[:2]) for sequence in sequences}) == 4


async def test_every_tool_gets_its_turn() -> None:
    """Over a few sequences every tool is used."""
    sequences = await made(Stable(planner=accept))
    assert {name for sequence in sequences for name in sequence.order} == {tool.tool_name for tool in MORE}


async def test_same_seed_same_sequences() -> None:
    """The same seed draws the same sequences, another one others."""
    orders = [[made_.order for made_ in await made(Stable(planner=accept), seed=seed)] for seed in (1, 1, 2)]
    assert orders[0] == orders[1] != orders[2]


LAWLESS = [
    planned("GetHorse", "EatHorse"),
    planned("GetHorse", "GetHorse"),
    planned("GetHorse"),
    planned("GetHorse", "MoveHorse", "GetHorse", "MoveHorse", "GetHorse"),
    {"reasoning": "", "accept": False, "sequence": ["GetHorse", "MoveHorse"]},
]


@pytest.mark.parametrize("answer", LAWLESS)
async def test_rules_are_enforced(answer: JsonObject) -> None:
    """Unknown names, adjacent repeats, wrong lengths and refused walks make no sequence; drawing ends after a while."""
    stable = Stable(planner=[answer])
    with pytest.raises(Rejection) as caught:
        await made(stable, count=2)
    assert caught.value.reason == "no_sequences"
    assert stable.calls["planner"] == 2 * ROUNDS


async def test_openings_are_distinct() -> None:
    """Of sequences that begin alike only the first is kept; the missing ones are drawn anew."""
    answers = [
        planned("GetHorse", "MoveHorse", "RecordWeight"),
        planned("GetHorse", "MoveHorse", "ListStalls"),
        planned("GetHorse", "RecordWeight"),
    ]
    sequences = await made(Stable(planner=answers), count=2)
    assert [sequence.order for sequence in sequences] == [
        ["GetHorse", "MoveHorse", "RecordWeight"],
        ["GetHorse", "RecordWeight"],
    ]


async def test_unusable_plan_is_no_plan() -> None:
    """A walk on which the planner says nothing usable is drawn anew."""
    stable = Stable(planner=["what?", "what?", "what?", planned("GetHorse", "MoveHorse")])
    sequences = await made(stable, count=1)
    assert ([sequence.order for sequence in sequences], stable.calls["planner"]) == ([["GetHorse", "MoveHorse"]], 4)


async def test_too_few_tools() -> None:
    """An environment with too few reliable tools is rejected without asking anybody."""
    with pytest.raises(Rejection) as caught:
        await made(Stable(), tools=[GET, WEIGH])
    assert caught.value.reason == "too_few_tools"


async def test_failed_tools_fail_environment() -> None:
    """Tools that failed for reasons of infrastructure leave the environment failed, however many are left."""
    with pytest.raises(TransportError, match="2 tools"):
        await made(Stable(), failed=2)
    with pytest.raises(TransportError):
        await made(Stable(), tools=[GET], failed=1)


async def test_proposals_obey_the_same_rules() -> None:
    """Freely proposed sequences are asked for once and meet the same rules."""
    proposals: list[Json] = [
        ["GetHorse", "MoveHorse"],
        ["GetHorse", "MoveHorse", "RecordWeight"],
        ["MoveHorse", "MoveHorse"],
        ["EatHorse", "GetHorse"],
        ["RecordWeight", "GetHorse"],
        ["ListStalls", "GetHorse"],
    ]
    stable = Stable(proposer=[{"sequences": proposals}])
    sequences = await made(stable, count=2, strategy="llm")
    assert [sequence.order for sequence in sequences] == [["GetHorse", "MoveHorse"], ["RecordWeight", "GetHorse"]]
    assert stable.calls["proposer"] == 1


async def test_planner_sees_outlines() -> None:
    """The planner is told bounds, walk, and each tool with what it takes, gives and writes."""
    stable = Stable(planner=accept)
    await made(stable, count=1, longest=6)
    (request,) = stable.asked("planner")
    assert (shown(request, "min_length"), shown(request, "max_length")) == (3, 6)
    tools = shown(request, "tools")
    assert isinstance(tools, list)
    assert tools[1] == {
        "tool_name": "MoveHorse",
        "tool_description": "Move a horse to another stall.",
        "inputs": ["horse_id", "stall_id"],
        "outputs": ["horse_id", "stall_id"],
        "writes": ["horses"],
    }
