"""The runtime: code first, tape next, model last; answers checked before they count."""

from __future__ import annotations

import pytest

from synthtools_stream.asking.asker import RefusedOutput
from synthtools_stream.errors import UnusableReply
from synthtools_stream.records import Parameter
from synthtools_stream.roles.simulator_role import SimulatorOutput
from synthtools_stream.simulator.shown_world import shown_state
from synthtools_stream.simulator.tape import Tape
from synthtools_stream.simulator.tool_runtime import Simulator
from synthtools_stream.state import digest
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.proof.freight import MOVE, TOOLS, TYPES, ScriptedContext, draft, world

MOVED: JsonObject = {
    "status_code": 200,
    "response": {"booking_id": "BK-2041", "vessel_id": "VS-81"},
    "changes": [{"op": "update", "collection": "bookings", "id": "BK-2041", "attributes": {"vessel_id": "VS-81"}}],
}
NOTICE: JsonObject = {"booking_id": "BK-2041", "channel": "sms", "text": "t"}
NOTIFIED: JsonObject = {
    "status_code": 200,
    "response": {"notice_id": "$new1", "booking_id": "BK-2041"},
    "changes": [{"op": "create", "collection": "notices", "id": "$new1", "attributes": NOTICE}],
}
MOVE_CALL = "MoveBooking(booking_id='BK-2041', vessel_id='VS-81')"
NOTIFY_CALL = "NotifyShipper(booking_id='BK-2041', channel='sms', text='t')"


def simulator(context: ScriptedContext, tape: Tape | None = None) -> Simulator:
    """Return a runtime on the freight world."""
    return Simulator(TOOLS, TYPES, world(), context, "task-1", tape=tape)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("MoveBooking(booking_id='BK-2041')", "required parameter 'vessel_id' is missing"),
        ("MovBooking(booking_id='BK-2041')", "unknown tool 'MovBooking'; did you mean 'MoveBooking'?"),
        ("please move it", "not a call"),
    ],
)
async def test_code_refuses_without_a_model(call: str, message: str) -> None:
    """What code can decide is answered 400 and costs no request."""
    context = ScriptedContext()
    served = await simulator(context).call(call)
    assert (served.status_code, served.decided_by) == (400, "code")
    assert message in (served.error_message or "")
    assert context.asked == []
    assert "error_message" in served.body


async def test_a_form_that_is_not_kept_reaches_no_model() -> None:
    """A date in words is answered 400 with the form and an example, by code."""
    day = Parameter(type="string", description="Day of the move, YYYY-MM-DD.")
    dated = MOVE.model_copy(update={"parameters": {**MOVE.parameters, "day": day}})
    context = ScriptedContext()
    runtime = Simulator({dated.tool_name: dated}, TYPES, world(), context, "task-1")
    served = await runtime.call("MoveBooking(booking_id='BK-2041', vessel_id='VS-81', day='23 April 2026')")
    assert (served.status_code, served.decided_by, context.asked) == (400, "code", [])
    assert served.error_message == "parameter 'day' must be YYYY-MM-DD, for example 2026-04-23; got '23 April 2026'"


async def test_answer_is_applied_and_logged() -> None:
    """A good answer changes the state, mints ids in response and changes alike, and stands in the log."""
    runtime = simulator(ScriptedContext(MOVED, NOTIFIED))
    before = runtime.state
    await runtime.call(MOVE_CALL)
    served = await runtime.call(NOTIFY_CALL)
    assert served.response == {"notice_id": "N-1001", "booking_id": "BK-2041"}
    assert [change.id for change in served.changes] == ["N-1001"]
    assert runtime.state is not None
    assert runtime.state["notices"] == {"N-1001": NOTICE}
    assert digest(before) == digest(world())
    assert [entry.decided_by for entry in runtime.log] == ["simulator", "simulator"]
    assert served.body == {"status_code": 200, "response": served.response}


