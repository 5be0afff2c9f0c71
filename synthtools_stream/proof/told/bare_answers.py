"""The shortest message that tells answers: each value under its name, on a line of its own."""

from __future__ import annotations

from collections.abc import Iterable

from synthtools_stream.records.task import AnswerValue
from synthtools_stream.values.json_pointers import leaves
from synthtools_stream.values.jsontypes import Json

__all__ = ["closing", "last_key"]


def closing(answers: Iterable[AnswerValue]) -> str:
    """Return a closing message that tells answers and nothing else."""
    return "\n".join(
        f"{last_key(answer.pointer + leaf.pointer)}: {_said(leaf.value)}"
        for answer in answers
        for leaf in leaves(answer.value)
    )


def last_key(pointer: str) -> str:
    """Return the name under which a pointer's value stands; a place in a list has that of the list."""
    return next((part for part in reversed(pointer.split("/")) if part and not part.isdigit()), "")


def _said(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "nothing" if value is None or isinstance(value, list | dict) else str(value)
