"""The programmer's job: a tool's program and what it was made of, sound or with one misunderstanding."""

from __future__ import annotations

import random

from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.read import ToolReading, read_tool
from synthtools_stream.embedded.write.program_mistakes import misread
from synthtools_stream.embedded.write.program_writer import write_program
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["misprogram", "program"]

_LONGEST = 800
"""Characters of the reasoning that the role takes."""


def program(job: Job) -> JsonObject:
    """Answer a programmer's request; without entity types nothing can be written."""
    return _answer(_reading(job), bool(job.objects("entity_types")))


def misprogram(job: Job, rng: random.Random) -> JsonObject:
    """Answer it with a program that has one plausible mistake."""
    return _answer(misread(_reading(job), rng), bool(job.objects("entity_types")))


def _reading(job: Job) -> ToolReading:
    return read_tool(job.object("tool"), job.objects("entity_types"))


def _answer(reading: ToolReading, typed: bool) -> JsonObject:
    return {"reasoning": _reasoning(reading)[:_LONGEST], "program": write_program(reading) if typed else ""}


def _reasoning(reading: ToolReading) -> str:
    ids = ", ".join(meaning.parameter for meaning in reading.meanings if meaning.takes_id) or "none"
    rules = ", ".join(rule.error.partition(":")[0] for rule in reading.rules) or "none"
    changed = ", ".join(dict.fromkeys(effect.collection for effect in reading.effects)) or reading.collection
    return f"Ids: {ids}. Rules, in order: {rules}. {'Reads' if reading.operation.reads_only else 'Changes'}: {changed}."
