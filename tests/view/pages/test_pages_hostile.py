"""Rows that are out to harm: whatever stands in them is text on the page, and the page is whole."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial

from pydantic import ValidationError

from synthtools_stream.proof.certificate import certify
from synthtools_stream.records import AuditedTool, Environment, Task, Tool, Trajectory
from synthtools_stream.records.record import Record
from synthtools_stream.records.trajectory import ToolTurn
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.view.pages.attempt_page import attempt_page
from synthtools_stream.view.pages.compare_page import compare_page
from synthtools_stream.view.pages.environment_page import environment_page
from synthtools_stream.view.pages.overview_page import EnvironmentSummary, overview_page
from synthtools_stream.view.pages.page import Facet, FacetValue, ListedRow, Note, Page
from synthtools_stream.view.pages.reject_page import reject_page
from synthtools_stream.view.pages.rows_page import rows_page
from synthtools_stream.view.pages.task_page import task_page
from synthtools_stream.view.pages.tool_page import tool_page
from tests.export.exported import attempt, task
from tests.view.pages.written_page import HOSTILE, WrittenPage, written

_LISTED = ListedRow(HOSTILE, "/tasks/x", {"verdict": HOSTILE, HOSTILE: HOSTILE}, Note(HOSTILE, HOSTILE), HOSTILE)


def poisoned(row: JsonObject, record: type[Record]) -> JsonObject:
    """Return a row in which every text that a record of its kind takes is hostile, keys that are data included."""
    for honest, put in list(texts(row)):
        put(HOSTILE)
        try:
            record.from_json(row)
        except ValidationError:
            put(honest)
    return row


def texts(value: Json) -> Iterator[tuple[str, Callable[[Json], None]]]:
    """Yield each text, with what puts another in its place."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from [(item, partial(value.__setitem__, key))] if isinstance(item, str) else texts(item)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from [(item, partial(_put, value, at))] if isinstance(item, str) else texts(item)


def _put(holder: list[Json], at: int, item: Json) -> None:
    holder[at] = item


