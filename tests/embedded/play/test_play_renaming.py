"""Consistent renaming of tools, parameters, collections and ids in a request gives the same answer renamed.

This is what keeps the embedded model honest: it may read words, values and structure, but never the names that its
own generator chose.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import cast

import pytest

from synthtools_stream.chat.language_model import Message
from synthtools_stream.embedded.invent import INVENTIONS
from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.play import PLAYS
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.embedded.renaming import WORLD, Renaming, generated, renamed_answer

DATA = Path(__file__).parents[2] / "data"
NOW = "2026-03-14T09:00:00"

CALLS: list[tuple[str, JsonObject]] = [
    ("GetBooking", {"booking_id": "BK-1001"}),
    ("GetBooking", {"booking_id": "BK-9999"}),
    ("FindBookings", {"carrier_id": "CR-1001", "how_many": 5}),
    ("FindBookings", {"min_value": 100.0, "pickup_until": "2026-03-20", "how_many": 1}),
    ("CancelBooking", {"booking_id": "BK-1001"}),
    ("CancelBooking", {"booking_id": "BK-1003"}),
    (
        "RequestBooking",
        {"pickup_date": "2026-04-01", "declared_value": 5.0, "temperature_class": "ambient", "carrier_id": "CR-1001"},
    ),
    ("ChangeBooking", {"booking_id": "BK-1001", "new_carrier_id": "CR-1001"}),
    ("ChangeBooking", {"booking_id": "BK-1001", "new_carrier_id": "CR-1002"}),
    ("LowerCapacity", {"carrier_id": "CR-1002", "amount": 2}),
    ("LowerCapacity", {"carrier_id": "CR-1002", "amount": 9}),
    ("SendNotice", {"booking_id": "BK-1001", "channel": "sms", "text": "A text that is too long."}),
]
TURNS = [
    "Please look up booking BK-1002 and tell me its pickup date.",
    "Find bookings with temperature class chilled, at most 2 of them.",
    "Could you cancel booking BK-1001?",
    (
        "Request a new booking with carrier CR-1001: pickup date 16 March 2026, declared value 300 EUR and temperature"
        " class frozen, not hazardous."
    ),
    "Change the carrier of booking BK-1004 to carrier CR-1001.",
    "Lower the capacity of carrier CR-1002 by 2.",
    'Send a notice for booking BK-1001 by email with the text "All is well."',
]


def ask(role: str, conversation: tuple[Message, ...] = (), **tags: Json) -> JsonObject:
    return PLAYS[role](Job(dict(tags), random.Random(7), role, [], conversation))


def play(tool: JsonObject, types: Json, state: JsonObject, call: JsonObject) -> JsonObject:
    return ask("simulator", tool=tool, entity_types=types, state=state, call=call)


@pytest.mark.parametrize(("name", "arguments"), CALLS)
def test_simulator_renamed(name: str, arguments: JsonObject) -> None:
    """The simulator's answer does not hang on names."""
    tools, types = cast(list[JsonObject], WORLD["tools"]), cast(list[JsonObject], WORLD["entity_types"])
    new = Renaming.of(tools, types)
    tool = next(tool for tool in tools if tool["tool_name"] == name)
    call: JsonObject = {"tool_name": name, "arguments": arguments}
    plain = play(tool, cast(Json, types), WORLD["state"], call)
    other = play(new.tool(tool), new.types(types), new.state(WORLD["state"]), new.call(call))
    assert other == renamed_answer(plain, new, cast(JsonObject, tool["parameters"]))


@pytest.mark.parametrize("seed", range(4))
def test_generated_tools_renamed(seed: int) -> None:
    """The same holds for tools that the inventor wrote, with arguments that its probes chose."""
    tools, types, state = generated(seed)
    new = Renaming.of(tools, types)
    compared = 0
    for tool in tools:
        job = Job({"state": state, "tool": tool, "per_mode": 2}, random.Random(seed), "probe", [], ())
        for probe in cast(list[JsonObject], INVENTIONS["probe"](job)["probes"]):
            call: JsonObject = {"tool_name": tool["tool_name"], "arguments": probe["arguments"]}
            plain = play(tool, cast(Json, types), state, call)
            other = play(new.tool(tool), new.types(types), new.state(state), new.call(call))
            assert other == renamed_answer(plain, new, cast(JsonObject, tool["parameters"]))
            compared += 1
    assert compared > 10


