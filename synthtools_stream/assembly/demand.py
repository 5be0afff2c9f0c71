"""Demand: how many tasks are still wanted, and whether what is under way is expected to give them.

An environment costs some 150 requests before its first sequence, and many of them run at once. Were they begun as fast
as there is room, a run that is asked for five tasks would pay for dozens. So each place where something new begins (a
field, a subfield, an environment, a task) has a pool of credits, and the pools before the tasks' give one only while

    tasks released + share that succeeds x sequences expected of all that is under way from here on

is short of what was asked for. The nearer to the tasks, the less counts as under way, so what is begun is gone on with
before anything new is begun. What ends without a task makes the sum fall, and more begins: a poor yield costs time and
no task. Nobody waits for what comes before him, so nothing can lock up. What never got its credit stays open for a run
that is asked for more. Where tokens or money are limited, an environment is begun only while it can be paid for to its
end, beside all that is under way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple, TypeAlias

from queues import CreditPool
from synthtools_stream.config import RunConfig

__all__ = ["Affords", "Demand", "nothing_left", "tasks_wanted"]

PRIOR_SEQUENCES = 16
"""Sequences that are taken to have succeeded before the first has: some four environments' worth, so that one bad task
at the start does not start another environment."""
SHORT = 0.5
"""Tasks that must be missing for something to begin: of less, what comes out is enough as often as not."""
NO_TASKS = ("generation", "auditing", "sequencing", "evolution")
"""Stages after which a run that stops there has released nothing, so that a number of tasks bounds nothing."""


Affords: TypeAlias = Callable[[float, float], bool]
Counts: TypeAlias = Mapping[str, Mapping[str, int]]


class _Level(NamedTuple):
    pool: CreditPool
    sequences: int
    """Sequences that come of one item at most."""


class Demand:
    """The credit pools of a pipeline, from the tasks' back to the fields'; with nothing limited they bound only."""

    def __init__(self, config: RunConfig, stages: Counts | None = None, affords: Affords | None = None) -> None:
        """`stages` counts the outcomes of earlier sessions, by stage and kind.

        `affords` is asked with how many tasks are at their end, and how many more are begun or would be.
        """
        content = config.content
        workers = config.operating.concurrency
        wanted = tasks_wanted(config, _released(stages or {}))
        self._affords = None if config.operating.stop_after in NO_TASKS else affords
        self._from_tasks = content.start in ("tasks", "drafts")
        self._ended_before = _ended(config, stages or {})
        self.tasks = CreditPool(
            "tasks", config.live_tasks(), quota=wanted, wanted=self._pays_for_a_task, changed=self._look
        )
        self._levels: list[_Level] = []
        self._sequences = content.most_sequences()
        self.environments = self._level("environments", config.live_environments(), 1)
        self.subfields = self._level("subfields", workers, content.scenarios)
        self.fields = self._level("fields", workers, content.scenarios * content.subfields)
        self._look()

    @property
    def met(self) -> bool:
        """Whether every task that was asked for has been released."""
        return self.tasks.quota is not None and self.tasks.kept >= self.tasks.quota

    def _level(self, name: str, size: int, environments: int) -> CreditPool:
        """Add the pool before the latest one; `environments` come of an item of it."""
        here = len(self._levels)
        pool = CreditPool(name, size, wanted=partial(self._is_short, here), changed=self._look)
        self._levels.append(_Level(pool, environments * self._sequences))
        return pool

    def _is_short(self, level: int) -> bool:
        """Tell whether another item of this level is needed, and can be paid for, as far as can be foreseen."""
        tasks = self.tasks
        if tasks.quota is None and self._affords is None:
            return True
        begun = sum(pool.live * sequences for pool, sequences in self._levels[: level + 1])
        under_way = self._success() * (tasks.undecided + self._fertility() * begun)
        if tasks.quota is not None and tasks.quota - tasks.kept - under_way < SHORT:
            return False
        return self._can_pay(under_way, self._sequences)

    def _pays_for_a_task(self) -> bool:
        """Tell whether another task can be paid for, where no environment has seen to that."""
        return not self._from_tasks or self._can_pay(self.tasks.undecided, 1)

    def _can_pay(self, under_way: float, more: int) -> bool:
        if self._affords is None or not under_way:  # of what little is left in the end, one more is begun alone
            return True
        ended = self.tasks.kept + (self.tasks.lost if self._from_tasks else 0)
        return self._affords(self._ended_before + ended, under_way + more)

    def _success(self) -> float:
        """Share of sequences that become tasks."""
        return _share(self.tasks.kept, self.tasks.kept + self.tasks.lost)

    def _fertility(self) -> float:
        """Share of the sequences an environment may have that it has: some are rejected, or have few."""
        sequences = self.tasks.kept + self.tasks.lost + self.tasks.undecided
        return _share(sequences, self._sequences * self.environments.lost)

    def _look(self) -> None:
        """Let in what is wanted now, the nearest to the tasks first; once all are there, turn away who still waits."""
        for level in self._levels:
            if self.tasks.closed:
                level.pool.close()
            level.pool.grant()


def _share(got: int, of: int) -> float:
    return min(1.0, (PRIOR_SEQUENCES + got) / (PRIOR_SEQUENCES + of))


def tasks_wanted(config: RunConfig, released: int) -> int | None:
    """Return how many more tasks are to be released; None for as many as there are, or where the run makes none."""
    operating = config.operating
    if operating.max_tasks is None or operating.stop_after in NO_TASKS:
        return None
    return max(0, operating.max_tasks - released)


def nothing_left(config: RunConfig, stages: Counts) -> bool:
    """Tell whether every task that is asked for is released, and every attempt at one has ended.

    `stages` counts outcomes by stage and kind.
    """
    released = _released(stages)
    if tasks_wanted(config, released) != 0:
        return False
    return config.operating.stop_after == "summarizing" or _attempts(stages) >= released * config.content.rollouts


def _ended(config: RunConfig, stages: Counts) -> int:
    """Return how many tasks earlier sessions brought to their end."""
    if config.content.start == "tasks":
        return _attempts(stages) // max(1, config.content.rollouts)
    return _released(stages)


def _released(stages: Counts) -> int:
    return stages.get("summarizing", {}).get("done", 0)


def _attempts(stages: Counts) -> int:
    ended = stages.get("rollout", {})
    return ended.get("done", 0) + ended.get("rejected", 0)
