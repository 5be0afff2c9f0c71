"""The sandbox holds: whatever a program does, it is that call's own bad answer and nothing else."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from synthtools_stream.programs.program import Fault, FaultKind, ProgramCall
from synthtools_stream.programs.sandbox import Sandbox, SandboxMissing, open_sandbox
from synthtools_stream.programs.source_tree import IMPORTABLE
from synthtools_stream.roles.simulator_role import SimulatorOutput
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.programs.hostile_programs import HOSTILE, body, returning

TRIP_S = 0.25
"""Short, so that what loops is soon found out; honest calls take a hundredth of it."""
LONG_S = 10.0
"""What grows must have the time to."""
HONEST = body(
    "rows = order(state['cats'].items(), 'age')",
    "return ok({'echo': arguments['n'], 'rows': [row[0] for row in rows], 'cost': money(123456.785)})",
)
CATS: JsonObject = {"CA-2": {"age": 3}, "CA-10": {"age": 3}, "CA-1": {"age": None}}


def honest(n: int) -> ProgramCall:
    """Return a call that uses helpers, a state and its argument."""
    return ProgramCall(HONEST, {"cats": CATS}, {"n": n}, "2026-03-10T09:00:00")


def plain(source: str) -> ProgramCall:
    """Return a call of a program that needs nothing."""
    return ProgramCall(source, {"cats": CATS}, {}, "2026-03-10T09:00:00")


def right(n: int) -> SimulatorOutput:
    """Return what `honest(n)` must be answered."""
    return SimulatorOutput(status_code=200, response={"echo": n, "rows": ["CA-2", "CA-10", "CA-1"], "cost": 123456.79})


async def worker_pid(sandbox: Sandbox) -> int:
    """Return the process of the one idle worker."""
    (warm,) = sandbox.workers._idle
    pid = warm.session.worker_pid
    assert pid is not None
    return pid


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_program_spoils_its_own_answer_only(name: str) -> None:
    """Calls beside it in the same trip, and the next call of the same worker, are answered right."""
    source, kind = HOSTILE[name]
    async with open_sandbox(1, trip_s=TRIP_S if kind is FaultKind.time else LONG_S) as sandbox:
        before, made, after = await sandbox.answers([honest(1), plain(source), honest(2)])
        assert (before, after) == (right(1), right(2))
        assert (made.kind if isinstance(made, Fault) else None) is kind
        assert not isinstance(made, Fault) or 0 < len(made.detail) <= 600
        assert await sandbox.answers([honest(3)]) == [right(3)]


async def test_check_survives_hostile_programs() -> None:
    """Looking at programs beforehand harms nobody either, and finds all that cannot be read."""
    async with open_sandbox(1, trip_s=TRIP_S) as sandbox:
        for name, (source, kind) in HOSTILE.items():
            found = await sandbox.check(source)
            assert found is not None or kind is not FaultKind.unreadable or name in _RUN_TO_BE_FOUND, name
        assert await sandbox.answers([honest(3)]) == [right(3)]


_RUN_TO_BE_FOUND = ("has no call", "is empty", "is a generator")
"""Programs that can be loaded, and are no good."""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            body("decimal.getcontext().prec = 2", "return ok({})", before="import decimal"),
            returning("money(123456.785)"),
        ),
        (body("global kept", "kept = 1", "return ok({})"), returning("kept")),
        (body("global ok", "ok = None", "return fail(400, 'x')"), returning("1")),
        (body("state['cats'].clear()", "return ok({})"), returning("len(state['cats'])")),
        (
            body("global order", "order = sorted", "return ok({})"),
            returning("order(state['cats'].items(), 'age')[2][0]"),
        ),
        ("kept = 1\n" + returning("kept"), returning("kept")),
    ],
    ids=["decimal context", "global", "helper", "state", "other helper", "module"],
)
async def test_nothing_is_left_for_the_next_call(first: str, second: str) -> None:
    """A call gets the same answer alone and after one that tried to leave something behind."""
    async with open_sandbox(1) as sandbox:
        (alone,) = await sandbox.answers([plain(second)])
        _, together = await sandbox.answers([plain(first), plain(second)])
        (later,) = await sandbox.answers([plain(second)])
    assert alone == together == later


@pytest.mark.parametrize(
    "source",
    [
        body("global kept", "kept = kept + 1", "return ok({'x': kept})", before="kept = 1"),
        body("kept.append(1)", "return ok({'x': len(kept)})", before="kept = []"),
        body("kept[len(kept)] = 1", "return ok({'x': len(kept)})", before="kept = {}"),
        body("return ok({'x': f()})", before="def f(kept=[]):\n    kept.append(1)\n    return len(kept)"),
        body("Kept.x = Kept.x + 1", "return ok({'x': Kept.x})", before="class Kept:\n    x = 0"),
        body("return ok({'x': next(kept)})", before="from itertools import count\nkept = count()"),
        body("call.x = getattr(call, 'x', 0) + 1", "return ok({'x': call.x})"),
        body("ok.x = 1", "return ok({'x': 1})"),
        body("now.x = 1", "return ok({'x': 1})"),
        body("math.x = getattr(math, 'x', 0) + 1", "return ok({'x': math.x})", before="import math"),
        body("state['cats'].pop('CA-1')", "arguments['n'] = 1", "return ok({'x': len(state['cats'])})"),
    ],
)
async def test_calls_of_one_program_know_nothing_of_each_other(source: str) -> None:
    """A program that would count its calls answers the first and the tenth of a trip alike."""
    call = plain(source)
    async with open_sandbox(1) as sandbox:
        (alone,) = await sandbox.answers([call])
        assert await sandbox.answers([call] * 10) == [alone] * 10


async def test_check_leaves_nothing_for_the_next() -> None:
    """What one program defines is unknown in another, however many were checked before."""
    async with open_sandbox(1) as sandbox:
        assert await sandbox.check(body("return ok({'x': mine()})", before="def mine():\n    return 1")) is None
        unknown, inner = [await sandbox.check(returning(name)) for name in ("mine()", "answers")]
        loading = await sandbox.check(returning("1", "x = {}['a']"))
    assert unknown is not None
    assert "mine" in unknown.detail
    assert inner is not None
    assert loading is not None
    assert loading.kind is FaultKind.raised


async def test_call_order_changes_no_answer() -> None:
    """The same calls are answered the same in any order, in one trip or in several, on any number of workers."""
    calls = [honest(n) for n in range(150)]
    async with open_sandbox(2) as sandbox:
        forth = await sandbox.answers(calls)
        back = await sandbox.answers(calls[::-1])
        single = [
            answer for answers in await asyncio.gather(*(sandbox.answers([c]) for c in calls)) for answer in answers
        ]
    assert forth == back[::-1] == single == [right(n) for n in range(150)]


async def test_worker_killed_between_calls_is_replaced() -> None:
    """A worker that somebody kills is no fault of the program that finds it dead."""
    async with open_sandbox(1) as sandbox:
        await sandbox.answers([honest(0)])
        os.kill(await worker_pid(sandbox), signal.SIGKILL)
        assert await sandbox.answers([honest(1), honest(2)]) == [right(1), right(2)]


async def test_worker_killed_during_a_call() -> None:
    """The call is made again in a worker of its own."""
    slow = body("for _ in range(300_000):", "    pass", "return ok({})")
    async with open_sandbox(1, trip_s=LONG_S) as sandbox:
        pid = await worker_pid(sandbox)
        task = asyncio.create_task(sandbox.answers([plain(slow)]))
        await under_way(sandbox)
        os.kill(pid, signal.SIGKILL)
        assert await task == [SimulatorOutput(status_code=200)]
        assert children().isdisjoint({pid})
        assert await sandbox.answers([honest(1)]) == [right(1)]


async def under_way(sandbox: Sandbox) -> None:
    """Return when a call has taken the idle session."""
    while sandbox.workers._idle:  # noqa: ASYNC110 - a thread takes it, which sets no event
        await asyncio.sleep(0)


def children() -> set[int]:
    """Return the processes that this one's threads have started and that still live."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(pid) for path in lists for pid in path.read_text().split()}


