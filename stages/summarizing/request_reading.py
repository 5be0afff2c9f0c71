"""Reading: does the request ask for the calls that answer it, and for nothing else? A model says, blind to its making.

The reader sees the request and the calls, and none of the turns, quotes or goals between them. It is asked one
question both ways; who answers it against himself is unsure, and that is no better than wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from synthtools_stream.asking.ask_protocol import Asks
from synthtools_stream.errors import UnusableReply
from synthtools_stream.records.task import Reading, Step, Task
from synthtools_stream.roles.evolution_roles import READER, MadeCall, ReaderInput, ReaderOutput
from synthtools_stream.state import now_of
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.json_pointers import leaves
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Opinion", "Word", "opinion_of", "read_request", "reading_by", "reading_input"]

_MEASURED: Mapping[str, tuple[float, float]] = {"embedded-procedural/1": (0.99, 0.02)}
"""Recall and false alarms of readers by model, as `bin/bench audit --part reader` last found them."""


class Word(StrEnum):
    """What a reader makes of a request."""

    right = "right"
    wrong = "wrong"
    unsure = "unsure"


class Opinion(NamedTuple):
    """A reader's word, and in one line what it finds wrong."""

    word: Word
    complaint: str = ""


async def read_request(task: Task, context: Asks, key: str = "") -> Opinion:
    """Let a model compare the request with the calls; an answer that cannot be read is no word for the request."""
    try:
        return opinion_of(await context.ask(READER, reading_input(task), key=key))
    except UnusableReply as reply:
        return Opinion(Word.unsure, f"no usable word of the reader: {reply.detail}")


def opinion_of(reply: ReaderOutput) -> Opinion:
    """Return what a reply comes to: it is sure only where both questions and the faults agree."""
    told = "; ".join(f"{fault.kind}: {fault.what}" for fault in reply.faults)
    if reply.complete and not reply.wrong and not reply.faults:
        return Opinion(Word.right)
    sure = reply.wrong and not reply.complete and bool(reply.faults)
    return Opinion(Word.wrong if sure else Word.unsure, told or reply.reasoning)


def reading_by(model: str) -> Reading:
    """Return what a certificate says of a reader that found nothing wrong: who it is, and what its word is worth."""
    recall, false_alarms = _MEASURED.get(model, (None, None))
    return Reading(model=model, recall=recall, false_alarms=false_alarms)


def reading_input(task: Task) -> ReaderInput:
    """Return what a task's reader is shown."""
    return ReaderInput(
        tools=task.tools,
        now=now_of(task.initial_state) or "",
        calls=list(_made(task.steps)),
        request=task.summary,
    )


def _made(steps: Sequence[Step]) -> Iterator[MadeCall]:
    """Yield the calls; of a response only the parts on which anything rests, each of them whole."""
    calls = [parse_call(step.call) for step in steps]
    for index, (step, call) in enumerate(zip(steps, calls, strict=True)):
        used = {value for later in calls[index + 1 :] for value in _values(later.arguments)}
        taken = [pointer for later in steps[index + 1 :] for pointer in _taken_of(later, index)]
        told, own = [*step.answer, *taken], set(_values(call.arguments))
        whose = any(pointer.count("/") == 1 for pointer in taken)  # then the thing's id stands beside it
        response: JsonObject = {
            key: part
            for key, part in step.response.items()
            if _holds({key: part}, told)
            or used.intersection(_values(part))
            or (whose and isinstance(part, str) and part in own)
        }
        yield MadeCall(tool_name=call.name, arguments=call.arguments, response=response, told=step.answer)


def _holds(part: JsonObject, pointers: Sequence[str]) -> bool:
    return any(f"{leaf.pointer}/".startswith(f"{pointer}/") for leaf in leaves(part) for pointer in pointers)


def _taken_of(step: Step, index: int) -> Iterator[str]:
    """Yield the pointers into the response of step `index` which an argument of a later step was taken or made of."""
    inputs = (part for entry in step.provenance.values() for part in (entry, *(entry.inputs or ())))
    return (part.pointer for part in inputs if part.step == index and part.pointer is not None)


def _values(part: Json) -> Iterator[str]:
    """Yield, as text, what an argument may have been taken from."""
    return (str(leaf.value) for leaf in leaves(part) if leaf.value is not None and not isinstance(leaf.value, bool))
