"""The memory benchmark and the hold-ups of the loop, tiny."""

from __future__ import annotations

import asyncio
import time

import orjson
import pytest

from synthtools_stream.bench.__main__ import main
from synthtools_stream.bench.lag import Longest, timed_tasks
from synthtools_stream.bench.measured_runs import RunShape, shipped_fields
from synthtools_stream.bench.memory import LONG, Look, finding


def _looks(tasks: int, first: float, second: float) -> list[Look]:
    return [Look(0, 0, first, 9), Look(1, tasks // 2, first, 9), Look(2, tasks, second, 12)]


def test_halves_are_by_tasks() -> None:
    """The largest size in the second half is set against the largest in the first."""
    found = finding(_looks(LONG, 100, 105))
    assert (found.figures["growth"], found.figures["open_files"], found.ok) == (1.05, 12, True)


def test_growth_fails_a_long_run() -> None:
    """A long run that grows by more than a tenth is not ok; a short one is only told."""
    assert not finding(_looks(LONG, 100, 111)).ok
    assert finding(_looks(LONG // 2, 100, 111)).ok


def test_tiny_memory(capsys: pytest.CaptureFixture[str]) -> None:
    """A run of one environment is looked at until it ends."""
    assert main(("memory", "--json", "--tasks", "1", "--every", "0.05")) == 0
    figures = orjson.loads(capsys.readouterr().out)
    assert {"tasks", "first_half_mib", "second_half_mib", "growth", "open_files"} <= set(figures)


def test_shape_has_the_environments() -> None:
    """A number of environments is spread over the fields, and over subfields where there are more."""
    assert RunShape.of_environments(3) == RunShape(3)
    many = RunShape.of_environments(60 * len(shipped_fields()))
    assert many.environments >= 60 * len(shipped_fields())
    assert max(many.subfields, many.scenarios) <= 40


async def test_longest_step_is_found() -> None:
    """Of all tasks' steps the longest is known by its task's name."""
    longest = Longest()
    asyncio.get_running_loop().set_task_factory(timed_tasks(longest))  # type: ignore[arg-type]

    async def busy() -> int:
        until = time.thread_time() + 0.01
        while time.thread_time() < until:
            pass
        return 7

    async def quick() -> None:
        await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        group.create_task(quick(), name="quick#1")
        slow = group.create_task(busy(), name="slow#3")
    assert slow.result() == 7
    assert longest.step.task == "slow"
    assert longest.step.cpu_s >= 0.01
    assert set(longest.by_task) == {"quick", "slow"}


async def test_failures_pass_through_timed_tasks() -> None:
    """Timing a task changes nothing of what it raises or of its cancellation."""
    asyncio.get_running_loop().set_task_factory(timed_tasks(Longest()))  # type: ignore[arg-type]

    async def fail() -> None:
        await asyncio.sleep(0)
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        await asyncio.create_task(fail())
    waiting = asyncio.create_task(asyncio.Event().wait())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert waiting.cancelled()
