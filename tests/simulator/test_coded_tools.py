"""Tools played by their programs: what a program is given, what the runtime makes of its answer, and who decided."""

from __future__ import annotations

from typing import Any

import pytest

from synthtools_stream.errors import BadProgram
from synthtools_stream.programs.sandbox import Sandbox, open_sandbox
from synthtools_stream.records import Tool
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.coded_tools import CodedTools, program_call
from synthtools_stream.simulator.tape import Tape
from synthtools_stream.simulator.tool_runtime import Simulator
from synthtools_stream.state import digest
from synthtools_stream.toolcalls import Call, canonical, parse_call
from tests.programs.coded_freight import CODED, PROGRAMS
from tests.programs.hostile_programs import body, returning
from tests.proof.coded_task import coded
from tests.proof.freight import TYPES, ScriptedContext, world

MOVE_CALL = "MoveBooking(booking_id='BK-2041', vessel_id='VS-81')"
NOTIFY_CALL = "NotifyShipper(booking_id='BK-2041', channel='sms', text='t')"


def played(sandbox: Sandbox, context: ScriptedContext, tape: Tape | None = None, **programs: str) -> Simulator:
    """Return a runtime on the freight world whose tools are code, some by another program."""
    tools = CodedTools({**PROGRAMS, **programs}, sandbox)
    return Simulator(CODED, TYPES, world(), context, "task-1", coded=tools, tape=tape)


def test_program_sees_its_collections_and_the_time() -> None:
    """A program is given the collections of its tool's effects, empty ones included, and the clock apart."""
    tool = CODED["NotifyShipper"]
    asked = program_call("source", canonical(parse_call(NOTIFY_CALL), tool), tool, world(), TYPES)
    assert asked.state == {"bookings": world()["bookings"], "notices": {}}
    assert (asked.now, asked.source) == ("2026-03-10T09:00:00", "source")
    assert asked.arguments == {"booking_id": "BK-2041", "channel": "sms", "text": "t"}


def test_tool_without_effects_sees_all_but_the_clock() -> None:
    """Who declares no effects is shown the whole world; what has no clock has no time."""
    tool = Tool(tool_name="Look", tool_description="Looks.", effects=None)
    bare = {name: held for name, held in world().items() if name != "clock"}
    assert program_call("", Call("Look", {}), tool, world(), TYPES).state == bare
    assert program_call("", Call("Look", {}), tool, bare, TYPES).now == ""


async def test_no_model_is_asked() -> None:
    """Reads, writes and refusals come from programs; changes are applied, ids minted as ever."""
    context = ScriptedContext()
    async with open_sandbox(1) as sandbox:
        runtime = played(sandbox, context)
        found = await runtime.call("SearchVessels(arrive_by='2026-03-16')")
        await runtime.call(MOVE_CALL)
        told = await runtime.call(NOTIFY_CALL)
        refused = await runtime.call("ConfirmBooking(booking_id='BK-9999')")
    assert found.response["count"] == 2
    assert told.response == {"notice_id": "N-1001", "booking_id": "BK-2041"}
    assert [(entry.status_code, entry.decided_by) for entry in runtime.log] == [(200, "program")] * 3 + [
        (404, "program")
    ]
    assert (refused.error_message or "").startswith("UnknownBooking")
    assert runtime.state is not None
    assert "N-1001" in str(runtime.state["notices"])
    assert context.asked == []


async def test_conversations_of_a_tape_run_a_program_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same call in the same whole state is answered from the tape, and still counts as the program's; each world
    changes by itself, under ids of its own. In another state, and past the tape, the program runs."""
    runs: list[str] = []
    answer = CodedTools.answer

    async def counted(tools: CodedTools, call: Call, *rest: Any) -> Answer:
        runs.append(call.name)
        return await answer(tools, call, *rest)

    monkeypatch.setattr(CodedTools, "answer", counted)
    tape = Tape("task-1")
    async with open_sandbox(1) as sandbox:
        one, other = (played(sandbox, ScriptedContext(), tape) for _ in range(2))
        told = [[await runtime.call(call) for call in (MOVE_CALL, NOTIFY_CALL)] for runtime in (one, other)]
        assert told[0] == told[1]
        assert [entry.decided_by for entry in told[1]] == ["program", "program"]
        assert one.state == other.state
        assert runs == ["MoveBooking", "NotifyShipper"]
        again = await one.call(NOTIFY_CALL)  # the notice of before is there now
        assert again.response["notice_id"] == "N-1002"
        await other.call(NOTIFY_CALL, repeat=1)
    assert runs == ["MoveBooking", "NotifyShipper", "NotifyShipper", "NotifyShipper"]


async def test_task_is_played_to_its_final_state() -> None:
    """The coded task's calls, played afresh, come to what its row holds."""
    task = coded()
    async with open_sandbox(1) as sandbox:
        runtime = played(sandbox, ScriptedContext())
        served = [await runtime.call(call) for call in task.gt_tool_calls]
    assert [one.response for one in served] == [step.response for step in task.steps]
    assert digest(runtime.state) == digest(task.final_state)


async def test_code_refuses_before_any_program() -> None:
    """A call that does not pass its schema reaches no program, not even one that would loop."""
    async with open_sandbox(1) as sandbox:
        runtime = played(sandbox, ScriptedContext(), MoveBooking=body("while True:", "    pass"))
        served = await runtime.call("MoveBooking(booking_id='BK-2041')")
    assert (served.status_code, served.decided_by) == (400, "code")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (returning("1 / 0"), "the program of MoveBooking: raised: ZeroDivisionError"),
        (body("return 7"), "the program of MoveBooking: garbage: "),
        (returning("1"), "the program of MoveBooking: response lacks 'booking_id'"),
        (body("return ok({'booking_id': 'BK-1', 'vessel_id': 'VS-1'}, [delete('vessels', 'VS-77')])"), "MoveBooking"),
    ],
    ids=["raises", "no answer", "not as declared", "a change beyond its effects"],
)
async def test_bad_answer_is_no_answer(source: str, told: str) -> None:
    """What a program may not answer raises, nothing is changed or logged, and nobody else is asked."""
    context = ScriptedContext()
    async with open_sandbox(1) as sandbox:
        runtime = played(sandbox, context, MoveBooking=source)
        with pytest.raises(BadProgram) as caught:
            await runtime.call(MOVE_CALL)
        assert told in caught.value.detail
    assert digest(runtime.state) == digest(world())
    assert (runtime.log, context.asked) == ([], [])