async def test_cancelled_call_leaves_the_sandbox_whole() -> None:
    """Other calls go on; the sandbox closes when the cancelled one has ended, and leaves no process."""
    async with open_sandbox(2, trip_s=TRIP_S) as sandbox:
        task = asyncio.create_task(sandbox.answers([plain(body("while True:", "    pass")), honest(1)]))
        await under_way(sandbox)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await sandbox.answers([honest(2)]) == [right(2)]
        assert children()
    assert not children()


async def test_cancelled_sandbox_closes_all_the_same() -> None:
    """A task that is cancelled inside the sandbox ends only when its workers have."""

    async def use() -> None:
        async with open_sandbox(1, trip_s=TRIP_S) as sandbox:
            opened.set()
            await sandbox.answers([plain(body("while True:", "    pass"))])

    opened = asyncio.Event()
    task = asyncio.create_task(use())
    await opened.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not children()


@pytest.mark.parametrize("binary", ["/nowhere/monty", "/bin/false"])
async def test_worker_that_does_not_start_is_told_in_one_line(binary: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever wants a sandbox where there is none learns so at once."""
    monkeypatch.setenv("MONTY_BIN", binary)
    with pytest.raises(SandboxMissing, match=r"\Aprograms cannot be run here: .*worker does not start: [^\n]+\Z"):
        async with open_sandbox(1):
            pass


async def test_odd_arguments_reach_the_program() -> None:
    """An integer of any size is read; half a character and what is too deep are that call's fault."""
    deep: Json = []
    for _ in range(5000):
        deep = [deep]
    echo = returning("arguments.get('n')")
    given: list[Json] = [10**30, "\ud800", deep]
    calls = [ProgramCall(echo, {}, {"n": n}, "") for n in given]
    async with open_sandbox(1) as sandbox:
        large, half, nested = await sandbox.answers(calls)
        assert isinstance(large, SimulatorOutput)
        assert large.response == {"x": 1e30}
        assert isinstance(half, Fault)
        assert isinstance(nested, Fault)


async def test_check_names_what_is_wrong() -> None:
    """A name that nobody gave and an operator that does not fit are found without a call."""
    async with open_sandbox(1) as sandbox:
        assert await sandbox.check(HONEST) is None
        unknown = await sandbox.check(body("return ok({'x': orders})"))
        wrong = await sandbox.check(body("return ok({'x': 'a' - 1})"))
    assert unknown is not None
    assert unknown.kind is FaultKind.unreadable
    assert "orders" in unknown.detail
    assert wrong is not None
    assert "-" in wrong.detail


async def test_modules_that_may_be_imported_are_there() -> None:
    """The sandbox has every module that a program is told it may import."""
    calls = [plain(returning("1", f"import {name}")) for name in IMPORTABLE if name != "__future__"]
    calls.append(plain("from __future__ import annotations\n" + returning("1")))
    async with open_sandbox(1) as sandbox:
        assert await sandbox.answers(calls) == [SimulatorOutput(status_code=200, response={"x": 1}) for _ in calls]


async def test_missing_package_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pydantic-monty is not installed, whoever wants a sandbox learns so in the same words."""
    monkeypatch.delitem(sys.modules, "synthtools_stream.programs.monty_workers", raising=False)
    monkeypatch.setitem(sys.modules, "pydantic_monty", None)
    with pytest.raises(SandboxMissing, match=r"\Aprograms cannot be run here: [^\n]*pydantic_monty[^\n]*\Z"):
        async with open_sandbox(1):
            pass
