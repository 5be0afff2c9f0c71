"""The run part of an id, `@` and eight hexadecimal digits: which run's row it is, where lineage alone does not tell.

Within a run ids come from lineage: field, scenario, sequence, attempt. Two runs of different content have the same
lineages, so where rows leave a run their ids get its part. What is drawn for an item is drawn by its lineage: a task
that was read from a file is asked about with the seeds that it had in its own run.
"""

from __future__ import annotations

import re

__all__ = ["environment_number", "environment_of", "lineage", "run_part"]

_DIGITS = 8
"""Of a run's digest: of a thousand runs whose rows lie together, two have the same with a probability of 0.0001."""
_SEQUENCE = re.compile(r"_seq\d+.*\Z", re.DOTALL)
_NUMBER = re.compile(r"_spec_(\d+)\Z")
_PART = re.compile(rf"@[0-9a-f]{{{_DIGITS}}}(?![0-9a-f])")


def run_part(digest: str) -> str:
    """Return the run part that a run's hexadecimal digest gives its ids."""
    return f"@{digest[:_DIGITS]}"


def lineage(name: str) -> str:
    """Return an id without its run parts."""
    return _PART.sub("", name) if "@" in name else name


def environment_of(task_id: str) -> str:
    """Return the lineage of the environment that a task is of; a task whose id tells of none has a world of its own."""
    return _SEQUENCE.sub("", lineage(task_id))


def environment_number(environment: str) -> int:
    """Return which one of its field an environment is, from 0: as its id says.

    :raises ValueError: when it says none.
    """
    found = _NUMBER.search(lineage(environment))
    if found is None:
        raise ValueError(f"{environment!r} is no environment's id")
    return int(found[1])
