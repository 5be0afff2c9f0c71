"""How many forged rows still prove, kind by kind: `python -m tests.proof.forged_share task_content.jsonl [--execute]`.

Each kind alters a released row in every place where it can; the row is sealed anew, as a forger would, and verified.
"""

from __future__ import annotations

import argparse
import asyncio
import copy
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from pydantic import ValidationError

from synthtools_stream.errors import DatasetError
from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.proof.certificate import seal
from synthtools_stream.proof.verification import VerificationStatus, verify_executed, verify_task
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.dataset_reader import read_located_tasks
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Forger", "Share", "forged_tasks", "share_of"]

Forger: TypeAlias = Callable[[Any], Iterator[Any]]
"""From a row, which it may alter, to altered rows; nothing where the kind does not apply."""


class Share(NamedTuple):
    """Forged rows that still prove, of how many."""

    accepted: int
    tried: int


def forged_tasks(task: Task, forger: Forger) -> Iterator[Task]:
    """Yield the forged tasks, each sealed anew; what no longer loads is no forgery."""
    row: JsonObject = copy.deepcopy(task.to_json())
    for forged in forger(row):
        try:
            yield seal(Task.model_validate(copy.deepcopy(forged)))
        except ValidationError:
            continue


def share_of(tasks: list[Task], forger: Forger) -> Share:
    """Return how many forged rows code alone accepts."""
    accepted = [
        verify_task(one).status is VerificationStatus.proven for task in tasks for one in forged_tasks(task, forger)
    ]
    return Share(sum(accepted), len(accepted))


async def executed_share_of(tasks: list[Task], forger: Forger) -> Share:
    """Return how many code and execution together accept."""
    async with open_sandbox(1) as sandbox:
        found = [await verify_executed(one, sandbox) for task in tasks for one in forged_tasks(task, forger)]
    return Share(sum(one.status is VerificationStatus.proven for one in found), len(found))


def _tasks(path: Path, limit: int) -> list[Task]:
    rows = read_located_tasks(path)
    return [row.task for row, _ in zip(rows, range(limit), strict=False) if not isinstance(row, DatasetError)]


def _kinds() -> Mapping[str, Forger]:
    """Return every kind that the tests of this folder know."""
    from tests.proof import forged_tools as tools  # here, since the forgers' modules take their type from this one
    from tests.proof import forged_words as words
    from tests.proof.forged_grounds import FORGED_GROUNDS
    from tests.proof.forged_values import FORGED_VALUES

    return {
        **tools.FORGED_TWINS,
        **tools.FORGED_USAGE,
        **tools.FORGED_EFFECTS,
        **tools.FORGED_WORLDS,
        **words.FORGERS,
        **FORGED_GROUNDS,
        **FORGED_VALUES,
    }


def main() -> None:
    """Print the share of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--limit", type=int, default=200)
    parser.add_argument("--only", default="")
    parser.add_argument("--execute", action="store_true")
    options = parser.parse_args()
    tasks = _tasks(options.dataset, options.limit)
    for kind, forger in _kinds().items():
        if options.only in kind:
            share = asyncio.run(executed_share_of(tasks, forger)) if options.execute else share_of(tasks, forger)
            sys.stdout.write(f"{kind:<60} {share.accepted:>5} of {share.tried}\n")


if __name__ == "__main__":
    main()
