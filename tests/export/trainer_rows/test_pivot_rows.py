"""A row a turn that decided."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from synthtools_stream.export.export_format import Choices
from synthtools_stream.records import Fault, VerdictKind
from tests.export.exported import MESSAGES, attempt, call, corpus, export, rows, task

FAILED = (
    *MESSAGES[:5],
    {"role": "assistant", "content": None, "tool_calls": [call(3, "MoveBooking", {"booking_id": "BK-1"})]},
    *MESSAGES[6:],
)


def pivots(tmp_path: Path, *failed: Any) -> list[Any]:
    """Return the rows of one solved attempt and others."""
    run = corpus(tmp_path / "run", [task()], [attempt(0), *failed])
    export(run, "pivot", tmp_path / "out", choices=Choices(system="now"))
    return rows(tmp_path / "out" / "train.jsonl")


def test_row(tmp_path: Path) -> None:
    """What was seen, calls one by one with their ids, and the action of the attempt that was solved."""
    (row,) = pivots(tmp_path, attempt(1, None, VerdictKind.unsolved, Fault.agent, FAILED))
    arguments = '{"booking_id":"BK-2057","vessel_id":"VS-81"}'
    assert row["expected_action"] == {"type": "function_call", "name": "MoveBooking", "arguments": arguments}
    assert (row["id"], row["turn"], row["attempts"], row["solved"]) == ("freight_spec_001_seq02#r0/2", 2, 2, 1)
    assert (row["outcome_variance"], row["action_variance"]) == (0.25, 0.25)
    items = row["responses_create_params"]["input"]
    assert [item["type"] for item in items] == [
        "message",
        "message",
        "reasoning",
        "function_call",
        "function_call_output",
        "function_call",
        "function_call_output",
    ]
    assert [item["call_id"] for item in items[3:]] == ["call_0001", "call_0001", "call_0002", "call_0002"]
    assert items[0]["content"] == "The time is 2026-03-14T09:00:00."
    assert orjson.loads(items[4]["output"])["response"]["vessels"] == [{"vessel_id": "VS-81", "eta": None}]
    tools = row["responses_create_params"]["tools"]
    assert {tool["type"] for tool in tools} == {"function"}
    assert [tool["name"] for tool in tools] == [tool.tool_name for tool in task().tools]


def test_a_message_may_be_the_action(tmp_path: Path) -> None:
    """Where those who stopped fared better than those who went on."""
    more = (*MESSAGES[:-1], FAILED[5], MESSAGES[6], MESSAGES[-1])
    (row,) = pivots(tmp_path, attempt(1, None, VerdictKind.unsolved, Fault.agent, more))
    assert row["expected_action"] == {"type": "message", "content": MESSAGES[-1]["content"]}


def test_spoiled_attempts_do_not_count(tmp_path: Path) -> None:
    """Nor those that nobody can judge: they say nothing of the agent."""
    spoiled = attempt(1, None, VerdictKind.unsolved, Fault.server, FAILED)
    unproven = attempt(2, None, VerdictKind.unproven, Fault.none, FAILED)
    bad = attempt(3, None, VerdictKind.unsolved, Fault.agent, FAILED)
    (row,) = pivots(tmp_path, spoiled, unproven, bad)
    assert row["attempts"] == 2
