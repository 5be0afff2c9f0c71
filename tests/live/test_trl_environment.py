"""Tasks for TRL: factories, rows, and worlds that are used again, asked from threads that do not await."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import orjson
import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.live.trl_environment import TrlEnvironment, TrlEnvironments, trl_environments
from synthtools_stream.records import Task
from synthtools_stream.toolcalls import parse_call
from tests.proof.coded_task import coded
from tests.proof.freight import proven

CODED = coded()
CLOSING = "There is 1 vessel. 36 containers are left on VS-81. 2 bookings are confirmed. The shipper has been told."


def tools_of(env: TrlEnvironment) -> dict[str, Callable[..., str]]:
    """Return the tools as TRL finds them: public functions of the class, but for two."""
    found = inspect.getmembers(type(env), predicate=inspect.isfunction)
    return {
        name: getattr(env, name)
        for name, _ in found
        if not name.startswith("_") and name not in ("reset", "get_reward")
    }


def begun(worlds: TrlEnvironments, number: int = 0) -> TrlEnvironment:
    """Return a world that is reset by its row."""
    row = cast("dict[str, Any]", worlds.rows[number])
    env = worlds.factories[row["environment"]]()
    env.reset(**row)
    return env


def solve(env: TrlEnvironment) -> list[int]:
    """Make the ground truth's calls and submit; return what each was answered."""
    tools = tools_of(env)
    calls = [parse_call(text) for text in CODED.gt_tool_calls]
    told = [tools[call.name](**call.arguments) for call in calls]
    return [orjson.loads(text)["status_code"] for text in [*told, tools["submit_answer"](message=CLOSING)]]


def test_world_is_used_again() -> None:
    """Solved, then reset and left alone: each attempt has the reward of its own, and nothing of the one before."""
    with trl_environments([CODED]) as worlds:
        [row] = worlds.rows
        assert row.keys() == {"prompt", "environment", "task_id"}
        env = begun(worlds)
        assert tools_of(env).keys() == {*(tool.tool_name for tool in CODED.tools), "submit_answer"}
        assert solve(env) == [200] * 6
        assert env.get_reward() == 1.0
        assert orjson.loads(tools_of(env)["submit_answer"](message="x"))["status_code"] == 400
        env.reset(task_id=CODED.id)
        assert env.get_reward() == 0.0
        env.reset(task_id=CODED.id)
        assert orjson.loads(tools_of(env)["submit_answer"]())["status_code"] == 400


def test_from_many_threads() -> None:
    """As a trainer's pool of threads asks them, each its own world."""
    with trl_environments([CODED]) as worlds, ThreadPoolExecutor(8) as threads:
        envs = [begun(worlds) for _ in range(16)]
        assert [*threads.map(solve, envs)] == [[200] * 6] * 16
        assert [env.get_reward() for env in envs] == [1.0] * 16


def test_tasks_with_the_same_tools_share_a_class() -> None:
    """And each row names its own."""
    other = CODED.model_copy(update={"id": "other"})
    fewer = CODED.model_copy(update={"id": "fewer", "tools": CODED.tools[:2]})
    worlds = trl_environments([CODED, other, fewer])
    assert [row["environment"] for row in worlds.rows] == [CODED.id, CODED.id, "fewer"]
    assert [*worlds.factories] == [CODED.id, "fewer"]


def test_fault_of_another() -> None:
    """What the tape cannot answer measures no agent: there is no reward."""
    with trl_environments([proven()], tape_only=True) as worlds:
        env = begun(worlds)
        tools_of(env)["MoveBooking"](booking_id="BK-2041", vessel_id="VS-80")
        assert env.get_reward() is None


def _renamed(name: str) -> Task:
    first = CODED.tools[0].model_copy(update={"tool_name": name})
    return CODED.model_copy(update={"tools": [first, *CODED.tools[1:]]})


@pytest.mark.parametrize(
    ("tasks", "words"),
    [
        ([], "there is no task"),
        ([CODED, CODED], "the same id"),
        ([_renamed("reset")], "no tool called 'reset'"),
        ([_renamed("_Look")], "no tool called '_Look'"),
        ([_renamed("submit_answer")], "as the tool that ends an attempt is"),
    ],
)
def test_what_cannot_be_offered(tasks: list[Task], words: str) -> None:
    """One line each."""
    with pytest.raises(UsageError, match=words):
        trl_environments(tasks)


def test_misuse() -> None:
    """A call before a reset, an unknown task, tools that nobody plays, a world that is closed."""
    with trl_environments([CODED, proven()]) as worlds:
        env = worlds.factories[CODED.id]()
        with pytest.raises(UsageError, match="reset first"):
            env.get_reward()
        with pytest.raises(UsageError, match="no task 'nope'"):
            env.reset(task_id="nope")
        with pytest.raises(UsageError, match="nobody plays"):
            begun(worlds, 1)
        env.reset(task_id=CODED.id)
    worlds.close()
    with pytest.raises(UsageError, match="closed"):
        env.reset(task_id=CODED.id)