async def test_model_sees_only_its_collections() -> None:
    """The request holds the tool's collections and their types, the clock, defaults, and the owner's key."""
    context = ScriptedContext(MOVED)
    runtime = simulator(context)
    await runtime.call(MOVE_CALL)
    item, key, value = context.asked[0]
    assert item == "task-1"
    assert len(key) == 32
    assert list(value.state or {}) == ["bookings", "vessels", "clock"]
    assert [kind.collection for kind in value.entity_types] == ["bookings", "vessels"]
    assert shown_state(MOVE, world(), TYPES) == value.state


def altered(answer: JsonObject, **parts: Json) -> JsonObject:
    """Return the answer with other parts."""
    return {**answer, **parts}


def changed(**parts: Json) -> JsonObject:
    """Return the move with another change."""
    change: JsonObject = {
        "op": "update",
        "collection": "bookings",
        "id": "BK-2041",
        "attributes": {"vessel_id": "VS-81"},
        **parts,
    }
    return altered(MOVED, changes=[change])


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        (altered(MOVED, error_message="oops"), "error_message must be null"),
        ({"status_code": 404}, "error_message must say"),
        (altered(MOVED, status_code=409, error_message="no"), "response must be empty"),
        (altered(MOVED, status_code=409, error_message="no", response={}), "changes nothing"),
        (altered(MOVED, response={"booking_id": "BK-2041"}), "lacks 'vessel_id'"),
        (altered(MOVED, response={"booking_id": "BK-2041", "vessel_id": 81}), "must be of type string"),
        (altered(MOVED, response={"booking_id": "BK-2041", "vessel_id": "VS-81", "x": 1}), "holds 'x'"),
        (altered(MOVED, response={"booking_id": "BK-2041", "vessel_id": "VS-77"}), "the state holds 'VS-81'"),
        (altered(MOVED, response={"booking_id": "BK-2041", "vessel_id": "VS-99"}), "VS-99, which does not exist"),
        (altered(MOVED, response={"booking_id": "$new1", "vessel_id": "VS-81"}), "no change creates it"),
        (altered(MOVED, changes=[]), "the state holds 'VS-77'"),
        (altered(MOVED, imagined=["a storm"]), "imagined must be empty"),
        (changed(collection="vessels", id="VS-81", attributes={"name": "x"}), "may write only bookings"),
        (changed(collection="clock", id="now"), "may write only bookings"),
        (changed(id="BK-9"), "there is no such entity"),
        (changed(op="create", id="BK-9"), "write $new1"),
        (changed(attributes={"colour": "red"}), "no attribute 'colour'"),
        (changed(attributes={"containers": "many"}), "containers must be of type integer"),
        (changed(attributes={"status": "lost"}), "status must be one of"),
        (changed(attributes={"vessel_id": "VS-99"}), "VS-99, which does not exist"),
    ],
)
async def test_bad_answers_are_told_and_asked_again(bad: JsonObject, problem: str) -> None:
    """Each contradiction is refused with a sentence about it, and the next answer is taken."""
    context = ScriptedContext(bad, MOVED)
    served = await simulator(context).call(MOVE_CALL)
    assert served.ok
    assert len(context.refused) == 1
    assert problem in context.refused[0]


async def test_refusal_may_stand_at_once() -> None:
    """Without repairs a refused answer is not sent back: the caller is told it, and nothing was changed or logged."""
    context = ScriptedContext({**MOVED, "changes": []}, MOVED)
    runtime = Simulator(TOOLS, TYPES, world(), context, "task-1", repairs=0)
    with pytest.raises(RefusedOutput) as caught:
        await runtime.call(MOVE_CALL)
    assert isinstance(caught.value.output, SimulatorOutput)
    assert caught.value.output.status_code == 200
    assert "VS-81" in caught.value.problem
    assert runtime.log == []
    assert digest(runtime.state) == digest(world())
    assert (await runtime.call(MOVE_CALL)).ok


