"""The agent serves a merged request clause by clause and tells what came of it."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import cast

from synthtools_stream.chat.language_model import Message
from synthtools_stream.embedded.play.agent_turn import next_action, read_attempt
from synthtools_stream.embedded.play.played_call import PlayedCall
from synthtools_stream.embedded.play.request_steps import split_request
from synthtools_stream.embedded.play.simulation import play
from synthtools_stream.values.jsontypes import Json, JsonObject

DATA = Path(__file__).parents[2] / "data"
ROWS = [json.loads(line) for line in (DATA / "samples" / "task_content.jsonl").read_text(encoding="utf-8").splitlines()]
WORLD = json.loads((DATA / "embedded" / "freight.json").read_text(encoding="utf-8"))
NOW = "2026-03-10T09:00:00"


def run(tools: list[JsonObject], state: JsonObject | None, request: str) -> tuple[list[tuple[str, Json]], str]:
    """Play a request to its end; return the calls and the closing message."""
    conversation = [Message("user", "opening")]
    calls: list[tuple[str, Json]] = []
    for _ in range(8):
        action = next_action(tools, read_attempt(request, conversation), NOW)
        if action["action"] == "final":
            return calls, str(action["message"])
        calls.append((str(action["tool_name"]), action["arguments"]))
        tool = next(tool for tool in tools if tool["tool_name"] == action["tool_name"])
        answer = play(PlayedCall.of(tool, [], state, action, random.Random(1)))
        for change in cast(list[JsonObject], answer["changes"]):
            _apply(cast(dict[str, dict[str, JsonObject]], state), change)
        shown = json.dumps({key: answer[key] for key in ("status_code", "response")})
        conversation += [
            Message("assistant", json.dumps(action)),
            Message("user", f"<tool_result>{shown}</tool_result>"),
        ]
    raise AssertionError("no end")


def _apply(state: dict[str, dict[str, JsonObject]], change: JsonObject) -> None:
    held = state.setdefault(str(change["collection"]), {})
    held.setdefault(str(change["id"]), {}).update(cast(JsonObject, change["attributes"]))


def test_sample_with_four_steps() -> None:
    """One long sentence of another corpus is served call by call, values of responses carried on."""
    row = json.loads(json.dumps(ROWS[0]))
    calls, _ = run(row["tools"], row["initial_state"], row["summary"])
    assert [name for name, _ in calls] == ["GetBooking", "SearchVessels", "MoveBooking", "NotifyShipper"]
    search: JsonObject = {"destination": "Rotterdam", "arrive_by": "2026-03-16", "min_capacity": 12}
    assert calls[1][1] == search
    assert calls[2][1] == {"booking_id": "BK-2041", "vessel_id": "V-81"}


def test_sample_answer_is_told() -> None:
    """What the user wants to be told stands in the closing message."""
    row = json.loads(json.dumps(ROWS[1]))
    calls, message = run(row["tools"], row["initial_state"], row["summary"])
    assert calls == [
        ("ReserveSample", {"sample_id": "S-19", "person": "Lindqvist"}),
        ("QueueAssay", {"sample_id": "S-19", "panel": "lipid", "volume_ml": 1.5}),
    ]
    assert message.startswith("Done. The volume left ml of ")
    assert message.endswith(" is 2.")


def test_sample_without_state() -> None:
    """Number words and abbreviated units are understood."""
    calls, _ = run(ROWS[4]["tools"], None, ROWS[4]["summary"])
    assert calls == [("GetWindForecast", {"station": "OSL-3", "hours": 6, "units": "kn"})]


def test_planned_dialogue_goes_on() -> None:
    """After a closing message the user's next words open a new round of calls."""
    tools = cast(list[JsonObject], WORLD["tools"])
    conversation = [
        Message("user", "opening"),
        Message("assistant", '{"action": "call", "tool_name": "GetBooking", "arguments": {"booking_id": "BK-1001"}}'),
        Message(
            "user", '<tool_result>{"status_code": 200, "response": {"booking": {"status": "confirmed"}}}</tool_result>'
        ),
        Message("assistant", '{"action": "final", "message": "It is confirmed."}'),
        Message("user", '<user>"Then cancel that booking."</user>'),
    ]
    action = next_action(tools, read_attempt("What is the status of booking BK-1001?", conversation), NOW)
    assert (action["tool_name"], action["arguments"]) == ("CancelBooking", {"booking_id": "BK-1001"})


def test_error_is_reported() -> None:
    """A refused call is not repeated; the closing message tells why."""
    tools = cast(list[JsonObject], WORLD["tools"])
    request = "Cancel booking BK-1003."
    conversation = [
        Message("user", "opening"),
        Message(
            "assistant", '{"action": "call", "tool_name": "CancelBooking", "arguments": {"booking_id": "BK-1003"}}'
        ),
        Message("user", '<tool_result>{"status_code": 400, "error_message": "NotCancellable: too late"}</tool_result>'),
    ]
    action = next_action(tools, read_attempt(request, conversation), NOW)
    assert action["action"] == "final"
    assert "too late" in str(action["message"])


def test_requests_are_split() -> None:
    """Steps are told apart by their connectors; questions about a step stay with it, courtesy is dropped."""
    text = (
        "I need a few things done. First, look up booking BK-1; I would like to know its status. After that, please"
        ' send the note "Then wait. And see." to its carrier. Finally, cancel it. Thanks!'
    )
    assert [step.split()[0] for step in split_request(text)] == ["look", "send", "cancel"]
