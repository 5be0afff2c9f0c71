"""How closing messages are judged, kind by kind: `python -m tests.proof.told_messages task_content.jsonl`.

Each kind words the answers of a task in one way, right or wrong; the state is as it should be, so that the message
alone decides. Printed is how many of the right ones are not accepted, and how many of the wrong ones are.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NamedTuple

from synthtools_stream.errors import DatasetError
from synthtools_stream.proof.verdict import judge_outcome, target_of
from synthtools_stream.records import Task
from synthtools_stream.state import as_state
from synthtools_stream.storage.datasets.dataset_reader import read_located_tasks
from tests.proof.right_messages import RIGHT
from tests.proof.wordings import Told, Words
from tests.proof.wrong_messages import WRONG

__all__ = ["Heard", "heard"]


class Heard(NamedTuple):
    """Messages of a kind that were accepted, of how many, and an example of each."""

    accepted: int
    tried: int
    examples_accepted: list[str]
    examples_refused: list[str]


def heard(tasks: list[Task], words: Words) -> Heard:
    """Return how many messages of a kind the verdict accepts, the state being right."""
    accepted, refused = list[str](), list[str]()
    for task in tasks:
        target = target_of(task)
        for message in words(Told(task, target.known)) if target.known.asked else ():
            verdict = judge_outcome(target, as_state(task.final_state), message)
            (accepted if verdict.kind == "solved" else refused).append(f"{task.id}\n{message}\n  {verdict.reasons}")
    return Heard(len(accepted), len(accepted) + len(refused), accepted, refused)


def main() -> None:
    """Print the share of each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path, nargs="+")
    parser.add_argument("--limit", type=int, default=250)
    parser.add_argument("--only", default="")
    parser.add_argument("--examples", type=int, default=0)
    options = parser.parse_args()
    tasks = [
        row.task
        for path in options.dataset
        for row, _ in zip(read_located_tasks(path), range(options.limit), strict=False)
        if not isinstance(row, DatasetError)
    ]
    for title, kinds, good in (("right, not accepted", RIGHT, True), ("wrong, accepted", WRONG, False)):
        sys.stdout.write(f"{title}\n")
        for kind, words in kinds.items():
            if options.only in kind:
                found = heard(tasks, words)
                amiss = found.tried - found.accepted if good else found.accepted
                sys.stdout.write(f"  {kind:<40} {amiss:>5} of {found.tried}\n")
                for example in (found.examples_refused if good else found.examples_accepted)[: options.examples]:
                    sys.stdout.write(f"    {example[:1500]}\n")


if __name__ == "__main__":
    main()
