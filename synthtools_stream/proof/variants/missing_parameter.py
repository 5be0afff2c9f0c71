"""`missing_parameter`: the user holds back a value of the last step, and says so.

The agent asks for it. Whether it does the rest before or after that is its own affair.
"""

from __future__ import annotations

import re

from synthtools_stream.proof.grounded.grounds import parameter_at, user_parts
from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.variants.base_task import twisted
from synthtools_stream.proof.variants.last_step import last_write, without_last_step
from synthtools_stream.records.task import ProvenanceKind, Task
from synthtools_stream.records.tool import Parameter
from synthtools_stream.records.twist import Expected, Twist, VariantKind

__all__ = ["held_back", "missing_parameter"]

_HELD = {
    "number": "(I still have to tell you the number)",
    "date": "(I still have to tell you when)",
    "id": "(I still have to tell you which)",
    "text": "(I still have to tell you the wording)",
}
"""What the user says in place of a value: the agent must see that it is no slip."""
_ID = re.compile(r"[A-Z][A-Z0-9]*-\d+")
_DATED = re.compile(r"date|time", re.IGNORECASE)


def held_back(base: Task, replayed: Replay) -> list[str]:
    """Return the arguments of the last step whose values can be held back, as JSON pointers, in order."""
    last = last_write(base)
    return (
        [] if last is None else [pointer for pointer in base.steps[last].provenance if _place(base, replayed, pointer)]
    )


def missing_parameter(base: Task, replayed: Replay, pointer: str) -> Task | None:
    """Return the variant without the value of an argument; None where it cannot be held back.

    It must be required, said once, in the user's words, and feed nothing else.
    """
    last = last_write(base)
    place = None if last is None else _place(base, replayed, pointer)
    if last is None or place is None:
        return None
    begin, end, words = place
    columns = without_last_step(base, replayed)
    columns["answer"] = []
    columns["summary"] = f"{base.summary[:begin]}{words}{base.summary[end:]}"
    return twisted(
        base,
        VariantKind.missing_parameter,
        Twist(expects=Expected.asked, step=last, pointer=pointer),
        **columns,
    )


def _place(base: Task, replayed: Replay, pointer: str) -> tuple[int, int, str] | None:
    """Return where in the request the value stands, and what is said instead."""
    last = len(base.steps) - 1
    proof = base.steps[last].provenance.get(pointer)
    tool = next((tool for tool in base.tools if tool.tool_name == replayed.calls[last].name), None)
    parameter = parameter_at(tool, pointer) if tool is not None else None
    if proof is None or proof.kind is not ProvenanceKind.user or not proof.quote or parameter is None:
        return None
    if not parameter.required or parameter.enum or parameter.type in ("boolean", "array", "object"):
        return None
    found = [*re.finditer(rf"(?<![\w-])\"?{re.escape(proof.quote)}\"?(?![\w-])", base.summary)]
    if len(found) != 1 or _is_used_elsewhere(base, last, pointer, proof.quote):
        return None
    return found[0].start(), found[0].end(), _HELD[_sort(parameter, proof.quote)]


def _is_used_elsewhere(base: Task, last: int, pointer: str, quote: str) -> bool:
    """Say whether another argument rests on the same words: then the value would be told after all."""
    return any(
        part.quote is not None and (quote in part.quote or part.quote in quote)
        for index, step in enumerate(base.steps)
        for name, proof in step.provenance.items()
        if (index, name) != (last, pointer)
        for part in user_parts(proof)
    )


def _sort(parameter: Parameter, quote: str) -> str:
    if parameter.type in ("integer", "number", "float"):
        return "number"
    if _ID.fullmatch(quote):
        return "id"
    return "date" if _DATED.search(parameter.format or "") else "text"