def copied(value: Json) -> Json:
    """Return a value that may be written to."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def evil_task() -> Task:
    """Return a task whose world has hostile collections, ids and attributes, and whose texts are all hostile."""
    row = copied(task().to_json())
    assert isinstance(row, dict)
    world: JsonObject = {
        HOSTILE: {HOSTILE: {HOSTILE: HOSTILE}, "a": {"b": [HOSTILE]}},
        "clock": {"now": {"value": HOSTILE}},
    }
    evil = Task.from_json(poisoned(row, Task))
    return evil.model_copy(update={"initial_state": world, "final_state": {HOSTILE: {HOSTILE: {HOSTILE: 1}}}})


def evil_attempt() -> Trajectory:
    """Return an attempt in which all is hostile, calls and their answers too."""
    row = copied(attempt(0).to_json())
    assert isinstance(row, dict)
    evil = Trajectory.from_json(poisoned(row, Trajectory))
    call: JsonObject = {
        "id": HOSTILE,
        "type": "function",
        "function": {"name": HOSTILE, "arguments": '{"<b>": "</script>"}'},
    }
    messages: list[JsonObject] = [
        *evil.messages,
        {"role": "assistant", "content": HOSTILE, "reasoning": HOSTILE, "tool_calls": [call, {"function": HOSTILE}]},
        {"role": "tool", "tool_call_id": HOSTILE, "content": '{"<i>": ["</script>"]}'},
        {"role": HOSTILE, "content": [{"type": "text", "text": HOSTILE}]},
    ]
    turn = ToolTurn(
        call=HOSTILE, status_code=200, response={HOSTILE: HOSTILE}, decided_by=HOSTILE, imagined=[HOSTILE], changes=[]
    )
    return evil.model_copy(update={"messages": messages, "turns": [turn] * 9, "answers": {HOSTILE: HOSTILE}})


def evil_tool() -> AuditedTool:
    """Return an audited tool in which all is hostile."""
    tool: JsonObject = {
        "tool_name": HOSTILE,
        "tool_description": HOSTILE,
        "usage": HOSTILE,
        "error_messages": [HOSTILE, f"Name: {HOSTILE}"],
        "parameters": {
            HOSTILE: {
                "type": "object",
                "properties": {HOSTILE: {"type": "array", "items": {"type": "any", "enum": [HOSTILE]}}},
            },
            "b": {"type": "string", "description": HOSTILE, "default": HOSTILE, "format": HOSTILE},
        },
        "output_details": {HOSTILE: {"type": "any", "description": HOSTILE}},
    }
    judged: Json = [{"status_code": 200, "judgment": HOSTILE, "fault": HOSTILE}, {"judgment": None}, HOSTILE]
    probe: JsonObject = {"mode": HOSTILE, "purpose": HOSTILE, "call": HOSTILE, "answers": judged}
    return AuditedTool.from_json(
        {
            "id": HOSTILE,
            "setting": {"id": HOSTILE, "field": HOSTILE, "subfield": HOSTILE, "scenario": HOSTILE},
            "tool_name": HOSTILE,
            "tool": tool,
            "program": HOSTILE,
            "adequacy": {
                "mutants": 2,
                "killed_by_probes": 1,
                "second_readings": [{"call": HOSTILE, "result": HOSTILE}],
            },
            "reliability": 0.5,
            "reliability_per_mode": {HOSTILE: 0.5},
            "probes": [probe, {}],
            "meta": {HOSTILE: HOSTILE, "demoted": HOSTILE},
        }
    )


def evil_environment() -> Environment:
    """Return an environment in which all that may be is hostile."""
    row: JsonObject = {
        "id": HOSTILE,
        "field": HOSTILE,
        "subfield": HOSTILE,
        "scenario": HOSTILE,
        "blueprint": {
            "difficulty": "easy",
            "entity_types": [
                {
                    "name": "<b>x</b>",
                    "collection": "things",
                    "id_prefix": "<i>-",
                    "description": HOSTILE,
                    "attributes": [
                        {"name": "a", "type": "string", "description": HOSTILE, "enum": ["<u>"], "references": "b"}
                    ],
                }
            ],
            "tools": [{"tool_name": HOSTILE[:120], "purpose": HOSTILE, "inputs": ["<s>"], "effects": {}}],
        },
        "meta": {HOSTILE: HOSTILE},
    }
    return Environment.from_json(row)


def pages() -> Iterator[tuple[str, Page]]:
    """Yield a page of each template."""
    evil, tried, tool, environment = evil_task(), evil_attempt(), evil_tool(), evil_environment()
    facet = Facet(HOSTILE, [FacetValue(HOSTILE, 3, chosen, "/tasks") for chosen in (True, False)])
    yield "task", task_page(evil, environment, [_LISTED, _LISTED])
    yield (
        "task alone",
        task_page(evil.model_copy(update={"steps": [], "initial_state": {HOSTILE: [HOSTILE]}}), None, []),
    )
    yield "attempt", attempt_page(tried, evil, [_LISTED])
    yield "attempt alone", attempt_page(tried, None)
    yield "comparison", compare_page(tried, tried.model_copy(update={"messages": tried.messages[:-2]}), evil)
    yield "tool", tool_page(tool)
    yield "environment", environment_page(environment, [tool], None, [_LISTED])
    evidence: JsonObject = {"probe": {"mode": HOSTILE, "call": HOSTILE}, HOSTILE: 3, "line": HOSTILE}
    kinds: list[Json] = [evidence, HOSTILE, None, [HOSTILE]]
    for found in kinds:
        yield (
            "reject",
            reject_page({"id": HOSTILE, "stage": HOSTILE, "reason": HOSTILE, "detail": HOSTILE, "evidence": found}),
        )
    yield "rows", rows_page("tasks", [_LISTED], [facet], {"q": HOSTILE, "role": HOSTILE, HOSTILE: HOSTILE}, 90, 2, 3)
    yield "overview", overview_page([EnvironmentSummary(HOSTILE, HOSTILE, HOSTILE, HOSTILE)], [("tasks", facet)])


def test_nothing_becomes_markup() -> None:
    """No element, attribute, script, address or hidden character comes from a row."""
    for name, page in pages():
        found = written(page, HOSTILE if name not in ("rows", "overview", "comparison") else None, "tasks")
        assert found.problems() == [], name
        assert "alert(1)" in found.html
        assert not [c for c in ("\x1b", "\u202e", "\x00", "\U000e0041") if c in visible_part(found)], name


def visible_part(page: WrittenPage) -> str:
    """Return a page's text, and the attributes that are read out or shown."""
    shown = ("title", "aria-label", "placeholder")
    return "".join(
        [page.elements[0].words, *(element.attributes.get(name, "") for element in page.elements for name in shown)]
    )


