"""One task's request read as it is and altered in every way that fits: what the reader says of each."""

from __future__ import annotations

import random
from typing import NamedTuple

from stages.summarizing.request_reading import Word, read_request
from synthtools_stream.asking.ask_protocol import Asks
from synthtools_stream.bench.defects.planted_requests import REQUEST_WAYS
from synthtools_stream.records import Task
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["ReadRequest", "read_requests"]


class ReadRequest(NamedTuple):
    """A request, what is wrong with it, and what the reader says."""

    kind: str
    """The way in which it was altered; empty where it is as it was."""
    alarm: bool
    """Whether the reader says anything but `right`."""
    unsure: bool
    story: JsonObject


async def read_requests(task: Task, context: Asks, seed: int) -> list[ReadRequest]:
    """Ask the reader as a run asks it: about the request as it is first, then with each planted mistake."""
    planted = {kind: way(task, random.Random(f"{seed}:{task.id}:{kind}")) for kind, way in REQUEST_WAYS.items()}
    altered = {kind: text for kind, text in planted.items() if text is not None and text != task.summary}
    return [await _read(task, kind, text, context) for kind, text in {"": task.summary, **altered}.items()]


async def _read(task: Task, kind: str, text: str, context: Asks) -> ReadRequest:
    word, complaint = await read_request(task.model_copy(update={"summary": text}), context, kind)
    story: JsonObject = {"id": task.id, "kind": kind, "request": text, "complaint": complaint}
    return ReadRequest(kind, word is not Word.right, word is Word.unsure, story)