@pytest.mark.parametrize("turn", TURNS)
def test_solver_renamed(turn: str) -> None:
    """The solver finds the same call under other names."""
    tools, types = cast(list[JsonObject], WORLD["tools"]), cast(list[JsonObject], WORLD["entity_types"])
    new = Renaming.of(tools, types)
    plain = ask("solver", tools=cast(Json, tools), now=NOW, dialogue=[], user_turn=turn)
    other = ask("solver", tools=[new.tool(tool) for tool in tools], now=NOW, dialogue=[], user_turn=new.ids(turn))
    assert {key: other[key] for key in ("tool_name", "arguments")} == new.call(plain)


def test_agent_renamed() -> None:
    """The agent's next call is the same under other names, after results as well."""
    tools, types = cast(list[JsonObject], WORLD["tools"]), cast(list[JsonObject], WORLD["entity_types"])
    new = Renaming.of(tools, types)
    request = "Look up booking BK-1002 and tell me its status. Then cancel that booking."
    first = ask("agent_json", tools=cast(Json, tools), now=NOW, request=request)
    shown = '{"status_code": 200, "response": {"booking": {"status": "requested", "carrier_id": "CR-1002"}}}'
    answers: list[JsonObject] = []
    for names, offered in ((None, tools), (new, [new.tool(tool) for tool in tools])):
        said = names.call(first) if names else {key: first[key] for key in ("tool_name", "arguments")}
        conversation = (
            Message("user", "…"),
            Message("assistant", json.dumps({"action": "call", **said})),
            Message("user", f"<tool_result>{names.ids(shown) if names else shown}</tool_result>"),
        )
        asked = names.ids(request) if names else request
        answers.append(ask("agent_json", conversation, tools=cast(Json, offered), now=NOW, request=asked))
    assert answers[0]["tool_name"] == "CancelBooking"
    assert {key: answers[1][key] for key in ("tool_name", "arguments")} == new.call(answers[0])


@pytest.mark.parametrize(("name", "arguments"), CALLS)
def test_audit_judge_renamed(name: str, arguments: JsonObject) -> None:
    """The judge says the same of the same answer under other names."""
    tools, types = cast(list[JsonObject], WORLD["tools"]), cast(list[JsonObject], WORLD["entity_types"])
    new = Renaming.of(tools, types)
    tool = next(tool for tool in tools if tool["tool_name"] == name)
    call: JsonObject = {"tool_name": name, "arguments": arguments}
    answer = play(tool, cast(Json, types), WORLD["state"], call)
    found: list[Json] = []
    for names in (None, new):
        given = renamed_answer(answer, names, {}) if names else answer
        tags: JsonObject = {
            "state": names.state(WORLD["state"]) if names else WORLD["state"],
            "tool": names.tool(tool) if names else tool,
            "call": names.call(call) if names else call,
            "status_code": given["status_code"],
            "response": given["response"],
            "changes": given["changes"],
        }
        found.append(ask("audit_judge", (), **tags)["judgment"])
    assert found == ["correct", "correct"]


TEXTS = [
    ("All is well.", {"text": "All is well, truly."}, True),
    ("Pickup on 2026-03-20.", {"text": "Pickup on 2026-03-21."}, False),
    ("All is well.", {"channel": "email"}, False),
    ("All is well.", {"booking_id": "BK-1002"}, False),
]


