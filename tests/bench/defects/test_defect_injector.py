"""The defect injector: seeded, in the request alone, and everything in the ledger."""

from __future__ import annotations

import random

import orjson
import pytest

from synthtools_stream.bench.defects import WAYS, Scene
from synthtools_stream.bench.defects.defect_injector import DefectiveTools, Ledger, Spoiling
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Message, Sampling, ToolCall
from synthtools_stream.chat.wire import request_digest
from synthtools_stream.recorded.scripted_model import Answer, ScriptedModel
from synthtools_stream.values.jsontypes import Json, JsonObject

BOOKINGS: JsonObject = {
    "BK-1": {"status": "confirmed", "containers": 3},
    "BK-2": {"status": "requested", "containers": 5},
    "BK-3": {"status": "requested", "containers": 7},
}
TOOL: JsonObject = {
    "tool_name": "ConfirmBooking",
    "error_messages": ["Closed: it is closed; choose another"],
    "output_details": {"booking_id": {"type": "string"}, "status": {"type": "string"}},
}
TAGS: dict[str, Json] = {
    "tool": TOOL,
    "state": {"bookings": BOOKINGS, "clock": {"now": {"value": "2026-03-10T09:00:00"}}},
    "call": {"tool_name": "ConfirmBooking", "arguments": {"booking_id": "BK-2"}},
}
WRITE: JsonObject = {
    "status_code": 200,
    "response": {"booking_id": "BK-2", "status": "confirmed", "others": [{"booking_id": "BK-1"}]},
    "error_message": None,
    "changes": [
        {
            "op": "update",
            "collection": "bookings",
            "id": "BK-2",
            "attributes": {"status": "confirmed", "containers": 5},
        },
        {"op": "create", "collection": "notices", "id": "$new1", "attributes": {"booking_id": "BK-2"}},
    ],
}
REFUSAL: JsonObject = {"status_code": 400, "response": {}, "error_message": "Closed: it is closed", "changes": []}


def request(seed: int = 0, role: str = "simulator") -> ChatRequest:
    """Return a request that shows the tool, the state and the call."""
    shown = "\n".join(f"<{name}>{orjson.dumps(value).decode()}</{name}>" for name, value in TAGS.items())
    messages = (Message("system", "Play."), Message("user", shown))
    return ChatRequest("m", messages, Sampling(), seed, schema_name=role, schema={"type": "object"})


def spoiling(answer: Answer, **rates: float) -> Spoiling:
    """Return a model that always gives this answer, spoiled at these rates."""
    return Spoiling(ScriptedModel(lambda _: answer), rates, seed=7)


async def test_rates_hold_and_all_is_in_the_ledger() -> None:
    """About as many answers are spoiled as the rate says, each differs from the good one, and each is listed."""
    model = spoiling(WRITE, simulator=0.3)
    good = orjson.dumps(WRITE).decode()
    texts = {seed: (await model.chat(request(seed))).text for seed in range(600)}
    spoiled = {request_digest(request(seed)) for seed, text in texts.items() if text != good}
    assert spoiled == model.ledger.entries.keys()
    assert 0.24 < len(spoiled) / 600 < 0.36
    assert model.ledger.seen == {"simulator": 600}
    kinds = {entry.kind for entry in model.ledger.of_role("simulator")}
    assert {"refuses", "loses_write", "contradicts", "another_entity", "malformed", "writes_too_much"} <= kinds
    assert {entry.tool for entry in model.ledger.entries.values()} == {"ConfirmBooking"}


async def test_same_request_is_spoiled_alike() -> None:
    """What is spoiled, and how, depends on the request and the seed alone."""
    one, two = spoiling(WRITE, simulator=0.5), spoiling(WRITE, simulator=0.5)
    seeds = [*range(40)]
    forth = [(await one.chat(request(seed))).text for seed in seeds]
    back = [(await two.chat(request(seed))).text for seed in reversed(seeds)]
    assert forth == back[::-1]
    other = Spoiling(ScriptedModel(lambda _: WRITE), {"simulator": 0.5}, seed=8)
    assert [(await other.chat(request(seed))).text for seed in seeds] != forth


