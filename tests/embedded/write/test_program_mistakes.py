"""A misreading is one plausible mistake: another program, of sound form, that answers some call wrongly."""

from __future__ import annotations

import random

import pytest

from synthtools_stream.embedded.read import read_tool
from synthtools_stream.embedded.write import write_program
from synthtools_stream.embedded.write.program_mistakes import misread
from synthtools_stream.programs.program import ProgramCall
from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.values.jsontypes import JsonObject
from tests.embedded.write.drawn_calls import drawn_arguments, drawn_world, now_of
from tests.embedded.write.harbour import TOOLS, TYPES


@pytest.mark.parametrize("tool", TOOLS, ids=[str(tool["tool_name"]) for tool in TOOLS])
async def test_one_mistake_that_calls_can_tell(tool: JsonObject) -> None:
    """Of eight misreadings each is well formed, and nearly all show in two hundred drawn calls."""
    reading, rng = read_tool(tool, TYPES), random.Random(3)
    worlds = [drawn_world(TYPES, rng, 0.1) for _ in range(200)]
    calls = [(world, drawn_arguments(tool, world, TYPES, rng)) for world in worlds]
    sound, wrong = write_program(reading), [write_program(misread(reading, random.Random(seed))) for seed in range(8)]
    async with open_sandbox(1) as sandbox:
        told = {
            source: await sandbox.answers([ProgramCall(source, world, given, now_of(world)) for world, given in calls])
            for source in (sound, *wrong)
        }
        assert [await sandbox.check(source) for source in wrong] == [None] * 8
    assert sound not in wrong
    assert sum(told[source] != told[sound] for source in wrong) >= 6


def test_the_seed_decides() -> None:
    """The same seed misunderstands the same thing; others misunderstand others."""
    reading = read_tool(TOOLS[0], TYPES)
    programs = [write_program(misread(reading, random.Random(seed))) for seed in range(20)]
    assert programs == [write_program(misread(reading, random.Random(seed))) for seed in range(20)]
    assert len(set(programs)) >= 5


def test_nothing_to_misunderstand() -> None:
    """A tool that cannot be programmed cannot be programmed wrongly."""
    reading = read_tool(TOOLS[0], [])
    assert misread(reading, random.Random(1)) is reading
