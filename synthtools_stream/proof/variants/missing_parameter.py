"""`missing_parameter`: the user holds back a value of the last step, and says so.

The agent asks for it. Whether it does the rest before or after that is its own affair.
"""

from __future__ import annotations

from collections.abc import Mapping

from synthtools_stream.proof.held_values import HeldValue, Sort, held_value
from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.variants.base_task import twisted
from synthtools_stream.proof.variants.last_step import last_write, without_last_step
from synthtools_stream.records.task import Task
from synthtools_stream.records.twist import Expected, Twist, VariantKind

__all__ = ["held_back", "missing_parameter"]

_HELD: Mapping[Sort, str] = {
    "number": "(I still have to tell you the number)",
    "date": "(I still have to tell you when)",
    "id": "(I still have to tell you which)",
    "text": "(I still have to tell you the wording)",
}
"""What the user says in place of a value: the agent must see that it is no slip."""


def held_back(base: Task, replayed: Replay) -> list[str]:
    """Return the arguments of the last step whose values can be held back, as JSON pointers, in order."""
    last = last_write(base)
    return [] if last is None else [name for name in base.steps[last].provenance if _held(base, replayed, last, name)]


def missing_parameter(base: Task, replayed: Replay, pointer: str) -> Task | None:
    """Return the variant without the value of an argument; None where it cannot be held back.

    It must be required, said once, in the user's words, and feed nothing else.
    """
    last = last_write(base)
    held = None if last is None else _held(base, replayed, last, pointer)
    if last is None or held is None:
        return None
    columns = without_last_step(base, replayed)
    columns["answer"] = []
    columns["summary"] = f"{base.summary[: held.start]}{_HELD[held.sort]}{base.summary[held.end :]}"
    return twisted(
        base,
        VariantKind.missing_parameter,
        Twist(expects=Expected.asked, step=last, pointer=pointer),
        **columns,
    )


def _held(base: Task, replayed: Replay, last: int, pointer: str) -> HeldValue | None:
    return held_value(base, replayed, last, pointer, base.summary)