async def test_other_roles_stay_good() -> None:
    """A role without a rate is left alone, and so is what is bad already."""
    model = spoiling(WRITE, simulator=1.0)
    assert (await model.chat(request(role="planner"))).text == orjson.dumps(WRITE).decode()
    bad = spoiling("no JSON at all", simulator=1.0)
    assert (await bad.chat(request())).text == "no JSON at all"
    assert bad.ledger.entries == {}


async def test_defective_tools_are_chosen_by_their_text() -> None:
    """A share of tools is defective, the same whatever the order of their keys, each at one of the levels."""
    tools = DefectiveTools(0.5, (0.2, 0.8), seed=1)
    rates = [tools.rate({**TOOL, "usage": str(number)}) for number in range(400)]
    assert set(rates) == {0.0, 0.2, 0.8}
    assert 150 < sum(rate > 0 for rate in rates) < 250
    assert tools.rate(dict(reversed(TOOL.items()))) == tools.rate(TOOL)
    ledger = Ledger()
    always = Spoiling(ScriptedModel(lambda _: WRITE), {}, 0, ledger, tools=lambda tool: float(tool == TOOL))
    await always.chat(request())
    assert len(ledger.entries) == 1


@pytest.mark.parametrize("kind", list(WAYS["simulator"]))
@pytest.mark.parametrize("answer", [WRITE, REFUSAL], ids=["success", "refusal"])
def test_ways_spoil_or_pass(kind: str, answer: JsonObject) -> None:
    """Each way gives another answer, or none; and never touches the good one."""
    before = orjson.dumps(answer)
    found = [WAYS["simulator"][kind](Scene(answer, TAGS), random.Random(seed)) for seed in range(20)]
    assert orjson.dumps(answer) == before
    assert all(worse is None or worse != answer for worse in found)
    if answer is WRITE and kind not in ("lets_pass", "other_refusal", "stale"):
        assert any(worse is not None for worse in found)


@pytest.mark.parametrize("role", ["agent_json", "solver", "audit_judge", "task_judge", "trajectory_judge"])
def test_other_roles_have_ways(role: str) -> None:
    """Agents, solvers and judges can be spoiled as well."""
    good: dict[str, JsonObject] = {
        "agent_json": {"action": "call", "tool_name": "ConfirmBooking", "arguments": {"booking_id": "BK-2"}},
        "solver": {"tool_name": "ConfirmBooking", "arguments": {"booking_id": "BK-2"}},
        "audit_judge": {"reasoning": "", "judgment": "correct"},
        "task_judge": {"equivalent": True, "arguments": []},
        "trajectory_judge": {"solved": True, "confidence": 0.9},
    }
    found = [way(Scene(good[role], {"tools": [TOOL]}), random.Random(3)) for way in WAYS[role].values()]
    assert any(worse is not None and worse != good[role] for worse in found)


@pytest.mark.parametrize("kind", ["silent_close", "wrong_report"])
def test_answers_by_slot_are_spoiled_with_the_message(kind: str) -> None:
    """What the message no longer tells rightly is not told rightly by slot either."""
    good: JsonObject = {"action": "final", "message": "It has 5 containers.", "answers": {"containers": 5}}
    worse = WAYS["agent_json"][kind](Scene(good, {}), random.Random(3))
    assert worse is not None
    assert "5" not in str(worse["message"])
    assert worse.get("answers") != {"containers": 5}


async def test_native_turns_are_spoiled() -> None:
    """In native mode it is the call, or the closing message, that goes wrong."""
    call = ToolCall("call_1", "ConfirmBooking", '{"booking_id":"BK-2"}')
    turn = ChatRequest("m", (Message("user", "Confirm BK-2."),), Sampling(), 0, tools=({"type": "function"},))
    model = spoiling(ChatReply("", (call,), finish_reason="tool_calls"), agent_native=1.0)
    worse = await model.chat(turn)
    assert worse.tool_calls != (call,)
    closing = spoiling(ChatReply("It has 5 containers."), agent_native=1.0)
    assert (await closing.chat(turn)).text != "It has 5 containers."


async def test_kinds_can_be_chosen() -> None:
    """Only the kinds that were asked for are used."""
    model = Spoiling(ScriptedModel(lambda _: WRITE), {"simulator": 1.0}, 0, kinds=["loses_write"])
    for seed in range(20):
        await model.chat(request(seed))
    assert {entry.kind for entry in model.ledger.entries.values()} == {"loses_write"}
