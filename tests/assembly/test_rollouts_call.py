"""`rollouts`: anybody's agent at tasks, at any concurrency, journaled and resumed, with our verdicts."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from synthtools_stream.assembly.rollouts_call import rollouts
from synthtools_stream.errors import RunDirectoryError, UsageError
from synthtools_stream.live.tool_environment import Closing, ToolEnvironment
from synthtools_stream.proof.answer_slots import slots_of
from synthtools_stream.records import Fault, StopReason, Task, VerdictKind
from synthtools_stream.storage.datasets.row_loader import load_trajectories
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.jsontypes import JsonObject, object_at
from tests.proof.coded_task import coded
from tests.proof.freight import proven

CODED = coded()
CLOSING = "There is 1 vessel. 36 containers are left on VS-81. 2 bookings are confirmed. The shipper has been told."
TASKS = [CODED.model_copy(update={"id": f"freight_{number:02d}"}) for number in range(6)]


async def follow(env: ToolEnvironment) -> str:
    """Make the ground-truth calls, and tell what was asked."""
    for text in env.task.gt_tool_calls:
        call = parse_call(text)
        await env.call(call.name, call.arguments)
    return CLOSING


async def idle(_env: ToolEnvironment) -> str:
    """Do nothing, and say so."""
    return "I have done nothing."


def rows(directory: Path) -> list[bytes]:
    """Return the trajectories as they stand in the file, sorted."""
    return sorted((directory / "trajectories.jsonl").read_bytes().splitlines())


async def test_an_agent_of_ten_lines(tmp_path: Path) -> None:
    """It is judged by code; its rows tell the conversation, the calls and who made them."""
    report = await rollouts(TASKS, follow, tmp_path, name="follower", attempts=2)
    assert (report.offered, report.done, report.rejected, report.failed) == (12, 12, 0, 0)
    assert (report.rates.solved, report.rates.tried, report.rates.pass_all(2)) == (12, 12, 1.0)
    row = next(load_trajectories(report.trajectories))
    assert (row.mode, row.meta["model"], row.stop_reason) == ("brought", "follower", StopReason.answered)
    roles = [message["role"] for message in row.messages]
    assert roles == ["system", "user", *["assistant", "tool"] * 5, "assistant"]
    assert row.messages[-1]["content"] == CLOSING
    assert row.alignment.match_rate == 1.0


async def test_who_does_nothing_is_unsolved(tmp_path: Path) -> None:
    """Whatever it says."""
    report = await rollouts(TASKS[:2], idle, tmp_path, name="idle")
    assert (report.rates.solved, report.rates.tried) == (0, 2)


SLOTS: JsonObject = {slot: answer.value for slot, answer in zip(slots_of(CODED), CODED.answer, strict=True)}
WRONG: JsonObject = {**dict.fromkeys(SLOTS, "another")}
ODD = cast("JsonObject", {"a": {1, 2}})


@pytest.mark.parametrize(("answers", "solved"), [(SLOTS, 2), (WRONG, 0), (None, 0)])
async def test_answers_by_name(answers: JsonObject | None, solved: int, tmp_path: Path) -> None:
    """What is told by slot the message need not say; a wrong value there is wrong. The row has what was told."""

    async def agent(env: ToolEnvironment) -> Closing:
        assert env.slots.keys() == SLOTS.keys()
        await follow(env)
        return Closing("All is done.", answers)

    report = await rollouts(TASKS[:2], agent, tmp_path, name="teller")
    assert (report.rates.solved, report.rates.tried) == (solved, 2)
    row = next(load_trajectories(report.trajectories))
    assert row.answers == answers
    assert ("<slots>" in str(row.messages[0]["content"])) == (answers is not None)


@pytest.mark.parametrize("told", [None, 7, Closing("Done.", ODD), Closing(cast("str", None)), ("Done.", {})])
async def test_what_is_no_closing(told: object, tmp_path: Path) -> None:
    """It is how the attempt ended, and the row says what was returned."""

    async def agent(_env: ToolEnvironment) -> str:
        return cast("str", told)

    report = await rollouts(TASKS[:1], agent, tmp_path, name="odd")
    row = next(load_trajectories(report.trajectories))
    assert (row.stop_reason, row.verdict.kind) == (StopReason.agent_raised, VerdictKind.unsolved)
    assert "TypeError" in row.verdict.reasons[0]


async def test_agents_spoil_nothing_for_each_other(tmp_path: Path) -> None:
    """Whatever an agent does with what it is told, rows and the other attempts are as if it had only read it."""

    async def agent(env: ToolEnvironment) -> str:
        for text in env.task.gt_tool_calls:
            call = parse_call(text)
            told = await env.call(call.name, call.arguments)
            for part in (object_at(told, "response"), told):
                part.clear()
        return CLOSING

    for name, one in (("spoiler", agent), ("reader", follow)):
        await rollouts(TASKS[:1], one, tmp_path / name, name="one", attempts=4, concurrency=4)
    assert rows(tmp_path / "spoiler") == rows(tmp_path / "reader")


async def test_brought_tasks_are_counted_apart(tmp_path: Path) -> None:
    """Also from the rows alone."""
    brought = CODED.model_copy(update={"id": "mine", "meta": CODED.meta.model_copy(update={"origin": "brought"})})
    report = await rollouts([*TASKS[:1], brought], follow, tmp_path, name="follower")
    assert (report.rates.proven, report.rates.brought.proven) == ({TASKS[0].id: [True]}, {"mine": [True]})
    assert report.rates.to_json()["brought"] == report.rates.brought.figures()


async def test_a_class_has_an_instance_an_attempt(tmp_path: Path) -> None:
    """What one attempt notes on it, the next does not see."""

    class Noting:
        def __init__(self) -> None:
            self.calls = 0

        async def __call__(self, env: ToolEnvironment) -> str:
            self.calls += 1
            return f"{self.calls}. {await follow(env)}"

    report = await rollouts(TASKS, Noting, tmp_path, name="noting")
    assert all(str(row.messages[-1]["content"]).startswith("1. ") for row in load_trajectories(report.trajectories))


async def test_same_rows_at_any_concurrency(tmp_path: Path) -> None:
    """One at a time or all at once."""
    for concurrency in (1, 64):
        await rollouts(TASKS, follow, tmp_path / str(concurrency), name="f", attempts=2, concurrency=concurrency)
    assert rows(tmp_path / "1") == rows(tmp_path / "64")


async def test_cancelled_it_goes_on(tmp_path: Path) -> None:
    """What was done is not done again."""
    made: list[str] = []
    hang = asyncio.Event()

    async def slow(env: ToolEnvironment) -> str:
        if len(made) >= 3:
            hang.set()
            await asyncio.Event().wait()
        made.append(env.task.id)
        return await follow(env)

    call = asyncio.create_task(rollouts(TASKS, slow, tmp_path / "a", name="f", concurrency=1))
    await hang.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    report = await rollouts(TASKS, follow, tmp_path / "a", name="f", concurrency=1)
    assert report.done == 6
    await rollouts(TASKS, follow, tmp_path / "b", name="f")
    assert rows(tmp_path / "a") == rows(tmp_path / "b")
    with pytest.raises(RunDirectoryError, match="model"):
        await rollouts(TASKS, follow, tmp_path / "a", name="another")


async def test_errors_of_the_agent_end_its_attempt(tmp_path: Path) -> None:
    """A bug is a row that tells it; what cannot be reached is a failure, and tried again."""

    async def buggy(env: ToolEnvironment) -> str:
        await env.call("MoveBooking", {"booking_id": "BK-2057", "vessel_id": "VS-81"})
        raise KeyError("answer")

    async def cut_off(env: ToolEnvironment) -> str:
        if env.task.id == TASKS[0].id:
            raise ConnectionResetError("gone")
        return await follow(env)

    report = await rollouts(TASKS[:2], buggy, tmp_path / "buggy", name="buggy")
    row = next(load_trajectories(report.trajectories))
    assert (row.stop_reason, row.verdict.kind, len(row.turns)) == (StopReason.agent_raised, VerdictKind.unsolved, 1)
    assert row.verdict.reasons[0] == "the agent raised KeyError: 'answer'"
    report = await rollouts(TASKS[:2], cut_off, tmp_path / "cut", name="cut")
    assert (report.offered, report.done, report.failed, report.rates.tried) == (2, 1, 1, 1)
    report = await rollouts(TASKS[:2], follow, tmp_path / "cut", name="cut")
    assert (report.offered, report.done, report.failed) == (2, 2, 0)


async def test_tape_without_a_model(tmp_path: Path) -> None:
    """Tools that are no code answer what the ground truth asked; a miss spoils the attempt, and is in no rate."""

    async def strays(env: ToolEnvironment) -> str:
        await env.call("MoveBooking", {"booking_id": "BK-2057", "vessel_id": "VS-77"})
        return "There is 1 vessel."

    tasks: list[Task] = [proven()]
    report = await rollouts(tasks, follow_plain, tmp_path / "a", name="f")
    assert (report.rates.solved, report.rates.tried) == (1, 1)
    report = await rollouts(tasks, strays, tmp_path / "b", name="f")
    assert (report.rates.tried, report.rates.faults) == (0, {Fault.tool: 1})


async def follow_plain(env: ToolEnvironment) -> str:
    """Do what the task of simulated tools asks."""
    await follow(env)
    return "There is 1 vessel."


async def test_a_file_and_what_is_none(tmp_path: Path) -> None:
    """Tasks come from a file as well; no tasks, and no name, are said before anything is made."""
    path = tmp_path / "tasks.jsonl"
    path.write_bytes(orjson.dumps(CODED.to_json()) + b"\n")
    report = await rollouts(path, follow, tmp_path / "out", name="f")
    assert report.rates.solved == 1
    nothing: list[Any] = []
    with pytest.raises(UsageError, match="there is no task"):
        await rollouts(nothing, follow, tmp_path / "none", name="f")
    with pytest.raises(UsageError, match="needs a name"):
        await rollouts(path, follow, tmp_path / "none", name="")
    with pytest.raises(UsageError, match="no such file"):
        await rollouts(tmp_path / "absent.jsonl", follow, tmp_path / "none", name="f")
    assert not (tmp_path / "none").exists()
