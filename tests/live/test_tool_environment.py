"""A task as an environment: what an agent can do in it, what it cannot, and what the trainer is told."""

from __future__ import annotations

import asyncio

import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.live.tool_environment import ToolEnvironment
from synthtools_stream.programs.sandbox import Sandbox, SandboxMissing, open_sandbox
from synthtools_stream.proof.certificate import certify
from synthtools_stream.proof.variants.transient_error import transient_error
from synthtools_stream.records import Task, VerdictKind
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.coded_task import coded
from tests.proof.freight import draft, proven
from tests.stages.stagekit import Stable

CODED = coded()
CLOSING = "There is 1 vessel. 36 containers are left on VS-81. 2 bookings are confirmed. The shipper has been told."
MOVE: tuple[str, JsonObject] = ("MoveBooking", {"booking_id": "BK-2057", "vessel_id": "VS-81"})
MOVED: JsonObject = {
    "status_code": 200,
    "response": {"booking_id": "BK-2057", "vessel_id": "VS-81"},
    "changes": [{"op": "update", "collection": "bookings", "id": "BK-2057", "attributes": {"vessel_id": "VS-81"}}],
}
"""What a model that plays the tool answers to that."""
OVER = "the attempt is over: nothing more can be called"


async def follow(env: ToolEnvironment, task: Task) -> list[JsonObject]:
    """Make the ground-truth calls."""
    calls = [parse_call(text) for text in task.gt_tool_calls]
    return [await env.call(call.name, call.arguments) for call in calls]


async def test_tool_that_fails_once() -> None:
    """Its first call comes to nothing, whatever was made before; made again it is answered as ever."""
    variant = transient_error(CODED, "MoveBooking")
    assert variant is not None
    async with ToolEnvironment(variant.model_copy(update={"certificate": certify(variant)})) as env:
        refused = await env.call("MoveBooking", {"booking_id": "BK-2057"})
        failed = await env.call(*MOVE)
        again = await env.call(*MOVE)
        assert [body["status_code"] for body in (refused, failed, again)] == [400, 500, 200]
        assert [turn.decided_by for turn in env.turns] == ["code", "code", "program"]
        assert env.turns[1].changes == []
        assert env.fault == ""


async def test_coded_task_needs_no_model() -> None:
    """Ten lines: the ground truth's calls are answered as recorded, and with what was asked told, it is solved."""
    async with ToolEnvironment(CODED) as env:
        assert env.request == CODED.summary
        assert [tool["type"] for tool in env.tools] == ["function"] * len(CODED.tools)
        assert env.now == "2026-03-10T09:00:00"
        told = await follow(env, CODED)
        assert [body["response"] for body in told] == [step.response for step in CODED.steps]
        assert env.state == CODED.final_state
        assert [turn.decided_by for turn in env.turns] == ["program"] * 5
        assert env.fault == ""
        assert env.verdict(CLOSING).kind is VerdictKind.solved


async def test_nothing_done_is_unsolved() -> None:
    """The verdict is code's, whatever is claimed."""
    async with ToolEnvironment(CODED) as env:
        assert env.verdict(CLOSING).kind is VerdictKind.unsolved


async def test_verdict_ends_the_attempt_and_stays() -> None:
    """After it each call is refused and changes nothing, and asking again for the verdict gains nothing."""
    async with ToolEnvironment(CODED) as env:
        first = env.verdict("I have done nothing.")
        assert await env.call(*MOVE) == {"status_code": 400, "error_message": OVER}
        assert env.turns == []
        assert env.state == CODED.initial_state
        assert env.verdict(CLOSING) is first


async def test_what_cannot_be_called_is_a_400() -> None:
    """Unknown tools, reserved words, arguments that are none: each is told, and nothing happens."""
    async with ToolEnvironment(CODED) as env:
        odd: list[tuple[str, JsonObject | str]] = [
            ("FlyBooking", {}),
            ("verdict", {}),
            ("reset", {}),
            ("MoveBooking", {"booking_id": "BK-2057"}),
            ("MoveBooking", "{"),
            ("MoveBooking", "[" * 10_000),
        ]
        for name, arguments in odd:
            body = await env.call(name, arguments)
            assert body["status_code"] == 400, body
            assert body["error_message"]
        assert env.state == CODED.initial_state
        assert len(env.turns) == 6