async def test_echoed_argument_may_differ_from_unchanged_state() -> None:
    """A response may repeat the call's own argument under its name where nothing of that name was changed."""
    search: JsonObject = {
        "status_code": 200,
        "response": {"vessels": [{"vessel_id": "VS-81", "capacity_left": 40}], "count": 1},
    }
    wrong: JsonObject = {
        "status_code": 200,
        "response": {"vessels": [{"vessel_id": "VS-81", "capacity_left": 41}], "count": 1},
    }
    context = ScriptedContext(wrong, search)
    assert (await simulator(context).call("SearchVessels(arrive_by='2026-03-16')")).ok
    assert "the state holds '40'" in context.refused[0]


async def test_unusable_answers_change_nothing() -> None:
    """When no answer is acceptable the call fails, and state, log and tape are as before."""
    tape = Tape("task-1")
    runtime = simulator(ScriptedContext(*[changed(id="BK-9")] * 3), tape)
    with pytest.raises(UnusableReply):
        await runtime.call(MOVE_CALL)
    assert runtime.log == []
    assert len(tape) == 0
    assert digest(runtime.state) == digest(world())


async def test_tape_answers_what_was_asked() -> None:
    """Two conversations on one tape get one answer; each applies it to its own state; repeats ask afresh."""
    context, tape = ScriptedContext(NOTIFIED, NOTIFIED), Tape("task-1")
    first, second = simulator(context, tape), simulator(context, tape)
    a, b = await first.call(NOTIFY_CALL), await second.call(NOTIFY_CALL)
    assert (a.response, a.changes) == (b.response, b.changes)
    assert (a.decided_by, b.decided_by) == ("simulator", "tape")
    assert digest(first.state) == digest(second.state)
    assert len(context.asked) == 1
    await simulator(context, tape).call(NOTIFY_CALL, repeat=1)
    assert context.asked[1][1] == f"{context.asked[0][1]}/1"


async def test_ground_truth_plays_from_the_tape() -> None:
    """A primed tape plays a task to its final state without any model."""
    task, tape = draft(), Tape("t")
    tape.prime(task)
    runtime = simulator(ScriptedContext(), tape)
    for step in task.steps:
        served = await runtime.call(step.call)
        assert (served.response, list(served.changes)) == (step.response, step.changes)
    assert digest(runtime.state) == digest(task.final_state)


async def test_writing_what_is_there_is_no_change() -> None:
    """An update to the present value is not recorded as a write."""
    same = changed(attributes={"vessel_id": "VS-81", "containers": 12})
    served = await simulator(ScriptedContext(same)).call(MOVE_CALL)
    assert [change.attributes for change in served.changes] == [{"vessel_id": "VS-81"}]


async def test_free_forms_are_played_leniently() -> None:
    """Other people's states keep supplied facts, take the changes that fit, and may be absent."""
    answer: JsonObject = {
        "status_code": 200,
        "response": {"anything": "$new1"},
        "changes": [
            {"op": "create", "collection": "notes", "id": "$new1", "attributes": {"of": "$new1"}},
            {"op": "update", "collection": "weathers", "id": "x", "attributes": {}},
            {"op": "delete", "collection": "weather", "id": "x"},
        ],
        "imagined": ["it rains"],
    }
    tools = {name: tool.model_copy(update={"effects": None}) for name, tool in TOOLS.items()}
    starts: list[JsonObject | None] = [None, {"weather": 3, "notes": {}}]
    for start in starts:
        runtime = Simulator(tools, [], start, ScriptedContext(answer), "t", typed=False)
        served = await runtime.call(NOTIFY_CALL)
        assert served.response == {"anything": "N-1001"}
        assert len(served.changes) == 1
        assert runtime.state == {**(start or {}), "notes": {"N-1001": {"of": "N-1001"}}, "imagined": ["it rains"]}
