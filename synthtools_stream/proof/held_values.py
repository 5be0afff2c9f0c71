"""Which values a user may hold back, and where their words stand: required, said once, and resting on nothing else."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from synthtools_stream.proof.grounded.grounds import parameter_at, user_parts
from synthtools_stream.proof.integrity import Replay
from synthtools_stream.records.task import ProvenanceKind, Task
from synthtools_stream.records.tool import Parameter

__all__ = ["HeldValue", "Sort", "held_value"]

Sort = Literal["number", "date", "id", "text"]
_ID = re.compile(r"[A-Z][A-Z0-9]*-\d+")
_DATED = re.compile(r"date|time", re.IGNORECASE)


class HeldValue(NamedTuple):
    """The words of a value within a text."""

    start: int
    """With its quotation mark, where there is one."""
    end: int
    quote: str
    sort: Sort
    parameter: Parameter


def held_value(task: Task, replayed: Replay, step: int, pointer: str, text: str) -> HeldValue | None:
    """Return where in `text` the value of an argument stands; None where it cannot be held back.

    It must be required, said once, in the user's words, and nothing up to its step may rest on the same words.
    """
    proof = task.steps[step].provenance.get(pointer)
    tool = next((tool for tool in task.tools if tool.tool_name == replayed.calls[step].name), None)
    parameter = parameter_at(tool, pointer) if tool is not None else None
    if proof is None or proof.kind is not ProvenanceKind.user or not proof.quote or parameter is None:
        return None
    if not parameter.required or parameter.enum or parameter.type in ("boolean", "array", "object"):
        return None
    found = [*re.finditer(rf"(?<![\w-])\"?{re.escape(proof.quote)}\"?(?![\w-])", text)]
    if len(found) != 1 or _is_used_elsewhere(task, step, pointer, proof.quote):
        return None
    return HeldValue(found[0].start(), found[0].end(), proof.quote, _sort(parameter, proof.quote), parameter)


def _is_used_elsewhere(task: Task, step: int, pointer: str, quote: str) -> bool:
    """Say whether another argument rests on the same words: then the value would be told after all."""
    return any(
        part.quote is not None and (quote in part.quote or part.quote in quote)
        for index, earlier in enumerate(task.steps[: step + 1])
        for name, proof in earlier.provenance.items()
        if (index, name) != (step, pointer)
        for part in user_parts(proof)
    )


def _sort(parameter: Parameter, quote: str) -> Sort:
    if parameter.type in ("integer", "number", "float"):
        return "number"
    if _ID.fullmatch(quote):
        return "id"
    return "date" if _DATED.search(parameter.format or "") else "text"