async def test_calls_are_bounded() -> None:
    """Past the bound nothing is called, and the agent is told to come to an end."""
    async with ToolEnvironment(CODED, max_calls=1) as env:
        assert (await env.call(*MOVE))["status_code"] == 200
        told = await env.call("ConfirmBooking", {"booking_id": "BK-2057"})
        assert told == {
            "status_code": 400,
            "error_message": "1 calls were made, and no more are: answer the user",
        }


async def test_life_of_an_environment() -> None:
    """It is begun once, used while it lives, and closed as often as one likes."""
    env = ToolEnvironment(CODED)
    with pytest.raises(UsageError, match="not begun"):
        await env.call(*MOVE)
    await env.reset()
    with pytest.raises(UsageError, match="used once"):
        await env.reset()
    await env.close()
    await env.close()
    assert await env.call(*MOVE) == {"status_code": 400, "error_message": OVER}
    with pytest.raises(UsageError, match="used once"):
        await env.reset()


async def test_many_at_once_share_one_sandbox_and_no_world() -> None:
    """Environments of one loop live beside each other: what one does, no other sees."""

    async def attempt(index: int) -> bool:
        async with ToolEnvironment(CODED) as env:
            if index % 2:
                await follow(env, CODED)
            return env.verdict(CLOSING).kind is VerdictKind.solved

    assert await asyncio.gather(*(attempt(index) for index in range(20))) == [index % 2 == 1 for index in range(20)]


async def test_sandbox_of_the_users() -> None:
    """A sandbox that is given is used, and is not closed."""
    async with open_sandbox(1) as sandbox:
        for _ in range(2):
            async with ToolEnvironment(CODED, sandbox=sandbox) as env:
                assert (await env.call(*MOVE))["status_code"] == 200
        assert isinstance(sandbox, Sandbox)
        assert await sandbox.check(CODED.meta.programs["MoveBooking"]) is None


async def test_tools_that_nobody_plays_are_said() -> None:
    """Without programs and without a model nothing is begun, and the message says what would help."""
    env = ToolEnvironment(proven())
    with pytest.raises(UsageError, match="nobody plays SearchVessels, MoveBooking, NotifyShipper") as told:
        await env.reset()
    assert "tape_only=True" in str(told.value)


async def test_tape_only() -> None:
    """The ground truth's calls are answered from the tape; others miss, and the miss is nobody's success."""
    task = proven()
    async with ToolEnvironment(task, tape_only=True) as env:
        told = await follow(env, task)
        assert [body["status_code"] for body in told] == [200, 200, 200]
        assert env.verdict("There is 1 vessel.").kind is VerdictKind.solved
    async with ToolEnvironment(task, tape_only=True) as env:
        body = await env.call(*MOVE)
        assert body == {"status_code": 500, "error_message": "the tool gave no answer"}
        assert env.fault == "tape"


async def test_simulator_plays_what_is_no_code() -> None:
    """A model of the user's plays the tools that have no program."""
    stable = Stable(simulator=[MOVED])
    async with ToolEnvironment(proven(), simulator=stable.model) as env:
        assert await env.call(*MOVE) == {"status_code": 200, "response": MOVED["response"]}
        assert [turn.decided_by for turn in env.turns] == ["simulator"]
    assert len(stable.asked("simulator")) == 1


async def test_other_peoples_tasks() -> None:
    """A row without a certificate is played by a model, and its verdict says that nothing is proven."""
    stable = Stable(simulator=[MOVED])
    async with ToolEnvironment(draft(), simulator=stable.model) as env:
        assert env.verdict("There is 1 vessel.").kind is VerdictKind.unproven


async def test_programs_cannot_run_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a worker a coded task needs a model; the one that is given plays all of it."""

    def missing(*_: object) -> None:
        raise SandboxMissing("programs cannot be run here")

    monkeypatch.setattr("synthtools_stream.live.shared_sandbox.open_sandbox", missing)
    with pytest.raises(SandboxMissing):
        await ToolEnvironment(CODED).reset()
    stable = Stable(simulator=[{"status_code": 200, "response": {"bookings": [], "count": 0}}])
    async with ToolEnvironment(CODED, simulator=stable.model) as env:
        await env.call("ListBookings", {"status": "cancelled"})  # which the ground truth does not ask
    assert stable.asked("simulator")