def test_huge_messages_are_whole() -> None:
    """Two megabytes stand on the page, in parts, at once."""
    text = "a line of words and <tags>\n" * 80_000
    messages: list[JsonObject] = [{"role": "user", "content": text}, {"role": "assistant", "content": "x" * 2_000_000}]
    begin = time.perf_counter()
    page = written(attempt_page(attempt(0, messages=messages), task()), "a", "attempts")
    assert time.perf_counter() - begin < 10
    assert page.problems() == []
    assert "x" * 60_000 in page.html
    assert page.html.count("&lt;tags&gt;") == 80_000


def test_bottomless_messages_are_text() -> None:
    """Arguments and results that are nested a thousand deep stand there as they came."""
    deep = "[" * 1000 + "]" * 1000
    function: JsonObject = {"name": "Dig", "arguments": f'{{"a": {deep}}}'}
    messages: list[JsonObject] = [
        {"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function", "function": function}]},
        {"role": "tool", "tool_call_id": "c", "content": deep},
    ]
    one = attempt(0, messages=messages)
    page = written(attempt_page(one, task()), "a", "attempts")
    assert page.problems() == []
    assert page.html.count("[" * 1000) >= 2
    assert written(compare_page(one, one, task())).problems() == []


def test_other_peoples_rows() -> None:
    """Seven columns, states of any shape, tools without effects: what is told is shown."""
    row: JsonObject = {
        "id": "1",
        "field": "",
        "summary": "Do it.",
        "tools": [Tool(tool_name="get-it", tool_description="Gets it.").to_json()],
        "gt_tool_calls": ["[get-it(a=1)]"],
        "initial_state": {"users": [{"name": "a"}], "n": 1},
        "final_state": {"users": [{"name": "b"}], "n": 1},
    }
    page = written(task_page(Task.from_json(row), None, []), "1", "tasks")
    assert page.problems() == []
    assert "/users/0/name" in page.at("state").words
    assert "unproven" in page.html


def test_false_provenance_leads_nowhere_false() -> None:
    """A source that does not stand on the page is told, and is no link; a forged quote leads to its turn."""
    honest = task()
    row = copied(honest.to_json())
    assert isinstance(row, dict)
    assert certify(honest).digest
    steps = row["steps"]
    assert isinstance(steps, list)
    step = steps[1]
    assert isinstance(step, dict)
    step["provenance"] = {
        "/booking_id": {"kind": "response", "step": 99, "pointer": "/a"},
        "/vessel_id": {"kind": "response", "step": 0, "pointer": "/nothing/there"},
        "/never": {"kind": "user", "turn": 77, "quote": "x"},
        "": {"kind": "user", "turn": 0, "quote": "never said"},
    }
    page = written(task_page(Task.from_json(row), None, []), "1", "tasks")
    assert page.problems() == []
    assert "answer of step 99" in page.at("step-1").words
