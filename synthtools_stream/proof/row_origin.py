"""What holds of rows that somebody brought, and of ours does not: ids of any form, and reads that their owner declares.

A row is brought because it says so (`meta.origin`): whoever alters one of ours into one gains these two, no more,
and `verify` counts it apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from synthtools_stream.records.blueprint import OWN_ID_PREFIX
from synthtools_stream.records.task import Task
from synthtools_stream.toolcalls import Call

__all__ = ["exempt_steps", "origin_problems"]

_OWN = re.compile(OWN_ID_PREFIX)
_SHOWN = 60
"""Characters of a name that a problem shows."""


def exempt_steps(task: Task, calls: Sequence[Call]) -> set[int]:
    """Return the steps that a brought row declares as required, by themselves or by their tools' names."""
    if not task.meta.is_brought:
        return set()
    declared = set(task.meta.exempt)
    return {index for index, call in enumerate(calls) if index in declared or call.name in declared}


def origin_problems(task: Task, calls: Sequence[Call]) -> Iterator[str]:
    """Yield what only a brought row may have, and a declaration that is of no step."""
    if not task.meta.is_brought:
        for kind in task.meta.entity_types:
            if not _OWN.fullmatch(kind.id_prefix):
                yield f"meta.entity_types: '{kind.id_prefix}' is no prefix of ids, which is capitals and a hyphen"
        if task.meta.exempt:
            yield "meta.exempt is for rows that were brought: see `certify`"
        return
    known = {*range(len(calls)), *(call.name for call in calls)}
    for name in task.meta.exempt:
        if name not in known:
            yield f"meta.exempt names {str(name)[:_SHOWN]!r}, which is no step, and no tool of one"