@pytest.mark.parametrize(("text", "other", "equivalent"), TEXTS)
def test_task_judge_renamed(text: str, other: JsonObject, equivalent: bool) -> None:
    """The task judge says the same of two calls and of what grounds them under other names."""
    tools, types = cast(list[JsonObject], WORLD["tools"]), cast(list[JsonObject], WORLD["entity_types"])
    new = Renaming.of(tools, types)
    tool = next(tool for tool in tools if tool["tool_name"] == "SendNotice")
    expected: JsonObject = {"booking_id": "BK-1001", "channel": "sms", "text": text}
    turn = f'Tell the shipper of booking BK-1001 by sms: "{text}"'
    found: list[JsonObject] = []
    for names in (None, new):
        calls: list[JsonObject] = [
            {"tool_name": "SendNotice", "arguments": expected},
            {"tool_name": "SendNotice", "arguments": {**expected, **other}},
        ]
        given = [names.call(call) for call in calls] if names else calls
        keys = list(cast(JsonObject, given[0]["arguments"]))
        pointers: list[Json] = [f"/{key}" for key in [*keys, "nobody"]]
        answer = ask(
            "task_judge",
            tool=names.tool(tool) if names else tool,
            dialogue=[],
            user_turn=names.ids(turn) if names else turn,
            expected=given[0],
            attempted=given[1],
            arguments=pointers,
        )
        grounded = [part["grounded"] for part in cast(list[JsonObject], answer["arguments"])]
        found.append({**answer, "arguments": [*grounded]})
    assert found[0] == found[1]
    assert found[0]["equivalent"] is equivalent
    assert found[0]["arguments"] == [True, True, True, False]


def test_task_judge_renamed_ungrounded() -> None:
    """An id that nobody said is ungrounded under any names."""
    tools, types = cast(list[JsonObject], WORLD["tools"]), cast(list[JsonObject], WORLD["entity_types"])
    new = Renaming.of(tools, types)
    tool = next(tool for tool in tools if tool["tool_name"] == "CancelBooking")
    call: JsonObject = {"tool_name": "CancelBooking", "arguments": {"booking_id": "BK-1004"}}
    for names in (None, new):
        given = names.call(call) if names else call
        (key,) = cast(JsonObject, given["arguments"])
        answer = ask(
            "task_judge",
            tool=names.tool(tool) if names else tool,
            dialogue=[],
            user_turn=names.ids("Cancel booking BK-1001.") if names else "Cancel booking BK-1001.",
            expected=given,
            arguments=[f"/{key}"],
        )
        assert answer["arguments"] == [{"argument": f"/{key}", "grounded": False}]


def _cancelled(booking: str) -> JsonObject:
    """Return the world after a booking was cancelled."""
    state = cast(JsonObject, WORLD["state"])
    held = cast(dict[str, JsonObject], state["bookings"])
    return {**state, "bookings": {**held, booking: {**held[booking], "status": "cancelled"}}}


@pytest.mark.parametrize(
    ("final", "message", "answers", "solved"),
    [
        ("BK-1001", "Booking BK-1001 is cancelled, its value is 300.", [300.0], True),
        ("BK-1001", "Booking BK-1001 is cancelled.", [300.0], False),
        ("BK-1001", "", [], False),
        ("BK-1002", "Done: the value is 300.", [300.0], False),
        (None, "Done: the value is 300.", [300.0], False),
    ],
)
def test_trajectory_judge_renamed(final: str | None, message: str, answers: list[Json], solved: bool) -> None:
    """The trajectory judge comes to the same verdict on an attempt under other names."""
    tools, types = cast(list[JsonObject], WORLD["tools"]), cast(list[JsonObject], WORLD["entity_types"])
    new = Renaming.of(tools, types)
    states = [WORLD["state"], _cancelled("BK-1001"), _cancelled(final) if final else WORLD["state"]]
    truth: JsonObject = {"tool_name": "CancelBooking", "arguments": {"booking_id": "BK-1001"}}
    made: JsonObject = {"tool_name": "CancelBooking", "arguments": {"booking_id": final or "BK-9999"}}
    found: list[JsonObject] = []
    for names in (None, new):
        initial, expected, ended = [names.state(state) if names else state for state in states]
        texts = [_as_text(names.call(call) if names else call) for call in (truth, made)]
        attempt: JsonObject = {"call": texts[1], "status_code": 200 if final else 404, "response": {}}
        found.append(
            ask(
                "trajectory_judge",
                initial_state=initial,
                expected_state=expected,
                final_state=ended,
                ground_truth=[texts[0]],
                attempt=[attempt],
                expected_answers=answers,
                final_message=names.ids(message) if names else message,
            )
        )
    assert found[0] == found[1]
    assert found[0]["solved"] is solved


def _as_text(call: JsonObject) -> str:
    arguments = cast(JsonObject, call["arguments"])
    return f"{call['tool_name']}({', '.join(f'{key}={value!r}' for key, value in arguments.items())})"
