"""Demand: no more is begun than the tasks asked for are expected to need, and nothing gets stuck."""

from __future__ import annotations

import asyncio

import pytest

from queues import CreditPool, Lease
from synthtools_stream.assembly.demand import Demand, nothing_left, tasks_wanted
from synthtools_stream.config import RunConfig
from synthtools_stream.values.jsontypes import Json

CONFIG = RunConfig.build({"subfields": 2, "scenarios": 2, "sequences": 4, "live_environments": 100})


def demand_for(wanted: int | None) -> Demand:
    """Return the pools of a run that is asked for so many tasks."""
    return Demand(CONFIG.model_copy(update={"operating": CONFIG.operating.model_copy(update={"max_tasks": wanted})}))


async def take(pool: CreditPool, most: int = 100) -> list[Lease]:
    """Take as many leases as the pool gives now."""
    leases: list[Lease] = []
    for _ in range(most):
        try:
            async with asyncio.timeout(0):
                lease = await pool.acquire()
        except TimeoutError:
            break
        if lease is None:
            break
        leases.append(lease)
    return leases


@pytest.mark.parametrize(("wanted", "begun"), [(1, 1), (4, 1), (5, 2), (50, 13)])
async def test_begins_what_is_needed(wanted: int, begun: int) -> None:
    """As many environments are begun as give the tasks if all goes well, however many there is room for."""
    assert len(await take(demand_for(wanted).environments)) == begun


async def test_no_number_no_bound() -> None:
    """Where no number is asked for, only the sizes of the pools bound what is begun."""
    assert len(await take(demand_for(None).environments, 200)) == 100


async def test_what_is_begun_comes_first() -> None:
    """A field that is begun stands for all of its sequences, and a waiting environment goes before a waiting field."""
    demand = demand_for(5)
    assert len(await take(demand.fields)) == 1
    environments = await take(demand.environments)
    another, field = [asyncio.ensure_future(pool.acquire()) for pool in (demand.environments, demand.fields)]
    await asyncio.sleep(0)
    environments[0].drop()
    assert await another
    assert not field.done()
    field.cancel()


async def test_failure_makes_room() -> None:
    """Tasks that come to nothing are made up for: more is begun, and in the end all are there."""
    demand = demand_for(5)
    tried = 0
    while not demand.met:
        assert tried < 100, "stuck"
        for environment in await take(demand.environments):
            for _ in range(4):
                for task in await take(demand.tasks, 1):
                    tried += 1
                    if tried % 4 == 0:  # three of four are lost
                        task.keep()
                    task.drop()
            environment.drop()
    assert (tried, demand.tasks.kept) == (20, 5)
    assert await take(demand.fields) == []


async def test_poor_yield_begins_more() -> None:
    """Once tasks are seen to fail, more is begun at once than the number that is missing would need."""
    demand = demand_for(40)
    first = await take(demand.environments)
    for environment in first:
        tasks = await take(demand.tasks, 4)
        environment.drop()
        for number, task in enumerate(tasks):
            if number == 3:
                task.keep()
            task.drop()
    missing = 40 - demand.tasks.kept
    assert len(await take(demand.environments)) > missing / 4 * 1.5


async def test_begins_what_can_be_paid_for() -> None:
    """No more is begun than the budget pays for, but one at a time always is, so that what little is left is of use."""
    demand = Demand(CONFIG, affords=lambda made, under_way: made + under_way <= 9)
    first = await take(demand.environments)
    assert len(first) == 2
    for lease in first:
        lease.drop()
    tasks = await take(demand.tasks, 8)
    assert (len(tasks), await take(demand.environments)) == (8, [])
    for task in tasks:
        task.keep()
        task.drop()
    assert len(await take(demand.environments)) == 1


async def test_attempts_at_somebodys_tasks_are_paid_for() -> None:
    """Where a run starts from tasks, these are what is begun; those that earlier sessions ended are counted."""
    config = RunConfig.build({"start": "tasks", "rollouts": 2})
    demand = Demand(config, {"rollout": {"done": 3, "rejected": 1}}, lambda made, under_way: made + under_way <= 9)
    tasks = await take(demand.tasks)
    assert len(tasks) == 7
    tasks[0].drop()
    assert await take(demand.tasks) == []


async def test_met_turns_everybody_away() -> None:
    """Who waits when the last task is released gets nothing, and nobody waits any more."""
    demand = demand_for(1)
    (task,) = await take(demand.tasks)
    await take(demand.environments)
    waiting = [asyncio.ensure_future(pool.acquire()) for pool in (demand.environments, demand.subfields, demand.fields)]
    await asyncio.sleep(0)
    task.keep()
    assert await asyncio.gather(*waiting) == [None, None, None]
    assert demand.met


@pytest.mark.parametrize(
    ("options", "released", "wanted"),
    [
        ({}, 3, None),
        ({"max_tasks": 5}, 3, 2),
        ({"max_tasks": 5}, 7, 0),
        ({"max_tasks": 5, "stop_after": "auditing"}, 0, None),
        ({"max_tasks": 5, "stop_after": "summarizing"}, 1, 4),
    ],
)
def test_tasks_wanted(options: dict[str, Json], released: int, wanted: int | None) -> None:
    """What was released counts, and a run that makes no tasks is not bounded by their number."""
    assert tasks_wanted(RunConfig.build(options), released) == wanted


@pytest.mark.parametrize(
    ("options", "attempts", "nothing"),
    [({}, 4, True), ({}, 3, False), ({"stop_after": "summarizing"}, 0, True), ({"max_tasks": 3}, 4, False)],
)
def test_nothing_left(options: dict[str, Json], attempts: int, nothing: bool) -> None:
    """With the number met and every attempt ended there is nothing to do; an open attempt is still made."""
    config = RunConfig.build({"max_tasks": 2, "rollouts": 2, **options})
    stages = {"summarizing": {"done": 2}, "rollout": {"done": attempts - 1, "rejected": 1, "failed": 1}}
    assert nothing_left(config, stages) is nothing
